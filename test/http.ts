import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { until } from "./stand_in.ts";

/** An answer, whole. */
export type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

export type Asked = {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** The request target, in place of the URL's own. */
  readonly target?: string;
  readonly socketPath?: string;
  /** Ends the request when it is aborted. */
  readonly signal?: AbortSignal;
  /** Keeps connections for the next request; without one, each request has a connection of its own. */
  readonly agent?: Agent;
};

/** A guard against what never answers, not a bound of how fast it does. */
const LIMIT_MS = 180_000;

/** Sends one request on a connection of its own. */
export function ask(
  url: string,
  { method = "GET", headers = {}, target, socketPath, signal, agent }: Asked = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers,
      agent: agent ?? false,
      timeout: LIMIT_MS,
      ...(target !== undefined && { path: target }),
      ...(socketPath !== undefined && { socketPath }),
      ...(signal !== undefined && { signal }),
    };
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`No answer from ${url} within ${LIMIT_MS} ms`)));
    sent.on("error", reject);
    sent.end();
  });
}

/** Waits until an exporter on a unix socket is ready. The socket is there before it is listened on. */
export function readyOn(socketPath: string): Promise<void> {
  const isReady = (reply: Reply | undefined) => reply?.status === 200;
  return until("ready", async () => isReady(await ask("http://x/-/ready", { socketPath }).catch(() => undefined)));
}

/** The page at /metrics. */
export async function scrape(url: string, headers: OutgoingHttpHeaders = {}): Promise<string> {
  const { status, text } = await ask(`${url}/metrics`, { headers });
  if (status !== 200) throw new Error(`${url}/metrics answers ${status}: ${text}`);
  return text;
}
