import { readFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, type Server } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PLAIN_HTTP_CLIENT } from "../../src/config/http_client.ts";
import { createClient } from "../../src/push/client.ts";
import { proxyAuthorization } from "../../src/push/proxy.ts";
import { says, withBadServer } from "../bad_servers.ts";
import { certificates, hasTlsTools } from "../tls_scene.ts";

async function listen<T>(server: Server, use: (port: number) => Promise<T>): Promise<T> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await use(typeof address === "object" && address ? address.port : 0);
  } finally {
    if ("closeAllConnections" in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
    server.close();
  }
}

/** A proxy that lets nobody through but with these credentials; it keeps what it was asked for. */
function createProxy(asked: string[]) {
  const proxy = createHttp((_, response) => response.writeHead(500).end());
  proxy.on("connect", (request, socket) => {
    asked.push(`${request.url} ${request.headers["proxy-authorization"]} ${request.headers["x-tenant"]}`);
    if (request.headers["proxy-authorization"] !== `Basic ${btoa("user:p@ss")}`) {
      socket.end("HTTP/1.1 407 No\r\n\r\n");
      return;
    }
    const [host = "", port] = (request.url ?? "").split(":");
    const target = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    target.pipe(socket).pipe(target);
    for (const one of [socket, target]) one.on("error", () => {});
  });
  return proxy;
}

const send = (url: string, proxy: string, ca?: string) => {
  const through = new URL(proxy);
  const connectHeaders = new Map([["X-Tenant", ["me"]]]);
  const rules = { http: through, https: through, except: undefined, connectHeaders };
  const settings = { ...PLAIN_HTTP_CLIENT, proxy: rules, tls: { ...PLAIN_HTTP_CLIENT.tls, ca } };
  const client = createClient({ timeoutMs: 20_000, userAgent: "x", settings: async () => settings });
  const request = { method: "POST", url: new URL(url), headers: {}, body: Buffer.from("body") } as const;
  return client.send(request).finally(client.close);
};

test("a proxy of http is asked for the whole URL, with its credentials", () =>
  withBadServer(says("200 OK"), async (url, taken) => {
    const sent = await send("http://target.example:8080/x?y=z", url.replace("//", "//user:p%40ss@"));
    assert.is(sent.kind === "answered" && sent.reply.status, 200);
    const [head = ""] = taken.requests;
    assert.match(head, /^POST http:\/\/target\.example:8080\/x\?y=z HTTP\/1\.1\r\n/);
    assert.match(head, /\r\nhost: target\.example:8080\r\n/i);
    assert.match(head, new RegExp(`\\r\\nproxy-authorization: Basic ${btoa("user:p@ss")}\\r\\n`, "i"));
  }));

(hasTlsTools ? test : test.skip)("a server with TLS is reached through a tunnel, and is who it says", () => {
  const pem = (name: string) => readFileSync(join(certificates, name), "utf8");
  const secure = createHttps({ cert: pem("server.crt"), key: pem("server.key") }, (request, response) => {
    request.resume().on("end", () => response.end(`${request.method} ${request.url}`));
  });
  const asked: string[] = [];
  return listen(secure, (port) =>
    listen(createProxy(asked), async (proxyPort) => {
      const target = `https://127.0.0.1:${port}/path`;
      const proxy = `http://user:p%40ss@127.0.0.1:${proxyPort}`;
      const sent = await send(target, proxy, pem("ca.crt"));
      assert.is(
        sent.kind === "answered" && Buffer.from(sent.reply.body).toString(),
        "POST /path",
        JSON.stringify(sent),
      );
      assert.equal(asked, [`127.0.0.1:${port} Basic ${btoa("user:p@ss")} me`]);
      const untrusted = await send(target, proxy);
      assert.match(untrusted.kind === "failed" ? untrusted.reason : "", /certificate|issuer/i);
      const stranger = await send(target, `http://127.0.0.1:${proxyPort}`, pem("ca.crt"));
      assert.equal(stranger, { kind: "failed", reason: `the proxy answered 407 to CONNECT 127.0.0.1:${port}` });
    }),
  );
});

test("a proxy that answers CONNECT wrongly, or not at all, is reported in one line", async () => {
  const answering = createHttp((_, response) => response.writeHead(403).end("no"));
  await listen(answering, async (port) => {
    const proxy = `http://127.0.0.1:${port}`;
    // Node takes a CONNECT that nobody listens for as the end of the connection.
    assert.is((await send("https://127.0.0.1:1/", proxy)).kind, "failed");
  });
});

test("credentials may be a name or a password alone", () => {
  const of = (url: string) => proxyAuthorization(new URL(url));
  assert.is(of("http://proxy"), undefined);
  assert.is(of("http://us%40er@proxy"), `Basic ${btoa("us@er:")}`);
  assert.is(of("http://:secret@proxy"), `Basic ${btoa(":secret")}`);
});

test.run();
