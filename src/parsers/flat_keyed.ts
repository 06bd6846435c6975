import { ParseError, quote } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/** Figures by name, in the order of the file; undefined for a negative one. */
export type FlatKeyed = ReadonlyMap<string, number | undefined>;

/**
 * A flat keyed file of the kernel: "name figure" in each line, as /proc/vmstat and memory.stat have it.
 * Source: "Format" in Documentation/admin-guide/cgroup-v2.rst of Linux, proc_vmstat(5).
 * @param file what the file is, for messages.
 * @throws ParseError for any other line, a name twice, no line at all.
 */
export function parseFlatKeyed(lines: readonly Line[], file: string): FlatKeyed {
  if (lines.length === 0) throw new ParseError(`found no output, wanted ${file}`);
  const figures = new Map<string, number | undefined>();
  for (const line of lines) {
    const [, name = "", minus = "", digits = ""] = /^([A-Za-z_][\w.-]{0,99}) (-?)(\d{1,20})$/.exec(line.text) ?? [];
    const figure = wholeNumber(digits);
    if (figure === undefined) {
      throw new ParseError(`found ${quote(line.text)}, wanted "name figure" as in ${file}`, line.number);
    }
    if (figures.has(name)) throw new ParseError(`found ${quote(name)} twice, wanted ${file} once`, line.number);
    figures.set(name, minus === "" ? figure : undefined);
  }
  return figures;
}
