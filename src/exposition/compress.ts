import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Encoding } from "./negotiate.ts";

const gzip = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.gzip);

/** A page of 12 KB comes to much the same size from level 1 to 9. */
const GZIP_LEVEL = 1;

/** What this runtime can do, in order of preference among equals. Node has zstd from 22.15 on. */
export function offeredEncodings(): readonly Encoding[] {
  return typeof zlib.zstdCompress === "function" ? ["identity", "gzip", "zstd"] : ["identity", "gzip"];
}

/**
 * A body in an encoding of `offeredEncodings`, compressed off the event loop.
 * @throws Error of node:zlib, which a body in memory doesn't cause.
 */
export async function compress(body: Uint8Array | string, encoding: Encoding): Promise<Uint8Array> {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  switch (encoding) {
    case "identity":
      return bytes;
    case "gzip":
      return gzip(bytes, { level: GZIP_LEVEL });
    case "zstd":
      return promisify<Uint8Array, Uint8Array>(zlib.zstdCompress)(bytes);
  }
}
