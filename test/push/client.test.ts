import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type HttpClient, PLAIN_HTTP_CLIENT } from "../../src/config/http_client.ts";
import { type Client, createClient } from "../../src/push/client.ts";
import type { Request } from "../../src/push/protocol.ts";
import type { Sent } from "../../src/push/sender.ts";
import { type Behaviour, closes, drips, garbage, hangs, says, shouts, withBadServer } from "../bad_servers.ts";
import { certificates, hasTlsTools } from "../tls_scene.ts";

const request = (url: string): Request => ({
  method: "POST",
  url: new URL("/write?a=b", url),
  headers: { "Content-Type": "text/x" },
  body: Buffer.from("body"),
});

async function withClient<T>(
  settings: Partial<HttpClient>,
  use: (client: Client) => Promise<T>,
  timeoutMs = 20_000,
): Promise<T> {
  const same = { ...PLAIN_HTTP_CLIENT, ...settings };
  const client = createClient({ timeoutMs, userAgent: "memory_exporter/1", settings: async () => same });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** How a request to a server that behaves so ends. */
const sendTo = (behave: Behaviour, timeoutMs?: number) =>
  withBadServer(behave, (url) => withClient({}, (client) => client.send(request(url)), timeoutMs));

function shown(sent: Sent): string {
  return sent.kind === "failed" ? sent.reason : `${sent.reply.status} ${Buffer.from(sent.reply.body).toString()}`;
}

test("a request is sent whole, with credentials and headers, over one connection", () =>
  withBadServer(says("200 OK", [], "fine"), (url, taken) =>
    withClient({ authorization: "Bearer s3cret", headers: new Map([["X-Scope", ["me", "you"]]]) }, async (client) => {
      for (let i = 0; i < 3; i++) assert.is(shown(await client.send(request(url))), "200 fine");
      const [head = ""] = taken.requests;
      assert.match(head, /^POST \/write\?a=b HTTP\/1\.1\r\n/);
      assert.match(head, /\r\nauthorization: Bearer s3cret\r\n/i);
      assert.match(head, /\r\nx-scope: me\r\nx-scope: you\r\n/i);
      assert.match(head, /\r\ncontent-type: text\/x\r\n/i);
      assert.match(head, /\r\nuser-agent: memory_exporter\/1\r\n/i);
      assert.match(head, /\r\ncontent-length: 4\r\n[\s\S]*\r\n\r\nbody$/i);
      assert.equal([taken.requests.length, taken.connections], [3, 1]);
    }),
  ));

test("a redirect is an answer like any other", async () => {
  assert.is(shown(await sendTo(says("301 Moved Permanently", ["Location: http://127.0.0.1:1/"]))), "301 ");
});

test("a closed connection and an invalid answer are reported in one line", async () => {
  for (const behave of [closes, garbage]) {
    const sent = await sendTo(behave);
    assert.is(sent.kind, "failed");
    assert.match(shown(sent), behave === garbage ? /^the answer is not HTTP$/ : /closed by the other side|hang up/);
  }
});

test("nobody listens", () =>
  withClient({}, async (client) => {
    assert.match(shown(await client.send(request("http://127.0.0.1:1"))), /refused/i);
  }));

test("a server that doesn't answer, or one byte at a time, times out", async () => {
  assert.is(shown(await sendTo(hangs, 300)), "no whole answer within 0.3s");
  assert.is(shown(await sendTo(drips("HTTP/1.1 200 OK\r\nX: ", 50), 300)), "no whole answer within 0.3s");
});

test("an answer counts when its headers are complete, even if its body never ends", async () => {
  const slow: Behaviour = (socket) => void socket.write("HTTP/1.1 503 No\r\nContent-Length: 99\r\n\r\nbusy");
  // The whole time passes: a machine that is too busy for the head in a short one gets a longer one.
  for (const timeoutMs of [300, 3000, 60_000]) {
    const said = shown(await sendTo(slow, timeoutMs));
    if (said === `no whole answer within ${timeoutMs / 1000}s`) continue;
    assert.is(said, "503 busy");
    return;
  }
  assert.unreachable();
});

test("only the beginning of a large error is read", async () => {
  const sent = await sendTo(shouts(10 * 2 ** 20));
  assert.is(sent.kind === "answered" && sent.reply.body.length, 64 * 1024);
});

test("an abort ends the request", () =>
  withBadServer(hangs, (url, taken) =>
    withClient({}, async (client) => {
      const end = new AbortController();
      const sent = client.send(request(url), end.signal);
      while (taken.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      end.abort();
      assert.is(shown(await sent), "the exporter ended");
    }),
  ));

test("invalid settings fail the request with the reason", async () => {
  const settings = async () => {
    throw new Error("push.yml:1:1: no such key");
  };
  const client = createClient({ timeoutMs: 1000, userAgent: "x", settings });
  assert.is(shown(await client.send(request("http://127.0.0.1:1"))), "push.yml:1:1: no such key");
});

const withTls = hasTlsTools ? test : test.skip;
const pem = (name: string) => readFileSync(join(certificates, name), "utf8");

const HANDSHAKE_MS = 10_000;

/** A server with the certificate of the CA, which wants clients to have one of it too. */
async function withSecureServer<T>(use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(
    {
      cert: pem("server.crt"),
      key: pem("server.key"),
      ca: pem("ca.crt"),
      requestCert: true,
      rejectUnauthorized: false,
      // One that has failed keeps Deno until then, after all tests have ended.
      handshakeTimeout: HANDSHAKE_MS,
    },
    (asked, answer) => {
      const socket = asked.socket as unknown as { authorized: boolean };
      asked.resume().on("end", () => answer.end(socket.authorized ? "known" : "unknown"));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await use(`https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const tlsSettings = (changes: Partial<HttpClient["tls"]>) => ({ tls: { ...PLAIN_HTTP_CLIENT.tls, ...changes } });

withTls("a certificate that isn't trusted is refused, and no request is sent", () =>
  withSecureServer(async (url) => {
    const sent = await withClient({}, (client) => client.send(request(url)));
    assert.is(sent.kind, "failed");
    assert.match(shown(sent), /certificate|issuer/i);
  }),
);

withTls("TLS errors are reported in a few words", () =>
  withSecureServer(async (url) => {
    const old = tlsSettings({ ca: pem("ca.crt"), minVersion: "TLS10", maxVersion: "TLS11" });
    const failed = shown(await withClient(old, (client) => client.send(request(url))));
    assert.match(failed, /^[^:]+(: [^:]+)?$/);
    assert.not.match(failed, /error:|openssl/);
  }),
);

withTls("a CA, a client certificate, a server name, and no verification", () =>
  withSecureServer(async (url) => {
    const send = async (changes: Partial<HttpClient["tls"]>) =>
      shown(await withClient(tlsSettings(changes), (client) => client.send(request(url))));
    assert.is(await send({ ca: pem("ca.crt") }), "200 unknown");
    assert.is(await send({ ca: pem("ca.crt"), cert: pem("client.crt"), key: pem("client.key") }), "200 known");
    assert.is(await send({ insecureSkipVerify: true }), "200 unknown");
    const other = await send({ ca: pem("ca.crt"), serverName: "other.example" });
    assert.is(other, "the certificate of the server is for another host name");
    assert.is(await send({ ca: pem("ca.crt"), serverName: "127.0.0.1" }), "200 unknown");
    assert.not.match(await send({ ca: pem("ca.crt"), serverName: "127.0.0.2" }), /^200/);
  }),
);

test.run();
