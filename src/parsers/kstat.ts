import { type Field, type Fields, readKeyed } from "./keyed.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** The name of a statistic can have spaces. A tab follows it, or spaces if tabs were replaced. */
const STATISTIC = /^([^\s:]+:\d{1,9}:[^:\t]+:(?:[^\t]+(?=\t)|\S+))(?:\s+(.*))?$/;

/** Whether a line is in the format of `kstat -p`. */
export function isKstatLine(line: Line): boolean {
  return STATISTIC.test(line.text);
}

/**
 * Parses the output of `kstat -p` (Solaris, illumos), lines `module:instance:name:statistic<tab>value`, to values by full name.
 * @throws ParseError for any other line, a duplicate name, and a last line that may have lost its value.
 */
export function parseKstat(lines: readonly Line[]): Fields {
  return readKeyed(lines, readLine, "a statistic of kstat -p");
}

function readLine(line: Line): [string, Field] | undefined {
  const [, name, value] = STATISTIC.exec(line.text) ?? [];
  if (name === undefined) return undefined;
  if (!value) requireLineEnd(line);
  return [name, { text: value ?? "", line: line.number }];
}
