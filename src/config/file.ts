import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** More than this is no configuration. */
const LIMIT_BYTES = 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  ENOTDIR: "no such file",
  ELOOP: "too many symbolic links",
};

/**
 * The text of a regular file of at most 1 MiB in UTF-8, without a byte order mark.
 * @throws Error whose message is only the reason: `no such file`.
 */
export function readTextFile(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readRegularFile(path));
  } catch (error) {
    if (error instanceof TypeError) throw new Error("it is not UTF-8 text");
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new Error(REASONS[code] ?? (error instanceof Error ? error.message : String(error)));
  }
}

function readRegularFile(path: string): Uint8Array {
  // Before it is opened: opening a pipe waits for its writer.
  if (!statSync(path).isFile()) throw new Error("it is not a regular file");
  const descriptor = openSync(path, "r");
  try {
    if (fstatSync(descriptor).size > LIMIT_BYTES) throw new Error(`it has more than ${LIMIT_BYTES} bytes`);
    const bytes = new Uint8Array(LIMIT_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (length > LIMIT_BYTES) throw new Error(`it has more than ${LIMIT_BYTES} bytes`);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
