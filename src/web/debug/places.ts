import type { Runtime } from "node:inspector";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** A function as a profile shows it. */
export type Place = {
  readonly name: string;
  /** Path of its file, or what V8 has in place of one; empty for what V8 brings along. */
  readonly file: string;
  /** From 1; 0 where there is no file. */
  readonly line: number;
  readonly column: number;
};

/** Where the function of a frame begins. */
export function placeOf({ functionName, url, lineNumber, columnNumber }: Runtime.CallFrame): Place {
  const file = url.startsWith("file:") ? fileURLToPath(url) : url;
  const line = lineNumber + 1;
  const name = functionName || (file === "" ? "(anonymous)" : `(anonymous ${basename(file)}:${line})`);
  return { name, file, line, column: columnNumber + 1 };
}
