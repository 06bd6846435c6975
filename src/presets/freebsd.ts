import type { Family } from "../metric.ts";
import { bytesOf, countOf, type Fields } from "../parsers/keyed.ts";
import { type Line, linesOf, pageSizeInBytes, splitByProgram } from "../parsers/lines.ts";
import { isSwapInfoHead, parseSwapInfo } from "../parsers/swapinfo.ts";
import { isSysctlLine, parseSysctl } from "../parsers/sysctl.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bareWords, requireAsked, requireAskedOfSysctl, requireNames, requireOptions } from "./asked.ts";
import { bytesGauge, eventCounter, plainFamilies, requireFamilies } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { isMacosName, vmStat } from "./vm_stat.ts";
import { commandOf } from "./words.ts";

const VM = "vm.stats.vm.";
const TOTAL = "hw.physmem, or else vm.stats.vm.v_page_count";
const SWAP_TOTAL = "swapinfo, or else vm.swap_total";
const PAGE_SIZES = ["vm.stats.vm.v_page_size", "hw.pagesize"];

function pages(name: string, help: string, from: string): MetricRow {
  return bytesGauge(`freebsd_${name}`, help, `${VM}${from}`);
}

const SUMS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory.", TOTAL),
  bytesGauge("free", "Free memory.", `${VM}v_free_count`),
  bytesGauge("swap_total", "Total swap space.", SWAP_TOTAL),
  bytesGauge("swap_used", "Used swap space.", "swapinfo Used"),
  bytesGauge("swap_free", "Free swap space.", "swapinfo Avail"),
  bytesGauge("freebsd_real", "Memory that the machine has, including what the kernel can't use.", "hw.realmem"),
  bytesGauge("freebsd_user", "Memory that is not wired.", "hw.usermem"),
  bytesGauge("freebsd_swap_reserved", "Swap space reserved for allocated memory.", "vm.swap_reserved"),
];

const PAGES: readonly MetricRow[] = [
  pages("managed", "Memory in pages that the kernel manages.", "v_page_count"),
  pages("active", "Recently used memory.", "v_active_count"),
  pages("inactive", "Memory not used recently.", "v_inactive_count"),
  pages("laundry", "Memory that has to be written out before it can be reused.", "v_laundry_count"),
  pages("cache", "Cached memory that can be reused at once (FreeBSD 11 and older).", "v_cache_count"),
  pages("wired", "Memory that can't be paged out.", "v_wire_count"),
  pages("user_wired", "Memory locked by processes.", "v_user_wire_count"),
  pages("free_target", "Free memory that the kernel tries to keep.", "v_free_target"),
  pages("free_min", "Free memory below which processes wait for it.", "v_free_min"),
  pages("free_reserved", "Free memory reserved for the kernel.", "v_free_reserved"),
];

const COUNTERS: readonly MetricRow[] = [
  eventCounter("freebsd_faults", "Page faults.", `${VM}v_vm_faults`),
  eventCounter("freebsd_io_faults", "Page faults that needed disk I/O.", `${VM}v_io_faults`),
  eventCounter("freebsd_copy_on_write_faults", "Page faults that copied a page.", `${VM}v_cow_faults`),
  eventCounter("freebsd_swap_pages_in", "Pages read from swap.", `${VM}v_swappgsin`),
  eventCounter("freebsd_swap_pages_out", "Pages written to swap.", `${VM}v_swappgsout`),
];

const DEVICES: readonly MetricRow[] = [
  bytesGauge("swap_device_size", "Size of a swap device.", "swapinfo Size"),
  bytesGauge("swap_device_used", "Used swap space on a device.", "swapinfo Used"),
  bytesGauge("swap_device_free", "Free swap space on a device.", "swapinfo Avail"),
];

const PLAIN_ROWS = [...SUMS, ...PAGES, ...COUNTERS];
/** NetBSD has each of the first two a second time; hw.physmem and hw.usermem stop at 32 bits there. */
const WIDE_NAMES = { "hw.physmem": "hw.physmem64", "hw.usermem": "hw.usermem64" };
const BYTE_NAMES = ["hw.physmem", "hw.usermem", "hw.realmem", "vm.swap_total", "vm.swap_reserved"];
const PAGE_NAMES = [`${VM}v_free_count`, ...PAGES.map((row) => row.from)];
const COUNTER_NAMES = COUNTERS.map((row) => row.from);
/** Every version prints these below vm.stats.vm. */
const ALWAYS = ["page", "free", "active", "inactive", "wire"].map((queue) => `${VM}v_${queue}_count`);
const KNOWN_NAMES = [...BYTE_NAMES, ...PAGE_NAMES, ...COUNTER_NAMES, ...PAGE_SIZES];

/** FreeBSD: memory from sysctl, swap from swapinfo. Also reads each of them alone. */
export const freebsd: Preset = {
  name: "freebsd",
  about: "FreeBSD, by sysctl and swapinfo",
  programs: ["swapinfo", "pstat", "swapctl", "sysctl"],
  accepts: (words) => !vmStat.accepts?.(words),
  attempts: [
    {
      argv: [
        "/bin/sh",
        "-c",
        "PATH=$PATH:/usr/sbin:/sbin; sysctl hw.physmem hw.realmem hw.usermem vm.swap_reserved vm.stats.vm && swapinfo -k",
      ],
    },
    { argv: ["/bin/sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; sysctl hw.physmem vm.stats.vm && swapinfo -k"] },
  ],
  read: readFreebsd,
  checkWords: (words) => {
    requireNames(words);
    const hasLetter = (letter: string) => (options: readonly string[]) =>
      options.some((word) => word.startsWith("-") && word.includes(letter));
    requireOptions(words, "pstat", hasLetter("s"), "pstat -s");
    requireOptions(words, "swapctl", hasLetter("l"), "swapctl -l");
  },
  metrics: [...PLAIN_ROWS, ...DEVICES],
};

