import { type Field, type Fields, readKeyed } from "./keyed.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** The statistic's own name can have blanks; what follows it is set off by a tab, or by spaces where tabs were lost. */
const STATISTIC = /^([^\s:]+:\d{1,9}:[^:\t]+:(?:[^\t]+(?=\t)|\S+))(?:\s+(.*))?$/;

/** Whether a line is one of `kstat -p`. */
export function isKstatLine(line: Line): boolean {
  return STATISTIC.test(line.text);
}

/**
 * Lines `module:instance:name:statistic<tab>value` of `kstat -p` (Solaris, illumos): the values by the whole name in
 * front. Values are words, decimals and whole numbers; they are not looked at.
 * @throws ParseError for a line of another shape, a name that comes twice, and one that may have lost its value.
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
