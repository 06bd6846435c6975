import { ParseError, quote } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

const STATISTIC = /^(\w+:\d{1,9}:\w+:\w+)\s+(\d{1,20})$/;

/** Whether a line is one of `kstat -p`. */
export function isKstatLine(line: Line): boolean {
  return /^\w+:\d/.test(line.text);
}

/**
 * Lines `module:instance:name:statistic<tab>figure` of `kstat -p` (Solaris, illumos): the figures by the whole name in front.
 * @throws ParseError for a line of another shape, a figure that isn't whole, and a name that comes twice.
 */
export function parseKstat(lines: readonly Line[]): Map<string, number> {
  const figures = new Map<string, number>();
  for (const line of lines) {
    const [, name = "", word = ""] = STATISTIC.exec(line.text) ?? [];
    const figure = wholeNumber(word);
    if (figure === undefined || figures.has(name)) {
      throw new ParseError(`found ${quote(line.text)}, wanted each statistic once with a whole number`, line.number);
    }
    figures.set(name, figure);
  }
  return figures;
}
