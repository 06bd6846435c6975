import http from "node:http";
import tls from "node:tls";
import { basicCredentials } from "../config/http_client.ts";

/** A connection to a TLS server through a proxy (CONNECT, RFC 9110, section 9.3.6). Rejects with one line. */
export async function openTunnel(
  proxy: URL,
  target: URL,
  headers: ReadonlyMap<string, readonly string[]>,
  options: tls.ConnectionOptions & { readonly signal: AbortSignal },
): Promise<tls.TLSSocket> {
  const host = `${target.hostname}:${target.port || 443}`;
  const authorization = proxyAuthorization(proxy);
  const request = http.request({
    host: proxy.hostname,
    port: proxy.port || 80,
    method: "CONNECT",
    path: host,
    agent: false,
    signal: options.signal,
    headers: {
      ...Object.fromEntries([...headers].map(([name, values]) => [name, [...values]])),
      Host: host,
      ...(authorization !== undefined && { "Proxy-Authorization": authorization }),
    },
  });
  return new Promise((resolve, reject) => {
    request.once("connect", (reply, socket) => {
      if (reply.statusCode !== 200) {
        socket.destroy();
        reject(new Error(`the proxy answered ${reply.statusCode} to CONNECT ${host}`));
        return;
      }
      const secured = tls.connect({ ...options, socket }, () => resolve(secured));
      secured.once("error", reject);
      options.signal.addEventListener("abort", () => secured.destroy(new Error("aborted")), { once: true });
    });
    request.on("error", reject);
    request.end();
  });
}

/** The header Proxy-Authorization for the user information of a proxy's URL. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  return basicCredentials(decodeURIComponent(username), decodeURIComponent(password));
}
