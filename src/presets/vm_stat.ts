import type { Family } from "../metric.ts";
import { bytesOf, countOf, type Fields } from "../parsers/keyed.ts";
import { type Line, linesOf, splitByProgram } from "../parsers/lines.ts";
import { isMemoryPressureHead, memoryPressurePercent, parseMemoryPressure } from "../parsers/memory_pressure.ts";
import { isSysctlLine, parseSwapUsage, parseSysctl } from "../parsers/sysctl.ts";
import { isVmStatHead, isVmStatRow, parseVmStat } from "../parsers/vm_stat.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bareWords, requireAsked, requireAskedOfSysctl, requireNames, requireOptions } from "./asked.ts";
import { bytesGauge, eventCounter, plainFamilies, plainGauge, requireFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const FREE_PERCENT = "System-wide memory free percentage";
const PRESSURE_LEVEL = "kern.memorystatus_vm_pressure_level";

/** The names of sysctl that are read. Only macOS has them. */
const MACOS_NAMES = ["hw.memsize", "vm.swapusage", "kern.memorystatus_level", PRESSURE_LEVEL];

const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory.", "hw.memsize"),
  bytesGauge("free", "Free memory.", "Pages free"),
  bytesGauge("swap_total", "Total swap space.", "vm.swapusage total"),
  bytesGauge("swap_used", "Used swap space.", "vm.swapusage used"),
  bytesGauge("swap_free", "Free swap space.", "vm.swapusage free"),
  bytesGauge("vm_stat_active", "Recently used memory.", "Pages active"),
  bytesGauge("vm_stat_inactive", "Memory not used recently.", "Pages inactive"),
  bytesGauge("vm_stat_speculative", "Memory with data that was read ahead.", "Pages speculative"),
  bytesGauge("vm_stat_throttled", "Memory whose page-out is throttled.", "Pages throttled"),
  bytesGauge("vm_stat_wired", "Memory that can't be paged out.", "Pages wired down"),
  bytesGauge("vm_stat_purgeable", "Memory that its owners allow to be discarded.", "Pages purgeable"),
  bytesGauge("vm_stat_file_backed", "Memory backed by files.", "File-backed pages"),
  bytesGauge("vm_stat_anonymous", "Anonymous memory.", "Anonymous pages"),
  bytesGauge(
    "vm_stat_compressor_stored",
    "Uncompressed size of the data in the compressor.",
    "Pages stored in compressor",
  ),
  bytesGauge("vm_stat_compressor_occupied", "Memory used by the compressor.", "Pages occupied by compressor"),
  eventCounter("vm_stat_translation_faults", "Page faults.", "Translation faults"),
  eventCounter("vm_stat_pages_copied_on_write", "Pages copied on write.", "Pages copy-on-write"),
  eventCounter("vm_stat_pages_zero_filled", "Pages filled with zeros on demand.", "Pages zero filled"),
  eventCounter("vm_stat_pages_reactivated", "Pages that became active again.", "Pages reactivated"),
  eventCounter("vm_stat_pages_purged", "Purgeable pages that were discarded.", "Pages purged"),
  eventCounter("vm_stat_decompressions", "Pages decompressed.", "Decompressions"),
  eventCounter("vm_stat_compressions", "Pages compressed.", "Compressions"),
  eventCounter("vm_stat_pageins", "Pages read from files.", "Pageins"),
  eventCounter("vm_stat_pageouts", "Pages written to files.", "Pageouts"),
  eventCounter("vm_stat_swapins", "Pages read from swap.", "Swapins"),
  eventCounter("vm_stat_swapouts", "Pages written to swap.", "Swapouts"),
  plainGauge("vm_stat_free_ratio", "Ratio of memory that the system considers free.", FREE_PERCENT),
  plainGauge("vm_stat_pressure_level", "Memory pressure: 1 is normal, 2 is warning, 4 is critical.", PRESSURE_LEVEL),
];

const SIZES = new Set(ROWS.filter((row) => row.unit === "bytes").map((row) => row.from));

/** Rows of memory_pressure that have another name in vm_stat. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "Pages used by compressor": "Pages occupied by compressor",
  "Pages decompressed": "Decompressions",
  "Pages compressed": "Compressions",
};

/** The kernel counts pages in 32 bits. A count of at least this is a negative number that was printed as unsigned. */
const NO_PAGE_COUNT = 2 ** 31;

/** Whether only macOS has this name of sysctl. */
export function isMacosName(name: string): boolean {
  return MACOS_NAMES.includes(name);
}

