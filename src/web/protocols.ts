// Against bad Hosts, bodies that never end, large headers and too many requests of HTTP/2 at a time, on Node and on Deno, and
// against requests of HTTP/2 that are taken back, which Deno leaves to connections.ts. Without any one of these its test in
// test/web/protocols.test.ts or test/web/tls.test.ts fails. Large headers of HTTP/1 and smuggled requests both runtimes refuse
// by themselves. It is also where all requests are counted.

import { createServer as createHttp1, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { createServer, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import { CONNECTION_LIMITS, type Connections } from "./connections.ts";
import type { Handler } from "./handler.ts";
import { observe, type RequestObserver } from "./labels.ts";

const HEADER_BYTES = 16 * 1024;
const HTTP1_OPTIONS = {
  keepAliveTimeout: CONNECTION_LIMITS.nextRequestMs,
} as const;
const HTTP2_OPTIONS = {
  settings: { maxConcurrentStreams: CONNECTION_LIMITS.requests, maxHeaderListSize: HEADER_BYTES },
  // Node drops a request that is taken back in the same slice before anybody else hears of it: it has to count them itself.
  streamResetBurst: CONNECTION_LIMITS.requests,
  streamResetRate: 1,
} as const;
/** No route takes a body: it is read and dropped, and more of it than this ends the connection. */
const BODY_BYTES = 64 * 1024;

/** HTTP of one listener. */
export type Protocols = {
  /** To listen with. What to do with a connection is told by a listener of its `connection` event: there is none yet. */
  readonly server: Server;
  /** Speaks HTTP/1 on a connection. */
  readonly speak: (socket: Socket) => void;
  readonly speakHttp2: (socket: Socket) => void;
};

/** `createServer` of node:http2, which is only loaded where it is wanted: it takes longer than all else of the runtime. */
export type CreateHttp2 = typeof createServer;

/**
 * Answers by `handler` on the connections that `speak` gets, each known to `connections`. All requests pass here, so it is
 * here that `observer` is told of them; of what is no HTTP, which the runtime answers, it isn't.
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
    if (!hasGoodHost(request)) {
      response.writeHead(400, { Connection: "close", "Content-Type": "text/plain; charset=utf-8" });
      response.end("Bad Request\n");
      return;
    }
    drop(request, response);
    handler(request, response, reached);
  };
  const server = createHttp1(HTTP1_OPTIONS, receive);
  // The answer comes without asking for the body.
  server.on("checkContinue", receive);
  server.on("connect", (_, socket) => socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n"));
  // HTTP/1 on a connection is this server's own listener. It has to be the server that listens: Deno closes the
  // connections of one that doesn't after each answer.
  const speakHttp1 = server.listeners("connection");
  server.removeAllListeners("connection");
  const http2 = createHttp2?.(HTTP2_OPTIONS, (request: Http2ServerRequest, response: Http2ServerResponse) =>
    receive(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  return {
    server,
    speak(socket) {
      for (const listener of speakHttp1) listener.call(server, socket);
    },
    speakHttp2(socket) {
      http2?.once("session", (session) => connections.join(socket, session)).emit("connection", socket);
    },
  };
}

/** A host name or address with or without a port (RFC 9110, section 7.2), or nothing. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d{0,5})?$/i;

/** Whether there is one Host at most, and a legal one. That HTTP/1.1 has one is seen to by the runtime. */
function hasGoodHost({ rawHeaders, headers }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host");
  return hosts.length <= 1 && HOST.test(headers.host ?? "");
}

/** Reads a body and drops it. Where one is to come, HTTP/1 answers are the last of their connection. */
function drop(request: IncomingMessage, response: ServerResponse): void {
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
