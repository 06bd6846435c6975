import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSlicer } from "../../src/web/slices.ts";
import { createRandom } from "../random.ts";

/** A client's socket, and the server's side of it in slices. */
type Pair = { readonly client: Socket; readonly sliced: Socket };

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function withPair(use: (pair: Pair) => Promise<void>): Promise<void> {
  const slice = createSlicer();
  const server = createNetServer({ allowHalfOpen: true });
  const port = await portOf(server);
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  client.on("error", () => {});
  const [socket] = (await once(server, "connection")) as [Socket];
  socket.on("error", () => {});
  try {
    await use({ client, sliced: slice(socket) });
  } finally {
    client.destroy();
    socket.destroy();
    server.close();
  }
}

test("all data arrives in order, in slices; each side can be closed separately", () =>
  withPair(async ({ client, sliced }) => {
    const random = createRandom(3);
    const sent = Array.from({ length: 400 }, () => "x".repeat(random.below(3000)) + random.ofDigits(9)).join("|");
    let longest = 0;
    const received: Buffer[] = [];
    sliced.on("data", (chunk: Buffer) => {
      longest = Math.max(longest, chunk.length);
      received.push(chunk);
    });
    client.end(sent);
    await once(sliced, "end");
    assert.is(Buffer.concat(received).toString(), sent);
    assert.ok(longest <= 1024, `${longest} bytes at once`);
    sliced.cork();
    sliced.write("one ", "latin1");
    sliced.write(Buffer.from("two "));
    sliced.uncork();
    sliced.end("three");
    assert.is(await text(client), "one two three");
  }));

test("data that isn't read stays with the client", () =>
  withPair(async ({ client, sliced }) => {
    const megabytes = Buffer.alloc(64 * 2 ** 20);
    client.write(megabytes);
    await wait(300);
    assert.ok(client.writableLength > 0);
    assert.ok(sliced.readableLength <= 2048, `${sliced.readableLength} bytes are kept`);
    let length = 0;
    sliced.on("data", (chunk: Buffer) => {
      length += chunk.length;
    });
    client.end();
    await once(sliced, "end");
    assert.is(length, megabytes.length);
  }));

test("the end of one side is the end of the other", async () => {
  await withPair(async ({ client, sliced }) => {
    sliced.resume();
    client.resetAndDestroy();
    await once(sliced, "close");
    assert.ok(sliced.destroyed);
  });
  await withPair(async ({ client, sliced }) => {
    client.resume();
    sliced.destroy();
    await once(client, "end");
  });
  await withPair(async ({ client, sliced }) => {
    const whole = text(client);
    sliced.write("x".repeat(100_000));
    sliced.destroySoon();
    assert.is((await whole).length, 100_000);
    assert.ok(sliced.destroyed);
  });
});

test("writing to a disconnected client is no error", () =>
  withPair(async ({ client, sliced }) => {
    client.resetAndDestroy();
    await once(sliced, "close");
    sliced.write("late");
    sliced.end("later");
    await wait(50);
  }));

test("a reset during a write is no error", () =>
  withPair(async ({ client, sliced }) => {
    for (let i = 0; i < 100; i += 1) sliced.write("x".repeat(100_000));
    await once(client, "readable");
    client.resetAndDestroy();
    await once(sliced, "close");
  }));

test("the addresses of a connection are available", () =>
  withPair(async ({ client, sliced }) => {
    assert.is(sliced.remotePort, client.localPort);
    assert.is(sliced.remoteAddress, "127.0.0.1");
    assert.is(sliced.localAddress, "127.0.0.1");
  }));

const CROWD = 20;
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** How many requests of a crowd that are there already are answered before the only one of a client that comes last. */
async function answeredBefore(take: (socket: Socket) => Socket): Promise<number> {
  const handled: string[] = [];
  const server = createServer((asked, response) => {
    handled.push(asked.url ?? "");
    response.end("ok");
  });
  const serve = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    for (const listener of serve) listener.call(server, take(socket));
  });
  const port = await portOf(server);
  const clients = Array.from({ length: CROWD + 1 }, () => connect({ port, host: "127.0.0.1" }));
  for (const client of clients) client.on("error", () => {});
  await Promise.all(clients.map((client) => once(client, "connect")));
  const [newcomer, ...crowd] = clients.toReversed();
  if (newcomer === undefined) throw new Error("no client");
  for (const client of crowd) client.resume().write(REQUEST.repeat(2000));
  newcomer.write(REQUEST.replace("/", "/new"));
  await once(newcomer, "data");
  for (const client of clients) client.destroy();
  server.close();
  server.closeAllConnections();
  return handled.indexOf("/new");
}

test("a new client doesn't wait for pending requests of others", async () => {
  const others = await answeredBefore(createSlicer());
  // A slice of each for each round of the event loop that it takes to read the request: of a quarter of all of them at most.
  assert.ok(others < (CROWD * 2000) / 4, `${others} requests come before its own`);
  const unsliced = await answeredBefore((socket) => socket);
  assert.ok(unsliced > (CROWD * 2000) / 4, `without slices only ${unsliced} come before it`);
});

test.run();