/** macOS: memory from vm_stat, its size and swap from sysctl. Also reads memory_pressure, and each of them alone. */
export const vmStat: Preset = {
  name: "vm_stat",
  about: "macOS, by vm_stat and sysctl",
  programs: ["vm_stat", "memory_pressure", "sysctl"],
  accepts: (words) =>
    [...bareWords(words)].some((word) => ["vm_stat", "memory_pressure"].includes(word) || isMacosName(word)),
  attempts: [
    { argv: ["/bin/sh", "-c", `PATH=$PATH:/usr/sbin:/sbin; vm_stat && sysctl ${MACOS_NAMES.join(" ")}`] },
    { argv: ["/bin/sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; vm_stat && sysctl hw.memsize vm.swapusage"] },
    { argv: ["vm_stat"] },
  ],
  read: readMacos,
  checkWords: (words) => {
    requireNames(words);
    const isOnce = (options: readonly string[]) => !options.some((word) => /^(?:-c|\d)/.test(word));
    requireOptions(words, "vm_stat", isOnce, "vm_stat without an interval, which it repeats its table at");
  },
  metrics: ROWS,
};

function readMacos(output: Output): readonly Family[] {
  const { partial } = commandOf(output.words);
  const lines = linesOf(output.stdout);
  const [first, second] = lines;
  const percent = partial && first && !second ? memoryPressurePercent(first) : undefined;
  if (percent !== undefined) return plainFamilies(ROWS, new Map([[FREE_PERCENT, percent / 100]]));
  const parts = splitByProgram(
    lines,
    (line) => programOf(line) ?? (partial && isVmStatRow(line) ? "vm_stat" : undefined),
    "the output of vm_stat, memory_pressure or sysctl",
  );
  const sysctl = parseSysctl(parts.get("sysctl") ?? []);
  if (!partial) {
    requireAsked(output.words, ["vm_stat", "memory_pressure"], (name) => parts.has(name as Program));
    requireAskedOfSysctl(output.words, MACOS_NAMES, (name) => sysctl.has(name));
  }
  const figures = new Map<string, number>();
  const vmStatLines = parts.get("vm_stat");
  if (vmStatLines) addReport(figures, parseVmStat(vmStatLines, partial));
  addSysctl(figures, sysctl);
  const pressureLines = parts.get("memory_pressure");
  if (pressureLines) {
    const pressure = parseMemoryPressure(pressureLines);
    addReport(figures, pressure);
    add(figures, "hw.memsize", pressure.totalBytes);
    add(figures, FREE_PERCENT, pressure.freePercent / 100);
  }
  return requireFamilies(plainFamilies(ROWS, figures), `one of ${MACOS_NAMES.join(", ")}`);
}

type Program = "vm_stat" | "memory_pressure" | "sysctl";

function programOf(line: Line): Program | undefined {
  if (isVmStatHead(line)) return "vm_stat";
  if (isMemoryPressureHead(line)) return "memory_pressure";
  return isSysctlLine(line) ? "sysctl" : undefined;
}

/** If two programs give the same figure, the first one is used. */
function add(figures: Map<string, number>, key: string, value: number | undefined): void {
  if (value !== undefined && !figures.has(key)) figures.set(key, value);
}

function addReport(
  figures: Map<string, number>,
  report: { pageSizeBytes: number | undefined; figures: ReadonlyMap<string, number> },
): void {
  for (const [name, figure] of report.figures) {
    const key = OTHER_NAMES[name] ?? name;
    if (!SIZES.has(key)) add(figures, key, figure);
    else if (figure < NO_PAGE_COUNT && report.pageSizeBytes) add(figures, key, figure * report.pageSizeBytes);
  }
}

function addSysctl(figures: Map<string, number>, sysctl: Fields): void {
  const foreign = [...sysctl.keys()].find((name) => name.startsWith("vm.stats.vm."));
  if (foreign) throw new ParseError(`found ${quote(foreign)}, wanted names of macOS`, sysctl.get(foreign)?.line);
  add(figures, "hw.memsize", bytesOf(sysctl, "hw.memsize", 1));
  const usage = sysctl.get("vm.swapusage");
  if (usage) {
    const swap = parseSwapUsage(usage);
    for (const key of ["total", "used", "free"] as const) add(figures, `vm.swapusage ${key}`, swap[key]);
  }
  const level = countOf(sysctl, "kern.memorystatus_level");
  if (level !== undefined && level > 100) {
    throw new ParseError(`found ${level} as kern.memorystatus_level, wanted a percentage`);
  }
  add(figures, FREE_PERCENT, level === undefined ? undefined : level / 100);
  add(figures, PRESSURE_LEVEL, countOf(sysctl, PRESSURE_LEVEL));
}
