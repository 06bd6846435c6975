import { ParseError, quote } from "../text.ts";
import { sizeInBytes, wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/** What `vmstat -s` prints, by the words of each line. */
export type VmstatSummary = {
  /** Lines with a unit (`total memory`, `paged in`) in bytes; undefined where the printed figure is no size. */
  readonly sizes: ReadonlyMap<string, number | undefined>;
  /** Lines without (`forks`, `idle cpu ticks`), as printed. */
  readonly counts: ReadonlyMap<string, number>;
};

/** The sizes of every version. */
const SIZES = [
  ...["total memory", "used memory", "active memory", "inactive memory", "free memory", "buffer memory", "swap cache"],
  ...["total swap", "used swap", "free swap", "paged in", "paged out"],
];

/** The counts of every version; the last of them ends the report. */
const COUNTS = [
  ...["non-nice user", "nice user", "system", "idle", "IO-wait", "IRQ", "softirq", "stolen"].map(
    (m) => `${m} cpu ticks`,
  ),
  ...["pages swapped in", "pages swapped out", "interrupts", "CPU context switches", "boot time", "forks"],
];

const UNITS = { b: 1, B: 1, k: 1000, K: 1024, m: 1000_000, M: 1024 * 1024 } as const;
const LINE = /^\s*(-?\d{1,20}) (?:([bBkKmM]) )?(.+)$/;

/**
 * The list of `vmstat -s`, in whatever unit: each line carries its own. Lines of other names are kept as well.
 * procps up to 3.2 prints no letter for its KiB, but two spaces. What procps before 4.0 calls "pages paged in"
 * are KiB, as /proc/vmstat counts them (`pgpgin`); both are `paged in` here. Source: vmstat(8), vmstat.c of procps-ng.
 * @throws ParseError for the table of `vmstat` without -s, another language, a line twice, a list that isn't whole.
 */
export function parseVmstatSummary(lines: readonly Line[]): VmstatSummary {
  const sizes = new Map<string, number | undefined>();
  const counts = new Map<string, number>();
  for (const line of lines) {
    const [, figure = "", letter, words = ""] = LINE.exec(line.text) ?? [];
    if (figure === "") throw new ParseError(`found ${quote(line.text)}, wanted a line of vmstat -s`, line.number);
    const label = words.trimStart().replace(/^pages paged /, "paged ");
    if (sizes.has(label) || counts.has(label)) {
      throw new ParseError(`found ${quote(label)} twice, wanted one report of vmstat -s`, line.number);
    }
    if (letter !== undefined || SIZES.includes(label)) {
      const unit = UNITS[(letter ?? "K") as keyof typeof UNITS];
      sizes.set(label, sizeInBytes(figure, { unit, base: 1024, human: false }, line.number, `as ${quote(label)}`));
    } else {
      counts.set(label, readCount(figure, label, line));
    }
  }
  const missing = SIZES.find((label) => !sizes.has(label)) ?? COUNTS.find((label) => !counts.has(label));
  if (missing) throw new ParseError(`found no line ${quote(missing)}, wanted the whole list of vmstat -s in English`);
  return { sizes, counts };
}

function readCount(figure: string, label: string, line: Line): number {
  const count = wholeNumber(figure);
  if (count === undefined) {
    throw new ParseError(`found ${quote(figure)} as ${quote(label)}, wanted a whole number`, line.number);
  }
  return count;
}
