// Against clients that hold connections, take all of them, don't read their answers, or ask for too much at a time. Without
// any one of its bounds the test of that name in test/web/connections.test.ts fails on Node and on Deno; requests that are taken
// back are counted for Deno alone, since Node counts them itself (test/web/protocols.test.ts).

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2Session } from "node:http2";
import type { Socket } from "node:net";

/** How many connections there may be, and how long each may wait. */
export type ConnectionLimits = {
  readonly connections: number;
  /** Of one connection at a time; more of them end it. So do as many that the client took back before their answer. */
  readonly requests: number;
  /** From connecting (a TLS handshake included) to the end of the first request's headers. */
  readonly firstRequestMs: number;
  /** From an answer to the end of the next request's headers. */
  readonly nextRequestMs: number;
  /** For a client to read an answer that is complete. */
  readonly readingMs: number;
};

/** Long enough for common scrape intervals to keep their connection. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connections: 512,
  requests: 100,
  firstRequestMs: 10_000,
  nextRequestMs: 75_000,
  readingMs: 30_000,
};

const CHECKS_PER_LIMIT = 10;
const MAX_CHECK_MS = 1_000;

/** The connections of one listener, bounded in number and time. Runtimes differ in what they bound by themselves. */
export type Connections = {
  /**
   * Takes a connection in. When there are too many, the one that has waited for a request for longest is closed;
   * if none waits, this one is closed and the answer is false.
   */
  readonly accept: (socket: Socket) => boolean;
  /** Lets requests on a stream, or of an HTTP/2 session, count for the connection that was accepted as another socket. */
  readonly join: (socket: Socket, carrier: object) => void;
  /** Ties a request to its connection until its answer is sent. False if it is one too many: then the connection is closed. */
  readonly begin: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Closes connections without a request now, others when the last one is answered. */
  readonly close: () => void;
  /** Closes all connections at once. */
  readonly closeAll: () => void;
};

type Key = object | string;
type Answer = { completeMs: number | undefined };
type Connection = {
  readonly socket: Socket;
  readonly keys: Key[];
  readonly answers: Map<ServerResponse, Answer>;
  /** Requests that the client took back before their answer: in HTTP/2 each makes room for another one. */
  takenBack: number;
  /** When it began to wait for a request. */
  waitsSinceMs: number;
  served: boolean;
};

/** No connections yet. */
export function createConnections(limits: ConnectionLimits): Connections {
  /** By when they began to wait for a request, the first of them first. */
  const open = new Set<Connection>();
  const byKey = new Map<Key, Connection>();
  let closing = false;
  const check = () => {
    const now = performance.now();
    for (const connection of open) if (isOverdue(connection, limits, now)) connection.socket.destroy();
  };
  const timer = setInterval(check, Math.min(MAX_CHECK_MS, limits.firstRequestMs / CHECKS_PER_LIMIT)).unref();

  function forget(connection: Connection): void {
    open.delete(connection);
    for (const key of connection.keys) if (byKey.get(key) === connection) byKey.delete(key);
    if (closing && open.size === 0) clearInterval(timer);
  }

  /** Closes the connection that waits for longest; false if none does. */
  function makeRoom(): boolean {
    for (const connection of open) {
      if (connection.answers.size > 0) continue;
      // At once: its end is told only later.
      forget(connection);
      connection.socket.destroy();
      return true;
    }
    return false;
  }

  function accept(socket: Socket): boolean {
    if (closing || (open.size >= limits.connections && !makeRoom())) {
      socket.destroy();
      return false;
    }
    const keys = keysOf(socket);
    const waitsSinceMs = performance.now();
    const connection = { socket, keys, answers: new Map(), takenBack: 0, waitsSinceMs, served: false };
    open.add(connection);
    for (const key of keys) byKey.set(key, connection);
    socket.once("close", () => forget(connection));
    return true;
  }

  const find = (keys: readonly Key[]) => keys.map((key) => byKey.get(key)).find(Boolean);

  function join(socket: Socket, carrier: object): void {
    const connection = find(keysOf(socket));
    if (connection === undefined) return;
    connection.keys.push(carrier);
    byKey.set(carrier, connection);
  }

  function begin(request: IncomingMessage, response: ServerResponse): boolean {
    const carrier = carrierOf(request);
    const connection = byKey.get(carrier);
    if (connection === undefined || connection.answers.size >= limits.requests) {
      (connection?.socket ?? request).destroy();
      return false;
    }
    connection.answers.set(response, { completeMs: undefined });
    response.once("close", () => {
      connection.answers.delete(response);
      connection.waitsSinceMs = performance.now();
      connection.served = true;
      if (open.delete(connection)) open.add(connection);
      if (!response.writableEnded) connection.takenBack += 1;
      if (connection.takenBack >= limits.requests) connection.socket.destroy();
      else if (closing && connection.answers.size === 0) hangUp(carrier);
    });
    return true;
  }

  function close(): void {
    closing = true;
    for (const { answers, socket } of open) if (answers.size === 0) socket.destroy();
    if (open.size === 0) clearInterval(timer);
  }

  function closeAll(): void {
    for (const { socket } of open) socket.destroy();
  }

  return { accept, join, begin, close, closeAll };
}

/**
 * By what a connection is known: its socket, and what tells a TCP connection from the others, since the socket that a TLS
 * handshake gives is another one than the one that was accepted.
 */
function keysOf(socket: Socket): Key[] {
  const { localAddress, remoteAddress, remotePort } = socket;
  return remotePort === undefined ? [socket] : [socket, `${localAddress} ${remoteAddress} ${remotePort}`];
}

function isOverdue({ answers, waitsSinceMs, served }: Connection, limits: ConnectionLimits, now: number): boolean {
  if (answers.size === 0) return now - waitsSinceMs > (served ? limits.nextRequestMs : limits.firstRequestMs);
  let overdue = false;
  for (const [response, answer] of answers) {
    if (response.writableEnded) answer.completeMs ??= now;
    if (answer.completeMs !== undefined && now - answer.completeMs > limits.readingMs) overdue = true;
  }
  return overdue;
}

/** What a request came by: a socket or, in HTTP/2, a session. Asked for at its start: later it doesn't know. */
function carrierOf(request: IncomingMessage): Socket | Http2Session {
  // Not by the version: a client of HTTP/1 may call it 2.0.
  const { socket, stream } = request as IncomingMessage & Partial<Http2ServerRequest>;
  return stream?.session ?? socket;
}

/** Ends a connection after all that is written to it. */
function hangUp(carrier: Socket | Http2Session): void {
  if ("destroySoon" in carrier) carrier.destroySoon();
  else carrier.close();
}
