import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Encoding } from "./negotiate.ts";

const gzip = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.gzip);

/**
 * For a page of 12 KB, right after a fork: 2590 bytes in 0.15 ms, where zlib's own choice gives 2420 in 0.23. The state
 * takes 96 KiB instead of 256, which are touched anew in each scrape.
 */
const GZIP: zlib.ZlibOptions = { level: 2, windowBits: 14, memLevel: 6, chunkSize: 4096 };

/** What is compressed at once, in half a millisecond at most: to hand such a page to another thread and back costs as much again. */
const AT_ONCE_BYTES = 32 * 1024;

/** What this runtime can do, in order of preference among equals. Node has zstd from 22.15 on. */
export function offeredEncodings(): readonly Encoding[] {
  return typeof zlib.zstdCompress === "function" ? ["identity", "gzip", "zstd"] : ["identity", "gzip"];
}

/**
 * A body in an encoding of `offeredEncodings`; on Node a large one is compressed beside the event loop, on Deno in it.
 * With `scratch`, of `createScratch`, a small text takes no buffer of its own.
 * @throws Error of node:zlib, which a body in memory doesn't cause.
 */
export async function compress(
  body: Uint8Array | string,
  encoding: Encoding,
  scratch?: Uint8Array,
): Promise<Uint8Array> {
  switch (encoding) {
    case "identity":
      return Buffer.from(body);
    case "gzip": {
      const bytes = typeof body === "string" ? bytesForNow(body, scratch) : body;
      return bytes.length <= AT_ONCE_BYTES ? zlib.gzipSync(bytes, GZIP) : gzip(bytes, GZIP);
    }
    case "zstd":
      return promisify<Uint8Array, Uint8Array>(zlib.zstdCompress)(Buffer.from(body));
  }
}

/** Holds what is compressed at once. A buffer for each page would wait for the next full collection of garbage. */
export function createScratch(): Uint8Array {
  return new Uint8Array(AT_ONCE_BYTES);
}

/** A text as bytes that hold until the next call with the same scratch. */
function bytesForNow(text: string, scratch: Uint8Array | undefined): Uint8Array {
  if (scratch === undefined) return Buffer.from(text);
  const { read, written } = new TextEncoder().encodeInto(text, scratch);
  return read === text.length ? scratch.subarray(0, written) : Buffer.from(text);
}
