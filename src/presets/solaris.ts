import type { Family } from "../metric.ts";
import { bytesOf, countOf, type Fields } from "../parsers/keyed.ts";
import { isKstatLine, parseKstat } from "../parsers/kstat.ts";
import { type Line, linesOf, pageSizeInBytes, splitByProgram } from "../parsers/lines.ts";
import { isSwapSummary, parseSwapSummary } from "../parsers/swap_s.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { requireAsked, requireOptions } from "./asked.ts";
import { bytesGauge, plainFamilies, requireFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const TOTAL = "unix:0:system_pages:physmem";
const FREE = "unix:0:system_pages:freemem";

const KERNEL_BASE = "unix:0:system_pages:kernelbase";

const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory.", TOTAL),
  bytesGauge("free", "Free memory.", FREE),
  bytesGauge("swap_used", "Allocated or reserved swap. Swap is disk and a part of the memory.", "used"),
  bytesGauge("swap_available", "Swap that is neither allocated nor reserved.", "available"),
  bytesGauge("solaris_swap_allocated", "Allocated swap.", "allocated"),
  bytesGauge("solaris_swap_reserved", "Swap reserved for processes and not allocated yet.", "reserved"),
];

/** Solaris and illumos: swap from `swap -s`, memory from kstat. Also reads each of them alone. */
export const solaris: Preset = {
  name: "solaris",
  about: "Solaris and illumos, by swap -s and kstat",
  programs: ["swap", "kstat"],
  attempts: [
    { argv: ["/bin/sh", "-c", `PATH=$PATH:/usr/sbin:/sbin; swap -s && pagesize && kstat -p ${TOTAL} ${FREE}`] },
    { argv: ["swap", "-s"] },
  ],
  read: readSolaris,
  checkWords: (words) => {
    requireOptions(words, "swap", ([option = ""]) => /^-[a-z]*s/.test(option), "swap -s");
    requireOptions(words, "kstat", (options) => options.some((word) => /^-[a-z]*p/.test(word)), "kstat -p");
  },
  metrics: ROWS,
};

type Program = "swap" | "pagesize" | "kstat";

function programOf(line: Line): Program | undefined {
  if (isSwapSummary(line)) return "swap";
  if (isKstatLine(line)) return "kstat";
  return /^\d+$/.test(line.text) ? "pagesize" : undefined;
}

function readSolaris(output: Output): readonly Family[] {
  const parts = splitByProgram(linesOf(output.stdout), programOf, "the output of swap -s or kstat -p");
  const statistics = parseKstat(parts.get("kstat") ?? []);
  if (!commandOf(output.words).partial) requireAllAsked(output.words, parts, statistics);
  const figures = new Map<string, number | undefined>();
  const summary = onlyLine(parts.get("swap"));
  if (summary) for (const [name, value] of Object.entries(parseSwapSummary(summary))) figures.set(name, value);
  const size = [TOTAL, FREE].some((name) => statistics.has(name)) ? pageSize(parts.get("pagesize"), statistics) : 0;
  for (const name of [TOTAL, FREE]) figures.set(name, bytesOf(statistics, name, size));
  return requireFamilies(plainFamilies(ROWS, figures), `a line of swap -s, or ${TOTAL} and pagesize`);
}

/** Checks that the output has all programs and statistics of the command line. */
function requireAllAsked(words: readonly string[], parts: ReadonlyMap<Program, unknown>, statistics: Fields): void {
  requireAsked(words, ["swap", "pagesize"], (name) => parts.has(name as Program));
  requireAsked(words, [TOTAL, FREE], (name) => statistics.has(name));
}

/**
 * The page size from pagesize(1). Without it, it follows from the address of the kernel, which `kstat -p` prints for the whole
 * group (KERNELBASE of illumos: x86 above 2 GiB, SPARC at 16 MiB).
 */
function pageSize(lines: readonly Line[] | undefined, statistics: Fields): number {
  const line = onlyLine(lines);
  if (line) return pageSizeInBytes(line.text, line.number);
  const base = countOf(statistics, KERNEL_BASE) ?? 0;
  if (base >= 2 ** 31) return 4096;
  if (base === 2 ** 24) return 8192;
  throw new ParseError(`found ${quote([...statistics.keys()].join(" "))}, wanted the output of pagesize too`);
}

function onlyLine(lines: readonly Line[] = []): Line | undefined {
  const [line, another] = lines;
  if (another) throw new ParseError(`found ${quote(another.text)}, wanted one line`, another.number);
  return line;
}
