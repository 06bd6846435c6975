import { readFileWithin } from "../read_file.ts";

/** More than this is no configuration. */
const LIMIT_BYTES = 1024 * 1024;
/** A file system that doesn't answer is no reason to wait for ever. */
const TIMEOUT_MS = 5000;

/** The text of a file of at most 1 MiB in UTF-8, without a byte order mark, or why there is none: `no such file`. Never rejects. */
export async function readText(
  path: string,
): Promise<{ readonly kind: "ok"; readonly text: string } | { readonly kind: "bad"; readonly reason: string }> {
  const read = await readFileWithin(path, { limitBytes: LIMIT_BYTES, timeoutMs: TIMEOUT_MS, allowSizeless: true });
  if (read.kind !== "ok") return { kind: "bad", reason: read.reason };
  try {
    return { kind: "ok", text: new TextDecoder("utf-8", { fatal: true }).decode(read.bytes) };
  } catch {
    return { kind: "bad", reason: "it is not UTF-8 text" };
  }
}
