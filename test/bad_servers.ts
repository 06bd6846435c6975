import { createServer, type Server, type Socket } from "node:net";

/** What a server has been sent so far: the heads of its requests, and how many connections it has taken. */
export type Taken = { readonly requests: string[]; connections: number };

/** Answers a request on a raw connection. */
export type Behaviour = (socket: Socket, taken: Taken) => void;

const answer = (status: string, headers: readonly string[], body: string) =>
  [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");

/** Always the same answer. */
export const says =
  (status: string, headers: readonly string[] = [], body = ""): Behaviour =>
  (socket) =>
    void socket.write(answer(status, headers, body));

/** The first answers, one each, and then always the last. */
export const saysInTurn =
  (...behaviours: readonly Behaviour[]): Behaviour =>
  (socket, taken) =>
    behaviours[Math.min(taken.requests.length, behaviours.length) - 1]?.(socket, taken);

export const closes: Behaviour = (socket) => void socket.destroy();
export const hangs: Behaviour = () => {};
export const garbage: Behaviour = (socket) => void socket.end("\x16\x03\x01 this is no HTTP\r\n\r\n");

/** A byte of its answer in each interval, for ever. */
export const drips =
  (text: string, intervalMs: number): Behaviour =>
  (socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ""), intervalMs);
    socket.once("close", () => clearInterval(timer));
    socket.once("error", () => {});
  };

/** An error with a text of so many bytes. */
export const shouts =
  (bytes: number): Behaviour =>
  (socket) => {
    socket.on("error", () => {});
    socket.write(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${bytes}\r\n\r\n`);
    socket.write(Buffer.alloc(bytes, "e"));
  };

/** Runs a server that behaves so to every request, on a free port of 127.0.0.1. A request ends with the body that its head announces. */
export async function withBadServer<T>(behave: Behaviour, use: (url: string, taken: Taken) => Promise<T>): Promise<T> {
  const taken: Taken = { requests: [], connections: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    taken.connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    readRequests(socket, (request) => {
      taken.requests.push(request);
      behave(socket, taken);
    });
  });
  const port = await listening(server);
  try {
    return await use(`http://127.0.0.1:${port}`, taken);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}

function readRequests(socket: Socket, done: (request: string) => void): void {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    for (;;) {
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/^content-length: (\d+)\r$/im.exec(text.slice(0, end + 2))?.[1] ?? 0);
      if (end < 0 || text.length < end + 4 + length) return;
      const request = text.slice(0, end + 4 + length);
      text = text.slice(end + 4 + length);
      done(request);
    }
  });
}
