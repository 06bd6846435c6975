import { ParseError } from "../text.ts";
import { type Fields, readFields } from "./keyed.ts";
import type { Line } from "./lines.ts";

/**
 * Parses a flat keyed file of the kernel, such as /proc/vmstat or memory.stat: each line is a name and a figure.
 * Source: "Format" in Documentation/admin-guide/cgroup-v2.rst of Linux, proc_vmstat(5).
 * @param file the file, for messages.
 * @throws ParseError for any other line, a duplicate name, or no line at all.
 */
export function parseFlatKeyed(lines: readonly Line[], file: string): Fields {
  if (lines.length === 0) throw new ParseError(`found no output, wanted ${file}`);
  return readFields(lines, /^([A-Za-z_][\w.-]{0,99}) (\S.*)$/, `"name figure" as in ${file}`);
}
