import { readFileWithin } from "../read_file.ts";

/** Maximum size of a configuration file. */
const LIMIT_BYTES = 1024 * 1024;
const TIMEOUT_MS = 2000;

/**
 * Gives the text of a regular file of at most 1 MiB in UTF-8, without a byte order mark, within 2 s.
 * Rejects with an Error whose message is only the reason: `no such file`.
 */
export type ReadText = (path: string) => Promise<string>;

/**
 * A reader that reads one file at a time. While a read hangs, all other reads are refused at once, so that at most one thread of the
 * runtime is blocked.
 */
export function createTextReader(timeoutMs = TIMEOUT_MS): ReadText {
  let last: Promise<unknown> = Promise.resolve();
  let hanging = "";
  const read = async (path: string) => {
    if (hanging !== "") throw new Error(`reading ${hanging === path ? "it" : hanging} hangs`);
    const found = await readFileWithin(path, { limitBytes: LIMIT_BYTES, timeoutMs });
    if (found.kind === "ok") return decode(found.bytes);
    if (found.kind === "timeout") {
      hanging = path;
      void found.ended.then(() => {
        hanging = "";
      });
    }
    throw new Error(found.reason);
  };
  return (path) => {
    const text = last.then(() => read(path));
    last = text.catch(() => {});
    return text;
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}
