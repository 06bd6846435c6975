import { ParseError } from "../text.ts";
import { type Fields, readFields } from "./keyed.ts";
import type { Line } from "./lines.ts";

/**
 * A flat keyed file of the kernel: "name figure" in each line, as /proc/vmstat and memory.stat have it.
 * Source: "Format" in Documentation/admin-guide/cgroup-v2.rst of Linux, proc_vmstat(5).
 * @param file what the file is, for messages.
 * @throws ParseError for any other line, a name twice, no line at all.
 */
export function parseFlatKeyed(lines: readonly Line[], file: string): Fields {
  if (lines.length === 0) throw new ParseError(`found no output, wanted ${file}`);
  return readFields(lines, /^([A-Za-z_][\w.-]{0,99}) (\S.*)$/, `"name figure" as in ${file}`);
}
