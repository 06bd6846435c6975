import { ParseError, quote } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import { readKeyed } from "./keyed.ts";
import { type Line, pageSizeInBytes } from "./lines.ts";

/** Output of `vm_stat`: numbers of pages, and of events since boot. */
export type VmStat = {
  /** Undefined only if the command line filters out the first line. */
  readonly pageSizeBytes: number | undefined;
  /** Figures as printed, by row (`Pages free`), without the quotes around some names. */
  readonly figures: ReadonlyMap<string, number>;
};

const HEAD = /^Mach Virtual Memory Statistics: \(page size of (\d{1,20}) bytes\)$/;
const ROW = /^("?)([^":]+)\1:\s*(\d{1,20})\.$/;
/** The last line in Mac OS X up to 10.7. */
const OBJECT_CACHE = /^Object cache: \d{1,20} hits of \d{1,20} lookups \(\d{1,3}% hit rate\)$/;

/** Rows of every version. The last one is near the end, so an output without it is cut off. */
const ALWAYS = ["Pages free", "Pages active", "Pages inactive", "Pages wired down", "Pageins", "Pageouts"];

/** Whether a line is the first of `vm_stat`. */
export function isVmStatHead(line: Line): boolean {
  return line.text.startsWith("Mach Virtual Memory Statistics:");
}

/** Whether a line is a row of `vm_stat`. */
export function isVmStatRow(line: Line): boolean {
  return ROW.test(line.text);
}

/**
 * Parses the report of `vm_stat` without an interval, of Mac OS X 10.5 to macOS 26. Unknown rows are kept.
 * Source: vm_stat.c of Apple's system_cmds.
 * @param partial whether the command line filters lines.
 * @throws ParseError for the table of `vm_stat INTERVAL`, a row without its full stop, and a duplicate or missing row.
 */
export function parseVmStat(lines: readonly Line[], partial = false): VmStat {
  const [head] = lines;
  const [, size] = (head && HEAD.exec(head.text)) ?? [];
  if (!head || (size === undefined && !(partial && isVmStatRow(head)))) {
    throw new ParseError(`found ${quote(head?.text ?? "")}, wanted the page size of vm_stat`, head?.number);
  }
  const pageSizeBytes = size === undefined ? undefined : pageSizeInBytes(size, head.number);
  const rows = lines.slice(size === undefined ? 0 : 1).filter(({ text }) => !OBJECT_CACHE.test(text));
  const figures = readKeyed(rows, readRow, '"name: figure."');
  if (!partial) requireRows(figures);
  return { pageSizeBytes, figures };
}

function readRow({ text }: Line): [string, number] | undefined {
  const [, , name = "", word = ""] = ROW.exec(text) ?? [];
  const figure = wholeNumber(word);
  return figure === undefined ? undefined : [name, figure];
}

function requireRows(figures: ReadonlyMap<string, number>): void {
  // Since OS X 10.9, which compresses memory, the rows about swap are after Pageouts.
  const required = figures.has("Compressions") ? [...ALWAYS, "Swapins"] : ALWAYS;
  const missing = required.find((name) => !figures.has(name));
  if (missing) throw new ParseError(`found no row ${quote(missing)}, wanted a whole report of vm_stat`);
}
