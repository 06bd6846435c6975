import type { Family } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import { isSvmonUnit, parseSvmon, type SvmonUnit } from "../parsers/svmon.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bareWords, requireOptions } from "./asked.ts";
import { bytesGauge, plainFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory.", "memory size"),
  bytesGauge("used", "Used memory, including cached data.", "memory inuse"),
  bytesGauge("free", "Free memory.", "memory free"),
  bytesGauge("available", "Memory available to programs without paging.", "memory available"),
  bytesGauge("swap_total", "Total paging space.", "pg space size"),
  bytesGauge("swap_used", "Used paging space.", "pg space inuse"),
  bytesGauge("aix_pinned", "Memory that can't be paged out.", "memory pin"),
  bytesGauge("aix_virtual", "Memory allocated by programs, in memory or in paging space.", "memory virtual"),
];

/** AIX, by the global report of svmon. */
export const aix: Preset = {
  name: "aix",
  about: "AIX, by svmon",
  programs: ["svmon"],
  attempts: [{ argv: ["svmon", "-G", "-O", "unit=KB"] }, { argv: ["svmon", "-G"] }],
  read: readAix,
  checkWords: (words) =>
    requireOptions(words, "svmon", (options) => options.some((word) => /^-[a-zA-Z]*G/.test(word)), "svmon -G"),
  metrics: ROWS,
};

function readAix(output: Output): readonly Family[] {
  const report = parseSvmon(linesOf(output.stdout), askedUnit(output.words), commandOf(output.words).partial);
  const figures = new Map<string, number>();
  for (const [name, value] of report.memory) figures.set(`memory ${name}`, value);
  for (const [name, value] of report.pagingSpace) figures.set(`pg space ${name}`, value);
  return plainFamilies(ROWS, figures);
}

/** The unit of `-O unit=…`, also among other options: `-O pgsz=off,unit=MB`. */
function askedUnit(words: readonly string[]): SvmonUnit | undefined {
  let unit: SvmonUnit | undefined;
  for (const word of bareWords(words)) {
    const [, name] = /^(?:-O)?unit=(.*)$/.exec(word) ?? [];
    if (name === undefined) continue;
    if (!isSvmonUnit(name)) throw new ParseError(`found ${quote(word)}, wanted a unit that svmon knows`);
    unit = name;
  }
  return unit;
}
