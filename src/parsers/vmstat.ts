import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { countOf, readKeyed } from "./keyed.ts";
import type { Line } from "./lines.ts";

/** The sizes that every version prints. */
const SIZES = [
  ...["total memory", "used memory", "active memory", "inactive memory", "free memory", "buffer memory", "swap cache"],
  ...["total swap", "used swap", "free swap", "paged in", "paged out"],
];

/** The counts that every version prints. The last one is the last line. */
const COUNTS = [
  ...["non-nice user", "nice user", "system", "idle", "IO-wait", "IRQ", "softirq", "stolen"].map(
    (m) => `${m} cpu ticks`,
  ),
  ...["pages swapped in", "pages swapped out", "interrupts", "CPU context switches", "boot time", "forks"],
];

const UNITS = { b: 1, B: 1, k: 1000, K: 1024, m: 1000_000, M: 1024 * 1024 } as const;
const LINE = /^\s*(-?\d{1,20}) (?:([bBkKmM]) )?(.+)$/;

/**
 * Parses the list of `vmstat -s` in any unit, to figures by label. Figures with a unit (`total memory`, `paged in`) are converted
 * to bytes, and undefined if they are negative or wrapped around. Others (`forks`) are kept as printed, also unknown ones.
 * procps up to 3.2 prints two spaces instead of the unit K. The "pages paged in" of procps before 4.0 are KiB, as pgpgin of
 * /proc/vmstat; here they are `paged in` as in later versions. Source: vmstat(8), vmstat.c of procps-ng.
 * @param partial whether the command line filters lines.
 * @throws ParseError for the table of `vmstat` without -s, another language, a duplicate line, and an incomplete list.
 */
export function parseVmstatSummary(lines: readonly Line[], partial = false): ReadonlyMap<string, number | undefined> {
  const figures = readKeyed(lines, readLine, "a line of vmstat -s");
  const missing = [...SIZES, ...COUNTS].find((label) => !figures.has(label));
  if (missing && !(partial && figures.size > 0)) {
    throw new ParseError(`found no line ${quote(missing)}, wanted the whole list of vmstat -s in English (LC_ALL=C)`);
  }
  return figures;
}

function readLine({ text, number }: Line): [string, number | undefined] | undefined {
  const [, figure, letter, words = ""] = LINE.exec(text) ?? [];
  if (figure === undefined) return undefined;
  const label = words.trimStart().replace(/^pages paged /, "paged ");
  const unit = UNITS[(letter ?? "K") as keyof typeof UNITS];
  if (letter !== undefined || SIZES.includes(label)) {
    return [label, sizeInBytes(figure, { unit, base: 1024, human: false }, number, `as ${quote(label)}`)];
  }
  return [label, countOf(new Map([[label, { text: figure, line: number }]]), label)];
}
