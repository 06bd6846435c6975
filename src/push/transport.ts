import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { ClientTls, Route } from "../config/client_route.ts";
import { proxyFor } from "../config/proxy_rules.ts";
import { NODE_VERSIONS, securityLevel } from "../config/tls_names.ts";
import type { Reply, Request } from "./protocol.ts";
import { openTunnel, proxyAuthorization } from "./proxy.ts";

/** Connections over HTTP/1.1. They are reused as long as the route is the same object. */
export type Transport = {
  /** Sends a request. The size of the answer is bounded. Follows no redirects. Rejects if there is no answer. */
  readonly exchange: (request: Sendable, route: Route, signal: AbortSignal) => Promise<Reply>;
  readonly close: () => void;
};

/** A request with all headers except those of the connection. */
export type Sendable = Omit<Request, "headers"> & {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
};

/** Maximum size of an answer that is read. */
const MAX_BODY_BYTES = 64 * 1024;

export function createTransport(): Transport {
  let agents: { readonly of: Route; readonly plain: http.Agent; readonly secure: https.Agent } | undefined;

  function agentsFor(of: Route) {
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

  async function open({ url, method, headers, body }: Sendable, route: Route, signal: AbortSignal) {
    const { plain, secure } = agentsFor(route);
    const proxy = proxyFor(route.proxy, url);
    const lists = Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : [...value],
    ]);
    const options = { method, signal, headers: { ...Object.fromEntries(lists), "Content-Length": body.length } };
    if (url.protocol === "http:" && proxy === undefined) return http.request(url, { ...options, agent: plain });
    if (url.protocol === "http:") return http.request(throughProxy(url, proxy, options, plain));
    if (proxy === undefined) return https.request(url, { ...options, agent: secure });
    const secured = { ...serverName(url), ...tlsOptions(route.tls), signal };
    const socket = await openTunnel(proxy, url, route.proxy.connectHeaders, secured);
    return https.request(url, { ...options, createConnection: () => socket });
  }

  return {
    exchange: async (request, route, signal) => answerTo(await open(request, route, signal), request.body),
    close,
  };
}

/** SNI is sent for names, not for addresses. */
function serverName({ hostname }: URL) {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(host) === 0 ? { host, servername: host } : { host };
}

/** The name that the certificate must have. For an address, no SNI is sent (RFC 6066, section 3). */
function namedServer(name: string) {
  if (isIP(name) === 0) return { servername: name };
  return { servername: "", checkServerIdentity: (_: string, cert: PeerCertificate) => checkServerIdentity(name, cert) };
}

function tlsOptions({ ca, cert, key, serverName, insecureSkipVerify, minVersion, maxVersion }: ClientTls) {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && namedServer(serverName)),
    rejectUnauthorized: !insecureSkipVerify,
    minVersion: NODE_VERSIONS[minVersion],
    maxVersion: NODE_VERSIONS[maxVersion],
    ciphers: `DEFAULT${securityLevel(minVersion)}`,
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

/** Rejects if there is no answer. Once its headers have arrived, an answer counts, even if its body is incomplete. */
function answerTo(request: http.ClientRequest, body: Uint8Array): Promise<Reply> {
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
