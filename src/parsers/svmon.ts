import { counted, ParseError, quote } from "../text.ts";
import { decimalNumber, NO_MEMORY_BYTES, sizeInBytes } from "./figure.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** Units of `svmon -O unit=…`. A page is always 4 KiB, whatever the page size of the machine is. */
export type SvmonUnit = "page" | "KB" | "MB" | "GB" | "auto";

/** The global report: sizes in bytes by column (`size`, `inuse`, `free`, `pin`, `virtual`, `available`). */
export type Svmon = {
  readonly memory: ReadonlyMap<string, number>;
  readonly pagingSpace: ReadonlyMap<string, number>;
};

const UNIT_BYTES = { page: 4096, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, auto: 1 };
const UNIT_LINE = /^Unit: (page|KB|MB|GB|auto)(?:\s+Timestamp: [\d:]+)?$/;
const PREAMBLE = /^(?:Command line ?: |Timestamp: [\d:]+$|-+$)/;
const ALWAYS = ["size", "inuse", "free", "pin", "virtual"];

/** Whether a word is a unit of svmon. */
export function isSvmonUnit(word: string): word is SvmonUnit {
  return Object.hasOwn(UNIT_BYTES, word);
}

/**
 * Parses the rows `memory` and `pg space` of the global report of `svmon -G` (AIX). The rows by segment and page size are ignored.
 * Source: the svmon command in IBM's AIX documentation.
 * @param asked the unit that the command line names, if any. A line `Unit:` in the report must agree. The default is pages.
 * @param partial whether the command line filters lines.
 * @throws ParseError for another report, several reports, a missing or malformed row, and a last line that may be cut off.
 */
export function parseSvmon(lines: readonly Line[], asked?: SvmonUnit, partial = false): Svmon {
  const start = lines.findIndex((line) => /^\s+size\s/.test(line.text));
  const [head, memory, ...below] = lines.slice(Math.max(start, 0));
  if (start < 0 || !head || !memory) {
    throw new ParseError(`found ${quote(lines[0]?.text ?? "")}, wanted the global report of svmon`, lines[0]?.number);
  }
  const unit = unitOf(lines.slice(0, start), asked);
  const columns = head.text.trim().split(/\s+/);
  const missing = ALWAYS.find((name) => !columns.includes(name));
  if (missing || new Set(columns).size < columns.length) {
    throw new ParseError(`found ${quote(head.text)}, wanted the columns of svmon, each once`, head.number);
  }
  const again = below.find(({ text }) => /^(?:memory |Unit:|\s+size\s)/.test(text));
  if (again) throw new ParseError("found a second report, wanted one", again.number);
  const space = below.find((line) => line.text.startsWith("pg space"));
  if (!space && !partial)
    throw new ParseError('found no row "pg space", wanted a whole report of svmon', memory.number);
  if (space) requireReach(space, head, 2);
  return {
    memory: readRow(memory, "memory", columns, unit),
    pagingSpace: space ? readRow(space, "pg space", columns.slice(0, 2), unit) : new Map(),
  };
}

function unitOf(lines: readonly Line[], asked: SvmonUnit | undefined): SvmonUnit {
  let printed: SvmonUnit | undefined;
  for (const line of lines) {
    const word = UNIT_LINE.exec(line.text)?.[1];
    if (word !== undefined && isSvmonUnit(word)) {
      if ((asked ?? word) !== word) {
        throw new ParseError(`found ${quote(line.text)}, wanted unit=${asked} of the command line`, line.number);
      }
      if ((printed ?? word) !== word) {
        throw new ParseError(`found ${quote(line.text)}, wanted one unit and not ${printed} as well`, line.number);
      }
      printed = word;
    } else if (!PREAMBLE.test(line.text)) {
      throw new ParseError(`found ${quote(line.text)}, wanted the global report of svmon`, line.number);
    }
  }
  return printed ?? asked ?? "page";
}

function readRow(line: Line, label: string, columns: readonly string[], unit: SvmonUnit): Map<string, number> {
  const words = line.text.startsWith(`${label} `) ? line.text.slice(label.length).trim().split(/\s+/) : [];
  if (words.length !== columns.length) {
    throw new ParseError(
      `found ${quote(line.text)}, wanted "${label}" and ${counted(columns.length, "figure")}`,
      line.number,
    );
  }
  const sizes = new Map<string, number>();
  columns.forEach((name, i) => {
    if (name === "mmode") return;
    const bytes = sizeOf(words[i] ?? "", unit, line, name);
    if (bytes !== undefined) sizes.set(name, bytes);
  });
  return sizes;
}

function sizeOf(word: string, unit: SvmonUnit, line: Line, column: string): number | undefined {
  const place = `in column ${quote(column)}`;
  if (unit === "page")
    return sizeInBytes(word, { unit: UNIT_BYTES.page, base: 1024, human: false }, line.number, place);
  if (unit === "auto") {
    if (/\d$/.test(word) && Number(word) !== 0) {
      throw new ParseError(`found ${quote(word)} ${place}, wanted a figure with a suffix`, line.number);
    }
    return sizeInBytes(word.replace(/^0[.]0+$/, "0"), { unit: 1, base: 1024, human: true }, line.number, place);
  }
  const figure = decimalNumber(word);
  if (figure === undefined) throw new ParseError(`found ${quote(word)} ${place}, wanted a figure`, line.number);
  const bytes = Math.round(figure * UNIT_BYTES[unit]);
  return bytes < NO_MEMORY_BYTES ? bytes : undefined;
}

/** Checks that a row without its line end has all its figures: they end at or after the ends of their headings. */
function requireReach(row: Line, heading: Line, columns: number): void {
  if (row.ended) return;
  const last = [...heading.text.matchAll(/\S+/g)].slice(0, columns).at(-1);
  if (row.text.length < (last?.index ?? 0) + (last?.[0].length ?? 0)) requireLineEnd(row);
}
