import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Encoding } from "./negotiate.ts";

const gzip = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.gzip);

/** The usual page of 9 KB: level 1 gives 1730 bytes in 0.08 ms, level 4 1610 in 0.09, level 6 1580 in 0.11, level 9 1570 in 0.13. */
const GZIP_LEVEL = 4;

/** What is compressed at once, in half a millisecond at most: to hand a usual page to another thread and back costs as much again. */
const AT_ONCE_BYTES = 32 * 1024;

/** What this runtime can do, in order of preference among equals. Node has zstd from 22.15 on. */
export function offeredEncodings(): readonly Encoding[] {
  return typeof zlib.zstdCompress === "function" ? ["identity", "gzip", "zstd"] : ["identity", "gzip"];
}

/**
 * A body in an encoding of `offeredEncodings`; on Node a large one is compressed beside the event loop, on Deno in it.
 * @throws Error of node:zlib, which a body in memory doesn't cause.
 */
export async function compress(body: Uint8Array | string, encoding: Encoding): Promise<Uint8Array> {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  switch (encoding) {
    case "identity":
      return bytes;
    case "gzip": {
      const options = { level: GZIP_LEVEL };
      return bytes.length <= AT_ONCE_BYTES ? zlib.gzipSync(bytes, options) : gzip(bytes, options);
    }
    case "zstd":
      return promisify<Uint8Array, Uint8Array>(zlib.zstdCompress)(bytes);
  }
}
