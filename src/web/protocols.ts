// Protects against invalid Host headers, endless bodies, large headers and too many concurrent requests of HTTP/2, on Node and
// Deno, and against cancelled requests of HTTP/2 on Node (for Deno see connections.ts). For each of these there is a test in
// test/web/protocols.test.ts or test/web/tls.test.ts, which fails without it. Both runtimes reject large headers of HTTP/1 and
// request smuggling themselves. All requests are observed here.

import {
  createServer as createHttp1,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { createServer, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import { CONNECTION_LIMITS, type Connections } from "./connections.ts";
import type { Handler } from "./handler.ts";
import { observe, type RequestObserver, requestLabels } from "./labels.ts";

const HEADER_BYTES = 16 * 1024;
const HTTP1_OPTIONS = {
  keepAliveTimeout: CONNECTION_LIMITS.nextRequestMs,
  // Checked here instead, since what the runtime answers isn't observed.
  requireHostHeader: false,
} as const;
const HTTP2_OPTIONS = {
  settings: { maxConcurrentStreams: CONNECTION_LIMITS.requests, maxHeaderListSize: HEADER_BYTES },
  // Node doesn't report a request that is cancelled in the same slice, so only Node itself can count these.
  streamResetBurst: CONNECTION_LIMITS.requests,
  streamResetRate: 1,
} as const;
/** No route uses the body. It is read and discarded; a larger one ends the connection. */
const BODY_BYTES = 64 * 1024;

/** HTTP of one listener. */
export type Protocols = {
  /** The server to listen with. It has no listener of the event `connection` yet. */
  readonly server: Server;
  /** Handles HTTP/1 on a connection. */
  readonly handleHttp1: (socket: Socket) => void;
  readonly handleHttp2: (socket: Socket) => void;
};

/** `createServer` of node:http2, which is loaded on demand because it takes long. */
export type CreateHttp2 = typeof createServer;

/**
 * Answers with `handler` on the connections that are passed to `handleHttp1` and `handleHttp2`. They must have been added to
 * `connections`. All requests are reported to `observer`, except malformed ones, which the runtime answers.
 */
export function createProtocols(
  handler: Handler,
  observer: RequestObserver,
  connections: Connections,
  createHttp2?: CreateHttp2,
): Protocols {
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    if (!connections.begin(request, response)) return;
    const reached = observe(request, response, observer);
    const status = refusal(request);
    if (status !== undefined) {
      response.writeHead(status, { Connection: "close", "Content-Type": "text/plain; charset=utf-8" });
      response.end(`${STATUS_CODES[status]}\n`);
      return;
    }
    discardBody(request, response);
    handler(request, response, reached);
  };
  const server = createHttp1(HTTP1_OPTIONS, receive);
  // Answered without requesting the body.
  server.on("checkContinue", receive);
  server.on("checkExpectation", receive);
  server.on("connect", (request, socket) => {
    observer.requestStarted();
    observer.requestEnded({ ...requestLabels(request, "other"), response_code: "405" }, 0);
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n");
  });
  // The server's own listener handles HTTP/1. It must be the server that listens, since on Deno another one closes the connection
  // after each answer.
  const listeners = server.listeners("connection");
  server.removeAllListeners("connection");
  const http2 = createHttp2?.(HTTP2_OPTIONS, (request: Http2ServerRequest, response: Http2ServerResponse) =>
    receive(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  return {
    server,
    handleHttp1(socket) {
      for (const listener of listeners) listener.call(server, socket);
    },
    handleHttp2(socket) {
      http2?.once("session", (session) => connections.join(socket, session)).emit("connection", socket);
    },
  };
}

/** A host name or address with or without a port (RFC 9110, section 7.2), or nothing. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d{0,5})?$/i;

/** Whether there is at most one Host header, and it is valid. HTTP/1.1 requires one. */
function hasValidHost({ rawHeaders, headers, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host");
  return hosts.length <= 1 && (hosts.length === 1 || httpVersion !== "1.1") && HOST.test(headers.host ?? "");
}

/** The status of a request that is rejected on any path. Undefined for others. */
function refusal(request: IncomingMessage): number | undefined {
  if (!hasValidHost(request)) return 400;
  return /^100-continue$/i.test(request.headers.expect ?? "100-continue") ? undefined : 417;
}

/** Reads and discards the body. For HTTP/1 requests with a body, the connection is closed after the answer. */
function discardBody(request: IncomingMessage, response: ServerResponse): void {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  if (!("stream" in request) && (length !== "0" || encoding !== undefined)) {
    response.setHeader("Connection", "close");
  }
  let bytes = 0;
  request.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) request.destroy();
  });
}
