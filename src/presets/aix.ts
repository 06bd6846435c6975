import type { Family } from "../metric.ts";
import { writtenLines } from "../parsers/lines.ts";
import { isSvmonUnit, parseSvmon, type SvmonUnit } from "../parsers/svmon.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bareWords } from "./asked.ts";
import { bytesGauge, plainFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";

const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory of the machine.", "memory size"),
  bytesGauge("used", "Memory in use, with what is cached.", "memory inuse"),
  bytesGauge("free", "Memory that is used for nothing.", "memory free"),
  bytesGauge("available", "Memory that programs could get without paging.", "memory available"),
  bytesGauge("swap_total", "Total paging space.", "pg space size"),
  bytesGauge("swap_used", "Paging space in use.", "pg space inuse"),
  bytesGauge("aix_pinned", "Memory that can't be paged out.", "memory pin"),
  bytesGauge("aix_virtual", "Memory that programs have, whether in memory or in paging space.", "memory virtual"),
];

/** AIX, by the global report of svmon. */
export const aix: Preset = {
  name: "aix",
  about: "AIX, by svmon",
  programs: ["svmon"],
  attempts: [{ argv: ["svmon", "-G", "-O", "unit=KB"] }, { argv: ["svmon", "-G"] }],
  read: readAix,
  metrics: ROWS,
};

function readAix(output: Output): readonly Family[] {
  const report = parseSvmon(writtenLines(decode(output.stdout)), askedUnit(output.words));
  const figures = new Map<string, number>();
  for (const [name, value] of report.memory) figures.set(`memory ${name}`, value);
  for (const [name, value] of report.pagingSpace) figures.set(`pg space ${name}`, value);
  return plainFamilies(ROWS, figures);
}

/** The unit of `-O unit=…`, which may stand among other options: `-O pgsz=off,unit=MB`. */
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
