import type { Socket } from "node:net";

/** What hostile clients do: many at once, each on a connection. */
export type Attack = {
  readonly name: string;
  readonly connections: number;
  /** How many of them come in a second. */
  readonly perSecond: number;
  readonly act: (socket: Socket, index: number) => void;
  /** Scrapes itself, and may take all places for it: then others get 503. */
  readonly scrapes?: boolean;
  /** Leaves the answers unread, so that they pile up. */
  readonly deaf?: boolean;
  /** How long a client waits before it comes again, once its connection is closed; without it, it comes once. */
  readonly againAfterMs?: number;
};

const MEBIBYTE = 2 ** 20;
const HEAD = "GET /metrics HTTP/1.1\r\nHost: x\r\n";
const ANSI = "\x1b[31mred\x1b[0m";

/** Sends a text every so often while the connection is there. */
function drip(socket: Socket, text: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.once("close", () => clearInterval(timer));
}

/** Writes on and on, as fast as the exporter takes it. */
function flood(socket: Socket, chunk: string | Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", write);
  write();
}

/** Texts that are no HTTP, or that different readers of HTTP read differently. */
const NOT_HTTP: readonly string[] = [
  "\0\0\0\0",
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "GET\r\n\r\n",
  "GET /\r\n\r\n",
  "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
  "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
  "GET / HTTP/0.9\r\n\r\n",
  `${ANSI} / HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /${ANSI} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /%1b%5b31m%0alevel=ERROR%20msg=forged HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /metrics?collect[]=${ANSI} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `${HEAD}User-Agent: ${ANSI}\r\n\r\n`,
  `${HEAD}X-Prometheus-Scrape-Timeout-Seconds: ${ANSI}\r\n\r\n`,
  `${HEAD}X-Prometheus-Scrape-Timeout-Seconds: \u0085level=ERROR msg=forged\r\n\r\n`,
  `${HEAD}X-Prometheus-Scrape-Timeout-Seconds: 1\rlevel=ERROR msg=forged\r\n\r\n`,
  `${HEAD}Content-Length: -1\r\n\r\n`,
  `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
  `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
  `${HEAD}Transfer-Encoding: ${ANSI}\r\n\r\n`,
  `${HEAD}No colon\r\n\r\n`,
  `${HEAD} folded: 1\r\n\r\n`,
  `${HEAD}Na me: 1\r\n\r\n`,
  `${HEAD}Name\0: 1\r\n\r\n`,
  `${HEAD}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
  `${HEAD}Expect: ${ANSI}\r\n\r\n`,
  `${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  `${HEAD}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
  "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET //%zz%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET / HTTP/1.1\nHost: x\n\n",
  "GET / HTTP/1.1\rHost: x\r\r",
  `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `${HEAD}${"a: b\r\n".repeat(10_000)}\r\n`,
];

/** Every attack, by the order in which they come. */
export const ATTACKS: readonly Attack[] = [
  {
    name: "slow headers",
    connections: 500,
    perSecond: 250,
    act: (socket) => {
      socket.write(`${HEAD}X-Slow: `);
      drip(socket, "a", 400);
    },
    againAfterMs: 1000,
  },
  {
    name: "slow bodies",
    connections: 300,
    perSecond: 150,
    act: (socket, index) => {
      const target = index % 2 === 0 ? "POST /metrics" : "GET /-/healthy";
      socket.write(`${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`);
      drip(socket, "a", 400);
    },
    againAfterMs: 2000,
  },
  {
    name: "idle connections",
    connections: 10_000,
    perSecond: 1000,
    act: () => {},
  },
  {
    name: "connections idle after a request",
    connections: 3000,
    perSecond: 500,
    act: (socket) => socket.write("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"),
  },
  {
    name: "pipelining",
    scrapes: true,
    connections: 20,
    perSecond: 20,
    act: (socket, index) => {
      const path = index % 2 === 0 ? "/metrics" : "/-/healthy";
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(1000));
    },
    againAfterMs: 2000,
  },
  {
    name: "pipelining, answers unread",
    scrapes: true,
    connections: 20,
    perSecond: 20,
    act: (socket) => flood(socket, `${HEAD}\r\n`.repeat(1000)),
    deaf: true,
    againAfterMs: 1000,
  },
  {
    name: "headers of 1 MiB",
    connections: 50,
    perSecond: 100,
    act: (socket) => socket.write(`${HEAD}X-Long: ${"a".repeat(MEBIBYTE)}\r\n\r\n`),
    againAfterMs: 500,
  },
  {
    name: "bodies sent to GET",
    scrapes: true,
    connections: 20,
    perSecond: 100,
    act: (socket, index) => {
      const chunk = Buffer.alloc(0x10000, "a");
      if (index % 2 === 0) {
        socket.write(`${HEAD}Content-Length: 1000000000000\r\n\r\n`);
        flood(socket, chunk);
      } else {
        socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
        flood(socket, Buffer.concat([Buffer.from("10000\r\n"), chunk, Buffer.from("\r\n")]));
      }
    },
    againAfterMs: 200,
  },
  {
    name: "aborted requests",
    scrapes: true,
    connections: 100,
    perSecond: 200,
    act: (socket) => socket.write(`${HEAD}\r\n`, () => setTimeout(() => socket.resetAndDestroy(), 5)),
    againAfterMs: 500,
  },
  {
    name: "half-open sockets",
    scrapes: true,
    connections: 1000,
    perSecond: 200,
    act: (socket, index) => socket.end(index % 2 === 0 ? `${HEAD}\r\n` : HEAD),
    deaf: true,
    againAfterMs: 1000,
  },
  {
    name: "bad HTTP",
    scrapes: true,
    connections: NOT_HTTP.length,
    perSecond: 100,
    act: (socket, index) => socket.write(NOT_HTTP[index] ?? "", "latin1"),
    againAfterMs: 250,
  },
];
