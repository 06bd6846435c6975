import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { Socket } from "node:net";

/** How many connections there may be, and how long each may wait. */
export type ConnectionLimits = {
  readonly connections: number;
  /** Of one connection at a time; more of them end it. */
  readonly requests: number;
  /** From connecting (a TLS handshake included) to the end of the first request's headers. */
  readonly firstRequestMs: number;
  /** From an answer to the end of the next request's headers. */
  readonly nextRequestMs: number;
  /** For a client to read an answer that is complete. */
  readonly readingMs: number;
};

/** Long enough for the usual scrape intervals to keep their connection. */
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
  /** Lets requests on a stream count for the connection that was accepted as another socket. */
  readonly join: (socket: Socket, stream: Socket) => void;
  /** Ties a request to its connection until its answer is sent. False if it is one too many: then the connection is closed. */
  readonly begin: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Closes connections without a request now, others when the last one is answered. */
  readonly close: () => void;
  /** Closes all connections at once. */
  readonly closeAll: () => void;
};

type Answer = { completeMs: number | undefined };
type Connection = {
  readonly socket: Socket;
  readonly keys: (Socket | string)[];
  readonly answers: Map<ServerResponse, Answer>;
  /** When it began to wait for a request. */
  waitsSinceMs: number;
  served: boolean;
};

/** No connections yet. */
export function createConnections(limits: ConnectionLimits): Connections {
  /** By when they began to wait for a request, the first of them first. */
  const open = new Set<Connection>();
  const byKey = new Map<Socket | string, Connection>();
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
    const connection = { socket, keys, answers: new Map(), waitsSinceMs: performance.now(), served: false };
    open.add(connection);
    for (const key of keys) byKey.set(key, connection);
    socket.once("close", () => forget(connection));
    return true;
  }

  function join(socket: Socket, stream: Socket): void {
    const connection = byKey.get(socket);
    if (connection === undefined) return;
    connection.keys.push(stream);
    byKey.set(stream, connection);
  }

  function begin(request: IncomingMessage, response: ServerResponse): boolean {
    const connection = keysOf(request.socket)
      .map((key) => byKey.get(key))
      .find(Boolean);
    if (connection === undefined || connection.answers.size >= limits.requests) {
      (connection?.socket ?? request).destroy();
      return false;
    }
    connection.answers.set(response, { completeMs: undefined });
    const hangUp = hangUpOf(request);
    response.once("close", () => {
      connection.answers.delete(response);
      connection.waitsSinceMs = performance.now();
      connection.served = true;
      if (open.delete(connection)) open.add(connection);
      if (closing && connection.answers.size === 0) hangUp();
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
 * By what a connection is known: its socket, and what tells a TCP connection from the others, since the socket of a
 * request is another one than the one that was accepted where TLS lies between.
 */
function keysOf(socket: Socket): (Socket | string)[] {
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

/** What ends the connection of a request after all that is written to it. Asked for while the request runs: later it doesn't know. */
function hangUpOf(request: IncomingMessage): () => void {
  const { socket, stream } = request as IncomingMessage & Partial<Http2ServerRequest>;
  // Not by the version: a client of HTTP/1 may call it 2.0.
  if (stream === undefined) return () => socket.destroySoon();
  const { session } = stream;
  return () => session?.close();
}
