// Protects against clients that delay others by sending thousands of requests at once, in HTTP/1 and HTTP/2. Without it, a request
// is answered after all 40,000 requests of 20 other clients, on Node and Deno; with it, after about 1,000
// (test/web/slices.test.ts; for HTTP/2 test/web/protocols.test.ts).

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Larger than most requests. */
const SLICE_BYTES = 1024;

/** Wraps a socket so that received data is read in slices. `first` is data that was read already. */
export type Slicer = (socket: Socket, first?: Buffer) => Socket;

/**
 * node:http handles all data that it has received on a connection before it handles another connection. With thousands of requests
 * this takes seconds. Here the first slice is handled at once. For further slices the connections take turns, one slice in each
 * iteration of the event loop.
 */
export function createSlicer(): Slicer {
  const waiting: (() => void)[] = [];
  const turn = () => {
    waiting[0]?.();
    waiting.shift();
    if (waiting.length > 0) setImmediate(turn);
  };
  const schedule = (deliver: () => void) => {
    // During a turn, its callback is still the first in the list.
    if (waiting.push(deliver) === 1) setImmediate(turn);
  };
  return (socket, first) => inSlices(socket, first, schedule);
}

function inSlices(socket: Socket, first: Buffer | undefined, schedule: (deliver: () => void) => void): Socket {
  let rest: Buffer | undefined;
  let parked = false;
  let ended = false;
  const resume = () => {
    if (rest !== undefined) schedule(deliver);
    else if (ended) stream.push(null);
    else socket.resume();
  };
  const deliver = () => {
    if (rest === undefined || stream.destroyed) return;
    const slice = rest.subarray(0, SLICE_BYTES);
    rest = rest.length > SLICE_BYTES ? rest.subarray(SLICE_BYTES) : undefined;
    parked = !stream.push(slice);
    if (!parked) resume();
  };
  const stream = new Duplex({
    readableHighWaterMark: SLICE_BYTES,
    read() {
      if (!parked) return;
      parked = false;
      resume();
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
    deliver();
  };
  socket.on("data", takeChunk);
  if (first) takeChunk(first);
  // Emitted even while the socket is paused.
  socket.once("end", () => {
    ended = true;
    if (rest === undefined && !parked) stream.push(null);
  });
  socket.once("close", () => stream.destroy());
  return Object.assign(stream, asSocket(socket, stream));
}

/** Properties and methods of a socket that a Duplex lacks. */
function asSocket({ localAddress, remoteAddress, remotePort }: Socket, stream: Duplex): Socket {
  const destroySoon = () => {
    if (stream.writable) stream.end();
    if (stream.writableFinished) stream.destroy();
    else stream.once("finish", () => stream.destroy());
  };
  // Timeouts are implemented in connections.ts. Only Deno calls this.
  const setTimeout = () => stream;
  return { localAddress, remoteAddress, remotePort, destroySoon, setTimeout } as unknown as Socket;
}
