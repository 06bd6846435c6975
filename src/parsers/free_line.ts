import { ParseError, quote } from "../text.ts";
import type { Figure, FreeLine } from "./free_table.ts";
import { cellsOf } from "./free_table.ts";

type Part = Pick<Figure, "row" | "column">;

const PARTS: readonly (readonly [string, Part])[] = [
  ["SwapUse", { row: "swap", column: "used" }],
  ["CachUse", { row: "mem", column: "buff_cache" }],
  ["MemUse", { row: "mem", column: "used" }],
  ["MemFree", { row: "mem", column: "free" }],
];
const BY_NAME: ReadonlyMap<string, Part> = new Map(PARTS);
/** Width of the figure after a name. */
const WIDTH = 12;

/**
 * Parses the output of `free -L` (procps from 4.0.4): four names, each followed by a figure. If none of the names is English,
 * they are identified by their order.
 * @throws ParseError
 */
export function readFreeLine(line: FreeLine): Figure[] {
  const cells = cellsOf(line.text);
  const names = cells.filter((_, i) => i % 2 === 0).map((cell) => cell.text);
  const isEnglish = names.some((name) => BY_NAME.has(name));
  const parts = isEnglish ? names.map((name) => BY_NAME.get(name)) : PARTS.map(([, part]) => part);
  if (cells.length !== 8 || new Set(names).size !== 4 || names.some((name) => /\d/.test(name)))
    throw unexpectedLine(line);
  return parts.map((part, i) => {
    const name = cells[2 * i];
    const cell = cells[2 * i + 1];
    if (!part || !name || !cell) throw unexpectedLine(line);
    const gap = cell.end - name.end;
    if (gap !== WIDTH && !(gap > WIDTH && gap === cell.text.length + 1)) {
      throw new ParseError(
        `found ${quote(cell.text)} out of its place, wanted it ${WIDTH} characters after ${quote(name.text)}`,
        line.number,
      );
    }
    const isLast = i === parts.length - 1;
    if (isLast && !line.ended && !/\s$/.test(line.text) && (gap !== WIDTH || cell.text.length >= WIDTH - 1)) {
      throw new ParseError(`found ${quote(line.text.trim())} without a line end, wanted a whole line`, line.number);
    }
    return { ...part, text: cell.text, line: line.number };
  });
}

function unexpectedLine(line: FreeLine): ParseError {
  return new ParseError(`found ${quote(line.text.trim())}, wanted four names with a figure after each`, line.number);
}
