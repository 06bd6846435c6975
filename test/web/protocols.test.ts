import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RequestLabels } from "../../src/exposition/instruments.ts";
import { ask } from "../http.ts";
import { withListeners } from "../listeners.ts";
import { connectHttp2, rapidReset } from "../rapid_reset.ts";
import { until } from "../stand_in.ts";
import { curl, hasTlsTools, withTls } from "../tls_scene.ts";

/** Statuses of what was received. */
const statusesIn = (received: string) => [...received.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status);

/**
 * What a server answers to bytes until it closes the connection, or has given so many answers, and then one on another
 * connection: by then it has read all that was sent on this one.
 */
async function exchange(address: string, text: string, answers = Number.POSITIVE_INFINITY): Promise<string> {
  const [host = "", port = ""] = address.split(":");
  const socket = connect({ host, port: Number(port) }, () => socket.write(text, "latin1"));
  let received = "";
  let closed = false;
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    closed = true;
  });
  await until("the answers", () => closed || statusesIn(received).length >= answers);
  if (!closed) await ask(`http://${address}/`);
  socket.destroy();
  return received;
}

const HEAD = "GET /a HTTP/1.1\r\nHost: a\r\n";

/** Bytes, the statuses that they get, and whether the connection stays open for more. */
const EXCHANGES: Readonly<Record<string, readonly [sent: string, statuses: readonly string[]]>> = {
  "a request": [`${HEAD}\r\n`, ["200"]],
  "a request of HTTP/1.0": ["GET /a HTTP/1.0\r\n\r\n", ["200"]],
  "two at once": [`${HEAD}\r\n${HEAD}\r\n`, ["200", "200"]],
  "no Host": ["GET /a HTTP/1.1\r\n\r\n", ["400"]],
  "two Hosts": [`${HEAD}Host: b\r\n\r\n`, ["400"]],
  "a Host with a path": ["GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", ["400"]],
  "a Host with a user": ["GET /a HTTP/1.1\r\nHost: a@b\r\n\r\n", ["400"]],
  "a Host with a blank": ["GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", ["400"]],
  "a Host of IPv6 with a port": ["GET /a HTTP/1.1\r\nHost: [::1]:9101\r\n\r\n", ["200"]],
  "no HTTP": ["\0\x01\x02\r\n\r\n", ["400"]],
  "a TLS handshake": ["\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", ["400"]],
  "HTTP/2 without TLS": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ["400"]],
  "HTTP/1 that says that it is another": ["GET /a HTTP/2.0\r\nContent-Length: 1\r\n\r\na", ["200"]],
  "a version that there isn't": ["GET /a HTTP/9.9\r\nHost: a\r\n\r\n", ["400"]],
  "large headers": [`${HEAD}X: ${"a".repeat(20_000)}\r\n\r\n`, ["431"]],
  "a header with a line feed": [`${HEAD}X: a\nb\r\n\r\n`, ["400"]],
  "both lengths": [`${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, ["400"]],
  "two lengths": [`${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, ["400"]],
  "a negative length": [`${HEAD}Content-Length: -3\r\n\r\n`, ["400"]],
  "a chunk of no size": [`${HEAD}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, ["200"]],
  "a body, and a request in it": [
    `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${HEAD.length + 2}\r\n\r\n${HEAD}\r\n`,
    ["200"],
  ],
  "a body that doesn't come": [`POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc`, ["200"]],
  "a body that is asked for": [
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    ["200"],
  ],
  "another expectation": [`${HEAD}Expect: 200-maybe\r\n\r\n`, ["417"]],
  "an upgrade": [`${HEAD}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`, ["200"]],
  "a tunnel": ["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", ["405"]],
};

/** Requests that are refused before any handler, and counted nevertheless. */
const COUNTED = ["a request", "no Host", "two Hosts", "a Host with a path", "another expectation", "a tunnel"];

for (const name of COUNTED) {
  test(`${name} is counted with its answer`, async () => {
    const [sent = "", statuses = []] = EXCHANGES[name] ?? [];
    const counted: string[] = [];
    const observer = {
      requestStarted: () => {},
      requestEnded: (labels: RequestLabels) => void counted.push(labels.response_code),
    };
    await withListeners({ observer }, async ({ address }) => {
      const [host = "", port = ""] = address.split(":");
      const socket = connect({ host, port: Number(port) }, () => socket.write(sent, "latin1"));
      socket.on("error", () => {}).resume();
      await until("it to be counted", () => counted.length > 0);
      socket.destroy();
    });
    assert.equal(counted, statuses);
  });
}

for (const [name, [sent, statuses]] of Object.entries(EXCHANGES)) {
  test(`${name}: ${statuses.join(", ")}`, () =>
    withListeners({}, async ({ address }) => {
      const received = await exchange(address, sent, statuses.length);
      assert.equal(statusesIn(received), statuses);
      if (/body|length|chunk/.test(name)) assert.match(received, /^Connection: close\r$/m);
      if (statuses[0]?.startsWith("4")) assert.match(received, /^Connection: close\r$/m);
    }));
}

test("answers don't repeat malformed input", () =>
  withListeners({}, async ({ address }) => {
    for (const sent of [
      "marker\r\n\r\n",
      "GET /\x01marker HTTP/1.1\r\n\r\n",
      "GET / HTTP/9.marker\r\n\r\n",
      `${HEAD}ma rker: x\r\n\r\n`,
    ]) {
      const received = await exchange(address, sent);
      assert.match(received, /^HTTP\/1\.1 400 /);
      assert.not.match(received, /ma ?rker/);
    }
  }));

test("a large body closes the connection", () =>
  withListeners({}, async ({ address }) => {
    let requests = 0;
    const sent = `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n${"a".repeat(300_000)}`;
    await withListeners(
      {},
      async (served) => assert.is(await exchange(served.address, sent), ""),
      () => {
        requests += 1;
      },
    );
    assert.is(requests, 1);
    assert.match(await exchange(address, `${HEAD}\r\n`, 1), /^HTTP\/1\.1 200 /);
  }));

const ATTACKERS = 30;
/** Streams at a time, and those of the slice in which one more came. */
const MOST_OF_ONE = 100 + 40;

(hasTlsTools ? test : test.skip)("cancelled requests of HTTP/2 count, and don't delay others", () => {
  const handled: string[] = [];
  return withTls(
    "",
    async (scene) => {
      const sockets = await Promise.all(Array.from({ length: ATTACKERS }, () => connectHttp2(scene.address)));
      const closed = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
      for (const socket of sockets) socket.write(rapidReset(1100));
      // The newcomer has its answer, and every attacker is cut off by the server.
      assert.ok((await curl(scene)).endsWith("2 200"));
      await closed;
      assert.ok(handled.length <= ATTACKERS * MOST_OF_ONE, `${handled.length} requests reached the handler`);
      assert.ok(handled.includes("/metrics"));
    },
    {
      handler(request, response) {
        handled.push(request.url ?? "");
        // As a scrape: not in the same turn.
        setTimeout(() => response.end(), 200);
      },
    },
  );
});

test.run();
