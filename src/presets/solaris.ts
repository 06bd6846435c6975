import type { Family } from "../metric.ts";
import { NO_MEMORY_BYTES } from "../parsers/figure.ts";
import { isKstatLine, parseKstat } from "../parsers/kstat.ts";
import { type Line, pageSizeInBytes, splitByProgram, writtenLines } from "../parsers/lines.ts";
import { isSwapSummary, parseSwapSummary } from "../parsers/swap_s.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { requireAsked } from "./asked.ts";
import { bytesGauge, plainFamilies, requireFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";

const TOTAL = "unix:0:system_pages:physmem";
const FREE = "unix:0:system_pages:freemem";

const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory of the machine.", TOTAL),
  bytesGauge("free", "Memory that is used for nothing.", FREE),
  bytesGauge("swap_used", "Swap allocated or reserved. Swap is disk and a part of the memory.", "used"),
  bytesGauge("swap_available", "Swap neither allocated nor reserved.", "available"),
  bytesGauge("solaris_swap_allocated", "Swap in use.", "allocated"),
  bytesGauge("solaris_swap_reserved", "Swap promised to processes and not yet in use.", "reserved"),
];

/** Solaris and illumos: the swap from `swap -s`, the memory from kstat; each of them alone as well. */
export const solaris: Preset = {
  name: "solaris",
  about: "Solaris and illumos, by swap -s and kstat",
  programs: ["swap", "kstat"],
  attempts: [{ argv: ["/bin/sh", "-c", `swap -s && pagesize && kstat -p ${TOTAL} ${FREE}`] }, { argv: ["swap", "-s"] }],
  read: readSolaris,
  metrics: ROWS,
};

type Program = "swap" | "pagesize" | "kstat";

function programOf(line: Line): Program | undefined {
  if (isSwapSummary(line)) return "swap";
  if (isKstatLine(line)) return "kstat";
  return /^\d+$/.test(line.text) ? "pagesize" : undefined;
}

function readSolaris(output: Output): readonly Family[] {
  const parts = splitByProgram(writtenLines(decode(output.stdout)), programOf, "the output of swap -s or kstat -p");
  const statistics = parseKstat(parts.get("kstat") ?? []);
  requireAsked(output.words, ["swap", "pagesize"], (name) => parts.has(name as Program));
  requireAsked(output.words, [TOTAL, FREE], (name) => statistics.has(name));
  const figures = new Map<string, number | undefined>();
  const summary = onlyLine(parts.get("swap"));
  if (summary) for (const [name, value] of Object.entries(parseSwapSummary(summary))) figures.set(name, value);
  const sizeLine = onlyLine(parts.get("pagesize"));
  if (statistics.size > 0 && !sizeLine) {
    throw new ParseError(`found ${quote([...statistics.keys()].join(" "))}, wanted the output of pagesize beside it`);
  }
  if (sizeLine) {
    const size = pageSizeInBytes(sizeLine.text, sizeLine);
    for (const [name, count] of statistics) {
      if (count * size < NO_MEMORY_BYTES) figures.set(name, count * size);
    }
  }
  return requireFamilies(plainFamilies(ROWS, figures), `a line of swap -s, or ${TOTAL} and pagesize`);
}

function onlyLine(lines: readonly Line[] = []): Line | undefined {
  const [line, another] = lines;
  if (another) throw new ParseError(`found ${quote(another.text)}, wanted one line`, another.number);
  return line;
}
