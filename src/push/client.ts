import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { ClientTls, HttpClient } from "../config/http_client.ts";
import type { Reply, Request } from "./protocol.ts";
import { openTunnel } from "./proxy.ts";
import type { Sent } from "./sender.ts";

/** Sends requests over HTTP. */
export type Client = {
  /** Never rejects. The whole of it is bounded in time, and so is what is read of an answer. Follows no redirect. */
  readonly send: (request: Request, signal?: AbortSignal) => Promise<Sent>;
  /** Closes connections that are kept. */
  readonly close: () => void;
};

export type ClientOptions = {
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** The configuration at this moment; rejects for one that can't be used. */
  readonly settings: () => Promise<HttpClient>;
};

/** More of an answer than this is not read. */
const MAX_BODY_BYTES = 64 * 1024;

const VERSIONS = { TLS10: "TLSv1", TLS11: "TLSv1.1", TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const;

export function createClient({ timeoutMs, userAgent, settings }: ClientOptions): Client {
  let agents: { readonly of: HttpClient; readonly plain: http.Agent; readonly secure: https.Agent } | undefined;

  /** Connections are kept as long as the settings are the same. */
  function agentsFor(of: HttpClient) {
    if (agents?.of === of) return agents;
    close();
    const keep = { keepAlive: true, maxSockets: 1 };
    agents = { of, plain: new http.Agent(keep), secure: new https.Agent({ ...keep, ...tlsOptions(of.tls) }) };
    return agents;
  }

  function close(): void {
    agents?.plain.destroy();
    agents?.secure.destroy();
    agents = undefined;
  }

  async function open(request: Request, signal: AbortSignal): Promise<http.ClientRequest> {
    const current = await settings();
    const { proxy, authorization, headers, tls } = current;
    const { plain, secure } = agentsFor(current);
    const { url, method, body } = request;
    const options = {
      method,
      signal,
      headers: {
        ...Object.fromEntries(headers),
        ...request.headers,
        "User-Agent": userAgent,
        "Content-Length": body.length,
        ...(authorization !== undefined && { Authorization: authorization }),
      },
    };
    if (url.protocol === "http:" && proxy === undefined) return http.request(url, { ...options, agent: plain });
    if (url.protocol === "http:") return http.request(throughProxy(url, proxy, options, plain));
    if (proxy === undefined) return https.request(url, { ...options, agent: secure });
    const secured = { ...serverName(url), ...tlsOptions(tls), signal };
    const socket = await openTunnel(proxy, url, proxyAuthorization(proxy), secured);
    return https.request(url, { ...options, createConnection: () => socket });
  }

  return {
    async send(request, signal) {
      const stop = new AbortController();
      const onAbort = () => stop.abort();
      signal?.addEventListener("abort", onAbort);
      const timer = setTimeout(() => stop.abort(), timeoutMs);
      const reason = (error: unknown) => {
        if (signal?.aborted) return "the exporter ended";
        return stop.signal.aborted ? `no whole answer within ${timeoutMs / 1000}s` : reasonOf(error);
      };
      try {
        const opened = await open(request, stop.signal);
        return { kind: "answered", reply: await exchange(opened, request.body) };
      } catch (error) {
        return { kind: "failed", reason: reason(error) };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      }
    },
    close,
  };
}

/** Names alone are told to the server, addresses aren't. */
function serverName({ hostname }: URL) {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(host) === 0 ? { host, servername: host } : { host };
}

function tlsOptions({ ca, cert, key, serverName, insecureSkipVerify, minVersion, maxVersion }: ClientTls) {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !insecureSkipVerify,
    minVersion: VERSIONS[minVersion],
    maxVersion: VERSIONS[maxVersion],
  };
}

/** A request to the proxy for the whole URL (RFC 9112, section 3.2.2). */
function throughProxy(
  url: URL,
  proxy: URL | undefined,
  { headers, ...rest }: http.RequestOptions,
  agent: http.Agent,
): http.RequestOptions {
  const credentials = proxy && proxyAuthorization(proxy);
  return {
    ...rest,
    agent,
    host: proxy?.hostname,
    port: proxy?.port || 80,
    path: url.href,
    headers: { ...headers, Host: url.host, ...(credentials && { "Proxy-Authorization": credentials }) },
  } as http.RequestOptions;
}

/** What the user information of a proxy's address says. */
function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

/** Rejects where there is no answer. Once its head is there, an answer counts, whatever becomes of its body. */
function exchange(request: http.ClientRequest, body: Uint8Array): Promise<Reply> {
  return new Promise((resolve, reject) => {
    request.once("response", (response) => {
      request.off("error", reject).on("error", () => {});
      const chunks: Uint8Array[] = [];
      let length = 0;
      const answer = () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES) });
      };
      response.on("data", (chunk: Uint8Array) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_BODY_BYTES) response.destroy();
      });
      response.once("error", answer);
      response.once("close", answer);
      response.once("end", answer);
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** One line on a request that failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Where several addresses were tried, the error of the first tells most.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return (first instanceof Error ? first.message : error.message).replace(/\s+/g, " ").trim() || error.name;
}
