// Against clients that keep the others waiting by thousands of requests at once, in HTTP/1 and HTTP/2. Without it a request
// comes after all 40,000 that 20 others have sent, on Node and on Deno; with it after some 1,000 (test/web/slices.test.ts; for
// HTTP/2 test/web/protocols.test.ts).

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Most requests fit into it as a whole. */
const SLICE_BYTES = 1024;

/** Makes of a socket one that hands on what a client sends slice by slice, `first` before all else. */
export type Slicer = (socket: Socket, first?: Buffer) => Socket;

/**
 * Lets no client keep the others waiting by the many requests that it sends at once: node:http reads all of what has
 * come on a connection before it looks at another one, which takes seconds where it is full of requests. Here the
 * first slice is read when it comes, and for the others all connections take turns, one slice in each round of the
 * event loop.
 */
export function createSlicer(): Slicer {
  const waiting: (() => void)[] = [];
  const turn = () => {
    waiting[0]?.();
    waiting.shift();
    if (waiting.length > 0) setImmediate(turn);
  };
  const later = (give: () => void) => {
    // While a turn is under way, the one that has it is still the first.
    if (waiting.push(give) === 1) setImmediate(turn);
  };
  return (socket, first) => inSlices(socket, first, later);
}

function inSlices(socket: Socket, first: Buffer | undefined, later: (give: () => void) => void): Socket {
  let rest: Buffer | undefined;
  let parked = false;
  let ended = false;
  const goOn = () => {
    if (rest !== undefined) later(give);
    else if (ended) stream.push(null);
    else socket.resume();
  };
  const give = () => {
    if (rest === undefined || stream.destroyed) return;
    const slice = rest.subarray(0, SLICE_BYTES);
    rest = rest.length > SLICE_BYTES ? rest.subarray(SLICE_BYTES) : undefined;
    parked = !stream.push(slice);
    if (!parked) goOn();
  };
  const stream = new Duplex({
    readableHighWaterMark: SLICE_BYTES,
    read() {
      if (!parked) return;
      parked = false;
      goOn();
    },
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    writev(chunks, done) {
      socket.cork();
      chunks.forEach(({ chunk, encoding }, i) => {
        socket.write(chunk, encoding, i === chunks.length - 1 ? done : undefined);
      });
      socket.uncork();
    },
    final: (done) => void socket.end(() => done()),
    destroy(_error, done) {
      socket.destroy();
      done(null);
    },
  });
  const takeChunk = (chunk: Buffer) => {
    rest = chunk;
    socket.pause();
    give();
  };
  socket.on("data", takeChunk);
  if (first) takeChunk(first);
  // It comes even while the socket is paused.
  socket.once("end", () => {
    ended = true;
    if (rest === undefined && !parked) stream.push(null);
  });
  socket.once("close", () => stream.destroy());
  return Object.assign(stream, asSocket(socket, stream));
}

/** What is asked of a socket besides, of the one below. */
function asSocket({ localAddress, remoteAddress, remotePort }: Socket, stream: Duplex): Socket {
  const destroySoon = () => {
    if (stream.writable) stream.end();
    if (stream.writableFinished) stream.destroy();
    else stream.once("finish", () => stream.destroy());
  };
  // Times are kept by `connections`; Deno asks for this one, Node does without.
  const setTimeout = () => stream;
  return { localAddress, remoteAddress, remotePort, destroySoon, setTimeout } as unknown as Socket;
}
