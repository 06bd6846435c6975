/** Most commands print less, in one piece; a larger first buffer costs each run its pages. */
const FIRST_BYTES = 1024;

/** Collects a stream's bytes in one growing buffer: memory stays within twice the limit, however small the chunks are. */
export type Capture = {
  /** Copies a chunk; false, with nothing kept, if the total would pass the limit. */
  push(chunk: Uint8Array): boolean;
  /** What was collected, without a copy. */
  bytes(): Uint8Array;
};

/** A capture that holds at most `limitBytes`. A chunk is copied, since a kept chunk costs half a kilobyte whatever its size. */
export function createCapture(limitBytes: number): Capture {
  let buffer = new Uint8Array(0);
  let length = 0;
  return {
    push(chunk) {
      if (length + chunk.length > limitBytes) return false;
      if (length + chunk.length > buffer.length) {
        const grown = new Uint8Array(Math.min(limitBytes, Math.max(FIRST_BYTES, 2 * (length + chunk.length))));
        grown.set(buffer.subarray(0, length));
        buffer = grown;
      }
      buffer.set(chunk, length);
      length += chunk.length;
      return true;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

/** Keeps the last bytes of a stream. */
export type Tail = {
  /** Total of bytes seen, with this chunk. */
  push(chunk: Uint8Array): number;
  /**
   * The last bytes as text. Where more was seen, without the line that was cut, since half of a secret passes for none;
   * one line alone is given all the same, with U+FFFD for a character cut at its front.
   */
  text(): string;
};

/** A tail of at most `limitBytes`, in one buffer that is written around: a chunk costs its own length, however small it is. */
export function createTail(limitBytes: number): Tail {
  let ring = new Uint8Array(0);
  let seen = 0;
  return {
    push(chunk) {
      // Most commands say nothing.
      if (ring.length === 0) ring = new Uint8Array(limitBytes);
      const last = chunk.subarray(Math.max(0, chunk.length - limitBytes));
      const at = (seen + chunk.length - last.length) % limitBytes;
      const untilEnd = last.subarray(0, limitBytes - at);
      ring.set(untilEnd, at);
      ring.set(last.subarray(untilEnd.length), 0);
      seen += chunk.length;
      return seen;
    },
    text() {
      const at = seen % limitBytes;
      const kept =
        seen <= limitBytes ? ring.subarray(0, seen) : Buffer.concat([ring.subarray(at), ring.subarray(0, at)]);
      const text = new TextDecoder().decode(kept).trimEnd();
      return (seen <= limitBytes ? text : text.slice(text.indexOf("\n") + 1)).trim();
    },
  };
}
