import { ParseError, quote } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import { readKeyed } from "./keyed.ts";
import { type Line, pageSizeInBytes } from "./lines.ts";

/** What `vm_stat` counts: pages, and events since the machine started. */
export type VmStat = {
  /** Undefined only in a part of a report, without its first line. */
  readonly pageSizeBytes: number | undefined;
  /** Figures as printed, by the name of the row (`Pages free`), without the quotes that some names have. */
  readonly figures: ReadonlyMap<string, number>;
};

const HEAD = /^Mach Virtual Memory Statistics: \(page size of (\d{1,20}) bytes\)$/;
const ROW = /^("?)([^":]+)\1:\s*(\d{1,20})\.$/;
/** The last line up to Mac OS X 10.7. */
const OBJECT_CACHE = /^Object cache: \d{1,20} hits of \d{1,20} lookups \(\d{1,3}% hit rate\)$/;

/** Rows that every version prints, the last of them near the end: without them the output was cut. */
const ALWAYS = ["Pages free", "Pages active", "Pages inactive", "Pages wired down", "Pageins", "Pageouts"];

/** Whether an output of `vm_stat` begins with this line. */
export function isVmStatHead(line: Line): boolean {
  return line.text.startsWith("Mach Virtual Memory Statistics:");
}

/** Whether a line is a row of a report of `vm_stat`. */
export function isVmStatRow(line: Line): boolean {
  return ROW.test(line.text);
}

/**
 * The report that `vm_stat` prints when it is called without an interval, of Mac OS X 10.5 to macOS 26.
 * Rows of other names are kept as well. Source: vm_stat.c of Apple's system_cmds.
 * @param partial whether the command line leaves lines out.
 * @throws ParseError for the table that `vm_stat INTERVAL` prints, a row without its full stop, a row twice, a row that is missing.
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
  // Since OS X 10.9, which compresses memory, the rows of the swap follow those of the page-ins.
  const required = figures.has("Compressions") ? [...ALWAYS, "Swapins"] : ALWAYS;
  const missing = required.find((name) => !figures.has(name));
  if (missing) throw new ParseError(`found no row ${quote(missing)}, wanted a whole report of vm_stat`);
}
