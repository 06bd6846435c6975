import { ParseError, quote } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import { type Line, pageSizeInBytes } from "./lines.ts";

/** What `vm_stat` counts: pages, and events since the machine started. */
export type VmStat = {
  readonly pageSizeBytes: number;
  /** Figures as printed, by the name of the row (`Pages free`), without the quotes that some names have. */
  readonly figures: ReadonlyMap<string, number>;
};

const HEAD = /^Mach Virtual Memory Statistics: \(page size of (\d{1,20}) bytes\)$/;
const ROW = /^("?)([^":]+)\1:\s+(\d{1,20})\.$/;
/** The last line up to Mac OS X 10.7. */
const OBJECT_CACHE = /^Object cache: \d{1,20} hits of \d{1,20} lookups \(\d{1,3}% hit rate\)$/;

/** Rows that every version prints, the last of them near the end: without them the output was cut. */
const ALWAYS = ["Pages free", "Pages active", "Pages inactive", "Pages wired down", "Pageins", "Pageouts"];

/** Whether an output of `vm_stat` begins with this line. */
export function isVmStatHead(line: Line): boolean {
  return line.text.startsWith("Mach Virtual Memory Statistics:");
}

/**
 * The report that `vm_stat` prints when it is called without an interval, of Mac OS X 10.5 to macOS 26.
 * Rows of other names are kept as well. Source: vm_stat.c of Apple's system_cmds.
 * @throws ParseError for the table that `vm_stat INTERVAL` prints, a row without its full stop, a row twice, a row that is missing.
 */
export function parseVmStat(lines: readonly Line[]): VmStat {
  const [head, ...rows] = lines;
  const match = head && HEAD.exec(head.text);
  if (!match) {
    throw new ParseError(`found ${quote(head?.text ?? "")}, wanted the page size of vm_stat`, head?.number);
  }
  const pageSizeBytes = pageSizeInBytes(match[1] ?? "", head);
  const figures = new Map<string, number>();
  for (const line of rows) {
    if (OBJECT_CACHE.test(line.text)) continue;
    const [, , name = "", word = ""] = ROW.exec(line.text) ?? [];
    const figure = wholeNumber(word);
    if (figure === undefined) throw new ParseError(`found ${quote(line.text)}, wanted "name: figure."`, line.number);
    if (figures.has(name)) throw new ParseError(`found ${quote(name)} twice, wanted one report`, line.number);
    figures.set(name, figure);
  }
  requireRows(figures);
  return { pageSizeBytes, figures };
}

function requireRows(figures: ReadonlyMap<string, number>): void {
  // Since OS X 10.9, which compresses memory, the rows of the swap follow those of the page-ins.
  const required = figures.has("Compressions") ? [...ALWAYS, "Swapins"] : ALWAYS;
  const missing = required.find((name) => !figures.has(name));
  if (missing) throw new ParseError(`found no row ${quote(missing)}, wanted a whole report of vm_stat`);
}
