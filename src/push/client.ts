import { isIP } from "node:net";
import type { HttpClient } from "../config/http_client.ts";
import { reasonOf } from "../system_error.ts";
import { quote } from "../text.ts";
import { createTokens } from "./oauth2.ts";
import type { Reply, Request } from "./protocol.ts";
import type { Sent } from "./sender.ts";
import { createTransport } from "./transport.ts";

/** Sends requests over HTTP. */
export type Client = {
  /** Sends a request. Bounded in time and in the size of the answer. Follows no redirects. Never rejects. */
  readonly send: (request: Request, signal?: AbortSignal) => Promise<Sent>;
  /** Closes idle connections. */
  readonly close: () => void;
};

export type ClientOptions = {
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** The current configuration. Rejects if it is invalid. */
  readonly settings: () => Promise<HttpClient>;
};

export function createClient({ timeoutMs, userAgent, settings }: ClientOptions): Client {
  const transport = createTransport();
  const tokens = createTokens(userAgent);

  async function exchange(request: Request, signal: AbortSignal): Promise<Reply> {
    const current = await settings();
    const { authorization, oauth2, headers } = current;
    const credentials = oauth2 ? await tokens.authorization(oauth2, signal) : authorization;
    const reply = await transport.exchange(
      {
        ...request,
        headers: {
          ...Object.fromEntries(headers),
          ...request.headers,
          "User-Agent": userAgent,
          ...(credentials !== undefined && { Authorization: credentials }),
        },
      },
      current,
      signal,
    );
    if (reply.status === 401) tokens.forget();
    return reply;
  }

  return {
    async send(request, signal) {
      const stop = new AbortController();
      const onAbort = () => stop.abort();
      signal?.addEventListener("abort", onAbort);
      const timer = setTimeout(() => stop.abort(), timeoutMs);
      const reason = (error: unknown) => {
        if (signal?.aborted) return "the exporter ended";
        return stop.signal.aborted ? `no whole answer within ${timeoutMs / 1000}s` : whyNot(error);
      };
      try {
        return { kind: "answered", reply: await exchange(request, stop.signal) };
      } catch (error) {
        return { kind: "failed", reason: reason(error) };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      }
    },
    close() {
      transport.close();
      tokens.close();
    },
  };
}

/** The reason of a failed request, in one line. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // If several addresses were tried, the first error is the most useful.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const cause = first instanceof Error ? first : error;
  if (cause.message.startsWith("Parse Error")) return "the answer is not HTTP";
  // The message of OpenSSL without numbers and file names.
  const [, tls] = /:SSL routines:[^:]*:([^:]+)/.exec(cause.message) ?? [];
  if (tls !== undefined) return tls === "wrong version number" ? "the answer is not TLS" : `TLS failed: ${tls}`;
  const { address, port, hostname } = cause as {
    readonly address?: string;
    readonly port?: number;
    readonly hostname?: string;
  };
  const place = address === undefined ? "" : `${isIP(address) === 6 ? `[${address}]` : address}:${port}: `;
  return `${place}${reasonOf(cause).replace(/\s+/g, " ")}${hostname === undefined ? "" : ` ${quote(hostname)}`}`;
}
