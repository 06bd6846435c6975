import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ConnectionLimits, createConnections } from "../../src/web/connections.ts";
import type { Handler } from "../../src/web/handler.ts";
import { createProtocols } from "../../src/web/protocols.ts";
import { UNOBSERVED } from "../listeners.ts";
import { until } from "../stand_in.ts";

/** No test waits so long: what ends a connection is then no limit of time. */
const PATIENT: ConnectionLimits = {
  connections: 5,
  requests: 10,
  firstRequestMs: 3_600_000,
  nextRequestMs: 3_600_000,
  readingMs: 3_600_000,
};
const SHORT_MS = 300;
const BIG_BYTES = 64 * 1024 * 1024;

/** /held takes as long as the test wants, /big more than a socket takes without a reader. */
const answerWith =
  (held: Held): Handler =>
  (request, response) => {
    if (request.url === "/held") held.push(response);
    else response.end(request.url === "/big" ? Buffer.alloc(BIG_BYTES) : "ok");
  };

type Held = { end(text: string): void }[];

type Client = {
  readonly socket: Socket;
  readonly received: () => string;
  /** Resolves to the milliseconds from connecting to the end of the connection. */
  readonly closed: Promise<number>;
  /** What the socket said of it. */
  readonly failure: () => string;
};

type Scene = {
  readonly open: (text: string) => Client;
  readonly close: () => Promise<void>;
  /** Answers to /held that are waited for. */
  readonly held: Held;
  /** Connections that came until now, and those of them that are there. */
  readonly came: () => number;
  readonly there: () => number;
};

async function withServer(use: (scene: Scene) => Promise<void>, limits: Partial<ConnectionLimits> = {}): Promise<void> {
  const held: Held = [];
  const connections = createConnections({ ...PATIENT, ...limits });
  const { server, handleHttp1 } = createProtocols(answerWith(held), UNOBSERVED, connections);
  let came = 0;
  let there = 0;
  server.on("connection", (socket: Socket) => {
    came += 1;
    there += 1;
    socket.on("error", () => {});
    socket.once("close", () => {
      there -= 1;
    });
    if (connections.accept(socket)) handleHttp1(socket);
  });
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  const open = (text: string): Client => {
    const began = performance.now();
    let received = "";
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(text));
    socket.on("data", (chunk) => {
      if (received.length < 10_000) received += chunk.toString("latin1");
    });
    let failure = "";
    socket.on("error", (error) => {
      failure = error.message;
    });
    const closed = new Promise<number>((resolve) => socket.once("close", () => resolve(performance.now() - began)));
    return { socket, received: () => received, closed, failure: () => failure };
  };
  const close = () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    connections.close();
    return closed;
  };
  try {
    await use({ open, close, held, came: () => came, there: () => there });
  } finally {
    connections.closeAll();
    if (server.listening) await close();
  }
}

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const HELD = GET.replace("/", "/held");

test("a client without a complete request is disconnected, whatever else it sends", () =>
  withServer(
    async ({ open }) => {
      const dripping = open("GET / HTTP/1.1\r\nX: ");
      dripping.socket.once("connect", () => {
        const timer = setInterval(() => dripping.socket.write("a"), SHORT_MS / 10);
        dripping.socket.once("close", () => clearInterval(timer));
      });
      const clients = [open(""), open("GET / HTTP/1.1\r\nHo"), dripping];
      for (const { closed, received, failure } of clients) {
        // No sooner than the limit allows; how much later is up to the machine.
        const ms = await closed;
        assert.ok(ms >= 0.9 * SHORT_MS, `${ms} ms, ${failure()}`);
        assert.is(received(), "");
      }
    },
    { firstRequestMs: SHORT_MS },
  ));

test("a connection that has been served has a limit of its own, and none while a request is running", () =>
  withServer(
    async ({ open, held }) => {
      const [running, silent] = [open(HELD), open("")];
      await until("the request", () => held.length === 1);
      const served = open(GET);
      await served.closed;
      assert.match(served.received(), /ok$/);
      assert.equal([running.socket.readyState, silent.socket.readyState], ["open", "open"]);
      held[0]?.end("held");
      await running.closed;
      assert.match(running.received(), /held$/);
      assert.is(silent.socket.readyState, "open");
    },
    { nextRequestMs: SHORT_MS },
  ));

test("a client that doesn't read its answer is disconnected", () =>
  withServer(
    async ({ open, came, there }) => {
      const client = open(GET.replace("/", "/big"));
      client.socket.pause();
      await until("the end of the connection", () => came() === 1 && there() === 0);
      client.socket.resume();
      await client.closed;
      assert.ok(client.socket.bytesRead < BIG_BYTES);
    },
    { readingMs: SHORT_MS },
  ));

test("with too many connections, the one that has been idle for longest is closed", () =>
  withServer(async ({ open, held, came }) => {
    const busy = open(HELD);
    await until("the request", () => held.length === 1);
    const idle = open("");
    for (let i = 0; i < PATIENT.connections - 1; i += 1) {
      await until("the one before", () => came() === 2 + i);
      open("");
    }
    await idle.closed;
    const honest = open(GET);
    await until("an answer", () => honest.received() !== "");
    assert.match(honest.received(), /ok$/);
    held[0]?.end("held");
    await until("the end of the request", () => busy.received().endsWith("held"));
  }));

test("who was answered waits from then on: one that has waited for longer makes room before", () =>
  withServer(async ({ open, came }) => {
    const served = open("");
    await until("the first", () => came() === 1);
    const idle = open("");
    await until("the second", () => came() === 2);
    served.socket.write(GET);
    await until("its answer", () => served.received().endsWith("ok"));
    for (let i = 2; i < PATIENT.connections; i += 1) open("");
    await until("all places to be taken", () => came() === PATIENT.connections);
    open("");
    await idle.closed;
    served.socket.write(GET);
    await until("another answer", () => served.received().split("200 OK").length === 3);
  }));

test("with nothing but running requests a further connection is refused", () =>
  withServer(async ({ open, held }) => {
    const running = Array.from({ length: PATIENT.connections }, () => open(HELD));
    await until("all of them", () => held.length === PATIENT.connections);
    const refused = open(GET);
    await refused.closed;
    assert.is(refused.received(), "");
    for (const response of held) response.end("held");
    for (const { received } of running) await until("an answer", () => received().endsWith("held"));
  }));

test("one connection has few requests at a time", () =>
  withServer(async ({ open, held }) => {
    const few = open(HELD.repeat(PATIENT.requests));
    await until("the first request", () => held.length > 0);
    for (let i = 0; i < PATIENT.requests; i += 1) {
      await until("a request", () => held.length > i);
      held[i]?.end("held");
    }
    await until("all answers", () => few.received().split("200 OK").length - 1 === PATIENT.requests);
    const many = open(HELD.repeat(PATIENT.requests + 1));
    await many.closed;
    assert.is(many.received(), "");
  }));

test("closing lets running requests finish and nothing else wait", () =>
  withServer(async ({ open, close, held }) => {
    const [idle, partial, busy] = [open(GET), open("GET"), open(HELD)];
    await until("what they send", () => idle.received().endsWith("ok") && held.length === 1);
    let isClosed = false;
    const closed = close().then(() => {
      isClosed = true;
    });
    await Promise.all([idle.closed, partial.closed]);
    assert.not(isClosed);
    held[0]?.end("held");
    await Promise.all([closed, busy.closed]);
    assert.match(busy.received(), /held$/);
  }));

test.run();