type Program = "sysctl" | "swapinfo";

function programOf(line: Line): Program | undefined {
  if (isSwapInfoHead(line)) return "swapinfo";
  return isSysctlLine(line) ? "sysctl" : undefined;
}

function readFreebsd(output: Output): readonly Family[] {
  const parts = splitByProgram(linesOf(output.stdout), programOf, "the output of sysctl or swapinfo");
  const swapLines = parts.get("swapinfo");
  const sysctlLines = parts.get("sysctl") ?? [];
  refuseSwapAmong(sysctlLines, swapLines?.[0]);
  const sysctl = parseSysctl(sysctlLines);
  // With `sysctl -a`, only the names show whether the system is macOS.
  if ([...sysctl.keys()].some(isMacosName)) return vmStat.read(output);
  const { partial } = commandOf(output.words);
  if (!partial) requireAllAsked(output.words, sysctl, swapLines !== undefined);
  const swap = swapLines && parseSwapInfo(swapLines);
  const figures = sysctlFigures(sysctl, partial);
  if (swap) {
    figures.set(SWAP_TOTAL, swap.total.total);
    figures.set("swapinfo Used", swap.total.used);
    figures.set("swapinfo Avail", swap.total.free);
  }
  const devices = labelledFamilies(DEVICES, swap?.devices ?? [], {
    labels: ({ name }) => ({ device: name }),
    figure: ({ total, used, free }, from) =>
      from === "swapinfo Size" ? total : from === "swapinfo Used" ? used : free,
    maxSeries: output.maxSeries,
  });
  return requireFamilies(
    [...plainFamilies(PLAIN_ROWS, figures), ...devices],
    "hw.physmem or vm.stats.vm of sysctl, or swapinfo",
  );
}

/** Values of sysctl can have further lines. Rejects those that look like rows of swapinfo unless they follow its heading. */
function refuseSwapAmong(lines: readonly Line[], head: Line | undefined): void {
  const mixed = lines.find((line) => {
    if (isSysctlLine(line)) return false;
    return (head !== undefined && line.number > head.number) || isSwapRow(line.text);
  });
  if (mixed) throw new ParseError(`found ${quote(mixed.text)}, wanted a name and value of sysctl`, mixed.number);
}

/** Checks that the output has all programs and names of the command line. */
function requireAllAsked(words: readonly string[], sysctl: Fields, hasSwap: boolean): void {
  const isPrinted = (name: string) => sysctl.has(name);
  requireAsked(words, ["swapinfo"], () => hasSwap);
  requireAskedOfSysctl(words, KNOWN_NAMES, isPrinted);
  if (bareWords(words).has("vm.stats.vm")) requireAskedOfSysctl(ALWAYS, ALWAYS, isPrinted);
}

/** @param partial whether the command line may have filtered out the page size. Then figures in pages aren't known. */
function sysctlFigures(sysctl: Fields, partial: boolean): Map<string, number | undefined> {
  const figures = new Map<string, number | undefined>();
  for (const name of BYTE_NAMES) figures.set(name, wholePages(bytesOf(sysctl, name, 1)));
  for (const [name, wide] of Object.entries(WIDE_NAMES)) {
    if (sysctl.has(wide)) figures.set(name, bytesOf(sysctl, wide, 1));
  }
  for (const name of COUNTER_NAMES) figures.set(name, countOf(sysctl, name));
  const counted = PAGE_NAMES.find((name) => sysctl.has(name));
  if (counted && !(partial && PAGE_SIZES.every((name) => !sysctl.has(name)))) {
    const size = pageSize(sysctl, counted);
    for (const name of PAGE_NAMES) figures.set(name, bytesOf(sysctl, name, size));
  }
  figures.set(
    TOTAL,
    figures.get(sysctl.has("hw.physmem") || sysctl.has("hw.physmem64") ? "hw.physmem" : `${VM}v_page_count`),
  );
  figures.set(SWAP_TOTAL, figures.get("vm.swap_total"));
  return figures;
}

/** A size in bytes, unless it stops at the largest number of 31 or 32 bits: every other one is of whole pages. */
function wholePages(bytes: number | undefined): number | undefined {
  return bytes === 2 ** 31 - 1 || bytes === 2 ** 32 - 1 ? undefined : bytes;
}

function pageSize(sysctl: Fields, counted: string): number {
  const sizes = PAGE_SIZES.flatMap((name) => {
    const found = sysctl.get(name);
    return found ? [pageSizeInBytes(found.text, found.line)] : [];
  });
  const [size, other = size] = sizes;
  if (size === undefined || other !== size) {
    throw new ParseError(`found ${quote(counted)}, wanted one page size too (${PAGE_SIZES.join(", ")})`);
  }
  return size;
}

/** Whether a line has a figure followed by a percentage. A single pattern for both would take quadratic time. */
function isSwapRow(text: string): boolean {
  const figure = text.search(/\s\d+\s/);
  return figure >= 0 && /%(?:\s|$)/.test(text.slice(figure));
}
