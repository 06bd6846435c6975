/** Size of the first buffer. Most commands print less, and a larger buffer would cost memory in each run. */
const FIRST_BYTES = 1024;

/** Collects the bytes of a stream in one growing buffer. Uses at most twice the limit, however small the chunks are. */
export type Capture = {
  /** Adds a copy of a chunk. Returns false and keeps nothing if the total exceeds the limit. */
  push(chunk: Uint8Array): boolean;
  /** The collected bytes, not copied. */
  bytes(): Uint8Array;
};

/** A capture of at most `limitBytes`. Chunks are copied, since keeping one would take at least half a kilobyte. */
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
  /** Adds a chunk. Returns the total number of bytes so far. */
  push(chunk: Uint8Array): number;
  /**
   * The last bytes as text. If there were more, without the first line, which is incomplete: half of a secret wouldn't be recognized.
   * A single line is given anyway, with U+FFFD for a cut character at its start.
   */
  text(): string;
};

/** A tail of at most `limitBytes` in a ring buffer. A chunk costs time in proportion to its length. */
export function createTail(limitBytes: number): Tail {
  let ring = new Uint8Array(0);
  let seen = 0;
  return {
    push(chunk) {
      // Most commands write nothing to stderr.
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
