// Protects against clients that hold connections open, use all connections, don't read their answers, or send too many requests at
// a time. For each limit there is a test of its name in test/web/connections.test.ts, which fails without it on Node and Deno.
// Cancelled requests are only counted for Deno, since Node counts them itself (test/web/protocols.test.ts).

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2Session } from "node:http2";
import type { Socket } from "node:net";

/** Limits of the connections of one listener. */
export type ConnectionLimits = {
  readonly connections: number;
  /** Maximum number of requests of one connection at a time, and of cancelled ones in total. Above it, the connection is closed. */
  readonly requests: number;
  /** Time from connecting to the end of the first request's headers, including the TLS handshake. */
  readonly firstRequestMs: number;
  /** Time from an answer to the end of the next request's headers. */
  readonly nextRequestMs: number;
  /** Time for a client to read a complete answer. */
  readonly readingMs: number;
};

/** Default limits. Connections stay open for common scrape intervals. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connections: 512,
  requests: 100,
  firstRequestMs: 10_000,
  nextRequestMs: 75_000,
  readingMs: 30_000,
};

const CHECKS_PER_LIMIT = 10;
const MAX_CHECK_MS = 1_000;

/** The connections of one listener, limited in number and time. */
export type Connections = {
  /**
   * Adds a connection. If there are too many, closes the one that has been idle for the longest time. If none is idle, closes the
   * new one and returns false.
   */
  readonly accept: (socket: Socket) => boolean;
  /** Counts requests of a wrapped socket or an HTTP/2 session for its connection. */
  readonly join: (socket: Socket, carrier: object) => void;
  /** Counts a request until its answer is sent. If there are too many, closes the connection and returns false. */
  readonly begin: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Closes idle connections now, others after their last answer. */
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
  /** Number of requests that the client has cancelled. In HTTP/2, each makes room for another one. */
  cancelled: number;
  /** When the connection became idle. */
  idleSinceMs: number;
  served: boolean;
};

/** Creates an empty set of connections. */
export function createConnections(limits: ConnectionLimits): Connections {
  /** In the order in which they became idle. */
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

  /** Closes the connection that has been idle for the longest time. False if none is idle. */
  function makeRoom(): boolean {
    for (const connection of open) {
      if (connection.answers.size > 0) continue;
      // Not only at the event `close`, which comes later.
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
    const idleSinceMs = performance.now();
    const connection = { socket, keys, answers: new Map(), cancelled: 0, idleSinceMs, served: false };
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
      connection.idleSinceMs = performance.now();
      connection.served = true;
      if (open.delete(connection)) open.add(connection);
      if (!response.writableEnded) connection.cancelled += 1;
      if (connection.cancelled >= limits.requests) connection.socket.destroy();
      else if (closing && connection.answers.size === 0) closeGracefully(carrier);
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
 * Keys that identify a connection: its socket, and for TCP its addresses, since the TLS socket is another object than the accepted
 * socket.
 */
function keysOf(socket: Socket): Key[] {
  const { localAddress, remoteAddress, remotePort } = socket;
  return remotePort === undefined ? [socket] : [socket, `${localAddress} ${remoteAddress} ${remotePort}`];
}

function isOverdue({ answers, idleSinceMs, served }: Connection, limits: ConnectionLimits, now: number): boolean {
  if (answers.size === 0) return now - idleSinceMs > (served ? limits.nextRequestMs : limits.firstRequestMs);
  let overdue = false;
  for (const [response, answer] of answers) {
    if (response.writableEnded) answer.completeMs ??= now;
    if (answer.completeMs !== undefined && now - answer.completeMs > limits.readingMs) overdue = true;
  }
  return overdue;
}

/** The socket or HTTP/2 session of a request. Only available at its start. */
function carrierOf(request: IncomingMessage): Socket | Http2Session {
  // The HTTP version can't be used, since an HTTP/1 client can send "HTTP/2.0".
  const { socket, stream } = request as IncomingMessage & Partial<Http2ServerRequest>;
  return stream?.session ?? socket;
}

/** Closes a connection after all pending writes. */
function closeGracefully(carrier: Socket | Http2Session): void {
  if ("destroySoon" in carrier) carrier.destroySoon();
  else carrier.close();
}
