import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ConnectionLimits, createConnections } from "../../src/web/connections.ts";
import type { Handler } from "../../src/web/handler.ts";
import { createProtocols } from "../../src/web/protocols.ts";
import { UNOBSERVED } from "../listeners.ts";

const LIMITS: ConnectionLimits = {
  connections: 5,
  requests: 10,
  firstRequestMs: 500,
  nextRequestMs: 1000,
  readingMs: 500,
};
const SLOW_MS = 1500;
const BIG_BYTES = 64 * 1024 * 1024;

/** /slow takes longer than the limits of a waiting connection, /big more than a socket takes without a reader. */
const answer: Handler = (request, response) => {
  if (request.url === "/slow") setTimeout(() => response.end("slow"), SLOW_MS);
  else response.end(request.url === "/big" ? Buffer.alloc(BIG_BYTES) : "ok");
};

type Client = {
  readonly socket: Socket;
  readonly received: () => string;
  /** Resolves to the milliseconds from connecting to the end of the connection. */
  readonly closed: Promise<number>;
};

type Scene = { readonly open: (text: string) => Client; readonly close: () => Promise<void> };

async function withServer(use: (scene: Scene) => Promise<void>, limits = LIMITS): Promise<void> {
  const connections = createConnections(limits);
  const { server, speak } = createProtocols(answer, UNOBSERVED, connections);
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    if (connections.accept(socket)) speak(socket);
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
    socket.on("error", () => {});
    const closed = new Promise<number>((resolve) => socket.once("close", () => resolve(performance.now() - began)));
    return { socket, received: () => received, closed };
  };
  const close = () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    connections.close();
    return closed;
  };
  try {
    await use({ open, close });
  } finally {
    connections.closeAll();
    if (server.listening) await close();
  }
}

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const between = (value: number, low: number, high: number) => assert.ok(value >= low && value < high, `${value}`);

test("a client that sends no whole request is cut off in time, whatever it does meanwhile", () =>
  withServer(async ({ open }) => {
    const dripping = open("GET / HTTP/1.1\r\nX: ");
    const timer = setInterval(() => dripping.socket.write("a"), 50);
    const clients = [open(""), open("GET / HTTP/1.1\r\nHo"), dripping];
    for (const { closed, received } of clients) {
      between(await closed, 450, 2000);
      assert.is(received(), "");
    }
    clearInterval(timer);
  }));

test("a connection waits for its next request for longer, and a running request is not waiting", () =>
  withServer(async ({ open }) => {
    const [served, slow] = [open(GET), open(GET.replace("/", "/slow"))];
    between(await served.closed, 950, 2500);
    between(await slow.closed, SLOW_MS + 950, SLOW_MS + 2500);
    assert.match(slow.received(), /slow$/);
  }));

test("a client that doesn't read its answer is cut off in time", () =>
  withServer(async ({ open }) => {
    const client = open(GET.replace("/", "/big"));
    client.socket.pause();
    await wait(2000);
    client.socket.resume();
    await client.closed;
    assert.ok(client.socket.bytesRead < BIG_BYTES);
  }));

test("when there are too many connections, the one that waits for longest makes room", () =>
  withServer(async ({ open }) => {
    const busy = open(GET.replace("/", "/slow"));
    await wait(50);
    const idle = open("");
    for (let i = 0; i < 8; i += 1) {
      await wait(20);
      open("");
    }
    between(await idle.closed, 50, 400);
    const honest = open(GET);
    await wait(100);
    assert.match(honest.received(), /ok$/);
    await wait(SLOW_MS);
    assert.match(busy.received(), /slow$/);
  }));

test("with nothing but running requests a further connection is refused", () =>
  withServer(async ({ open }) => {
    const running = Array.from({ length: LIMITS.connections }, () => open(GET.replace("/", "/slow")));
    await wait(100);
    between(await open(GET).closed, 0, 300);
    await wait(SLOW_MS + 100);
    for (const { received } of running) assert.match(received(), /slow$/);
  }));

test("one connection has few requests at a time", () =>
  withServer(async ({ open }) => {
    const few = open(GET.repeat(LIMITS.requests));
    await wait(200);
    assert.is(few.received().split("200 OK").length - 1, LIMITS.requests);
    const many = open(GET.replace("/", "/slow").repeat(LIMITS.requests + 1));
    between(await many.closed, 0, 500);
    assert.is(many.received(), "");
  }));

test("closing lets running requests finish and nothing else wait", () =>
  withServer(async ({ open, close }) => {
    const [idle, partial, busy] = [open(GET), open("GET"), open(GET.replace("/", "/slow"))];
    await wait(100);
    const began = performance.now();
    await close();
    between(performance.now() - began, SLOW_MS - 300, SLOW_MS + 500);
    between(await idle.closed, 50, 400);
    between(await partial.closed, 50, 400);
    await busy.closed;
    assert.match(busy.received(), /slow$/);
  }));

test.run();
