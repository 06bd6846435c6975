import { ParseError, quote } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import { readKeyed } from "./keyed.ts";
import { type Line, pageSizeInBytes } from "./lines.ts";

/** Output of `memory_pressure`. */
export type MemoryPressure = {
  /** Undefined if the program only knows that it is 2 GiB or more. */
  readonly totalBytes: number | undefined;
  readonly pageSizeBytes: number;
  /** Figures as printed, by row (`Pages free`). Empty with `-Q`. */
  readonly figures: ReadonlyMap<string, number>;
  /** 0 to 100. */
  readonly freePercent: number;
};

const HEAD = /^The system has (\d{1,20}) \((\d{1,20}) pages with a page size of (\d{1,20})\)\.$/;
const FOOT = /^System-wide memory free percentage: (\d{1,3})%$/;
/** Excludes the last line, which would look like a row if its percent sign is missing. */
const ROW = /^(?!System-wide )([^:]+): (\d{1,20})$/;
const HEADINGS = ["Stats:", "Swap I/O:", "Page Q counts:", "Compressor Stats:", "File I/O:"];
const ALWAYS = ["Pages free", "Pages active", "Pages inactive", "Pages wired down"];

/** Maximum of the 32-bit `hw.physmem`, which OS X 10.9 prints. */
const CAPPED_TOTAL = 2 ** 31;

/** Whether a line is the first of `memory_pressure`. */
export function isMemoryPressureHead(line: Line): boolean {
  return line.text.startsWith("The system has ");
}

/** The free percentage (0 to 100), if a line is the last of `memory_pressure`. */
export function memoryPressurePercent({ text }: Line): number | undefined {
  const percent = Number(FOOT.exec(text)?.[1] ?? "101");
  return percent > 100 ? undefined : percent;
}

/**
 * Parses the output of `memory_pressure`, without options or with `-Q`. Source: memory_pressure.c of Apple's system_cmds.
 * @throws ParseError for a missing first or last line, contradicting sizes, and a malformed, missing or duplicate row.
 */
export function parseMemoryPressure(lines: readonly Line[]): MemoryPressure {
  const [head, ...rest] = lines;
  const foot = rest.pop();
  const headMatch = head && HEAD.exec(head.text);
  if (!headMatch) throw wrong(head, '"The system has BYTES (PAGES pages …)."');
  const percent = foot && memoryPressurePercent(foot);
  if (percent === undefined) throw wrong(foot ?? head, "the free percentage as the last line");
  const figures = readRows(rest);
  const [, totalWord = "", pagesWord = "", pageSizeWord = ""] = headMatch;
  const pageSizeBytes = pageSizeInBytes(pageSizeWord, head.number);
  const total = wholeNumber(totalWord) ?? 0;
  const pages = Number(pagesWord);
  if (total === 0 || pages !== Math.floor(total / pageSizeBytes)) throw wrong(head, "bytes that fit the pages");
  const capped = total === CAPPED_TOTAL && ALWAYS.reduce((sum, name) => sum + (figures.get(name) ?? 0), 0) > pages;
  return { totalBytes: capped ? undefined : total, pageSizeBytes, figures, freePercent: percent };
}

function readRows(lines: readonly Line[]): Map<string, number> {
  const rows = lines.filter(({ text }) => !HEADINGS.includes(text));
  const figures = readKeyed(rows, readRow, '"name: figure"');
  const missing = lines.length > 0 && ALWAYS.find((name) => !figures.has(name));
  if (missing) throw new ParseError(`found no row ${quote(missing)}, wanted a whole report of memory_pressure`);
  return figures;
}

function readRow({ text }: Line): [string, number] | undefined {
  const [, name = "", word = ""] = ROW.exec(text) ?? [];
  const figure = wholeNumber(word);
  return figure === undefined ? undefined : [name, figure];
}

function wrong(line: Line | undefined, wanted: string): ParseError {
  return new ParseError(`found ${quote(line?.text ?? "")}, wanted ${wanted}`, line?.number);
}
