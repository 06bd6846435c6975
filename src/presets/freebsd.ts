import type { Family } from "../metric.ts";
import { type Line, pageSizeInBytes, splitByProgram, writtenLines } from "../parsers/lines.ts";
import { isSwapInfoHead, parseSwapInfo } from "../parsers/swapinfo.ts";
import { isSysctlLine, parseSysctl, type Sysctl, sysctlBytes, sysctlNumber } from "../parsers/sysctl.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bareWords, requireAsked, requireAskedOfSysctl } from "./asked.ts";
import { bytesGauge, eventCounter, plainFamilies, requireFamilies } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { isMacosName, vmStat } from "./vm_stat.ts";

const VM = "vm.stats.vm.";
const TOTAL = "hw.physmem, or else vm.stats.vm.v_page_count";
const SWAP_TOTAL = "swapinfo, or else vm.swap_total";
const PAGE_SIZES = ["vm.stats.vm.v_page_size", "hw.pagesize"];

function pages(name: string, help: string, from: string): MetricRow {
  return bytesGauge(`freebsd_${name}`, help, `${VM}${from}`);
}

const SUMS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory of the machine.", TOTAL),
  bytesGauge("free", "Memory that is used for nothing.", `${VM}v_free_count`),
  bytesGauge("swap_total", "Total swap.", SWAP_TOTAL),
  bytesGauge("swap_used", "Swap in use.", "swapinfo Used"),
  bytesGauge("swap_free", "Swap not in use.", "swapinfo Avail"),
  bytesGauge("freebsd_real", "Memory that the machine has, with what the kernel can't use.", "hw.realmem"),
  bytesGauge("freebsd_user", "Memory that is not wired.", "hw.usermem"),
  bytesGauge(
    "freebsd_swap_reserved",
    "Swap that would be needed if all promised memory were used.",
    "vm.swap_reserved",
  ),
];

const PAGES: readonly MetricRow[] = [
  pages("managed", "Memory in pages that the kernel manages.", "v_page_count"),
  pages("active", "Memory used lately.", "v_active_count"),
  pages("inactive", "Memory not used lately.", "v_inactive_count"),
  pages("laundry", "Memory to be written out before it can be used again.", "v_laundry_count"),
  pages("cache", "Memory with data that can be thrown away at once (FreeBSD 11 and older).", "v_cache_count"),
  pages("wired", "Memory that can't be paged out.", "v_wire_count"),
  pages("user_wired", "Memory that processes locked.", "v_user_wire_count"),
  pages("free_target", "Free memory that the kernel aims at.", "v_free_target"),
  pages("free_min", "Free memory below which processes wait for it.", "v_free_min"),
  pages("free_reserved", "Free memory kept for the kernel.", "v_free_reserved"),
];

const COUNTERS: readonly MetricRow[] = [
  eventCounter("freebsd_faults", "Page faults.", `${VM}v_vm_faults`),
  eventCounter("freebsd_io_faults", "Page faults that waited for a disk.", `${VM}v_io_faults`),
  eventCounter("freebsd_copy_on_write_faults", "Page faults that copied a page.", `${VM}v_cow_faults`),
  eventCounter("freebsd_swap_pages_in", "Pages read from swap.", `${VM}v_swappgsin`),
  eventCounter("freebsd_swap_pages_out", "Pages written to swap.", `${VM}v_swappgsout`),
];

const DEVICES: readonly MetricRow[] = [
  bytesGauge("swap_device_size", "Size of a swap device.", "swapinfo Size"),
  bytesGauge("swap_device_used", "Swap in use on a device.", "swapinfo Used"),
  bytesGauge("swap_device_free", "Swap not in use on a device.", "swapinfo Avail"),
];

const PLAIN_ROWS = [...SUMS, ...PAGES, ...COUNTERS];
const BYTE_NAMES = ["hw.physmem", "hw.realmem", "hw.usermem", "vm.swap_total", "vm.swap_reserved"];
const PAGE_NAMES = [`${VM}v_free_count`, ...PAGES.map((row) => row.from)];
const COUNTER_NAMES = COUNTERS.map((row) => row.from);
/** Every version prints these below vm.stats.vm. */
const ALWAYS = ["page", "free", "active", "inactive", "wire"].map((queue) => `${VM}v_${queue}_count`);
const KNOWN_NAMES = [...BYTE_NAMES, ...PAGE_NAMES, ...COUNTER_NAMES, ...PAGE_SIZES];

/** FreeBSD: its memory from sysctl, its swap from swapinfo; each of them alone as well. */
export const freebsd: Preset = {
  name: "freebsd",
  about: "FreeBSD, by sysctl and swapinfo",
  programs: ["swapinfo", "pstat", "sysctl"],
  asks: (words) => !vmStat.asks?.(words),
  attempts: [
    { argv: ["/bin/sh", "-c", "sysctl hw.physmem hw.realmem hw.usermem vm.swap_reserved vm.stats.vm && swapinfo -k"] },
    { argv: ["/bin/sh", "-c", "sysctl hw.physmem vm.stats.vm && swapinfo -k"] },
  ],
  read: readFreebsd,
  metrics: [...PLAIN_ROWS, ...DEVICES],
};

type Program = "sysctl" | "swapinfo";

function programOf(line: Line): Program | undefined {
  if (isSwapInfoHead(line)) return "swapinfo";
  return isSysctlLine(line) ? "sysctl" : undefined;
}

function readFreebsd(output: Output): readonly Family[] {
  const parts = splitByProgram(writtenLines(decode(output.stdout)), programOf, "the output of sysctl or swapinfo");
  const sysctl = parseSysctl(parts.get("sysctl") ?? []);
  // `sysctl -a` says what the system is only by the names that come out.
  if ([...sysctl.keys()].some(isMacosName)) return vmStat.read(output);
  const swapLines = parts.get("swapinfo");
  requireAsked(output.words, ["swapinfo"], () => swapLines !== undefined);
  requireAskedOfSysctl(output.words, KNOWN_NAMES, (name) => sysctl.has(name));
  if (bareWords(output.words).has("vm.stats.vm")) requireAskedOfSysctl(ALWAYS, ALWAYS, (name) => sysctl.has(name));
  const swap = swapLines && parseSwapInfo(swapLines);
  const figures = sysctlFigures(sysctl);
  if (swap) {
    figures.set(SWAP_TOTAL, swap.total.total);
    figures.set("swapinfo Used", swap.total.used);
    figures.set("swapinfo Avail", swap.total.free);
  }
  const devices = labelledFamilies(DEVICES, swap?.devices ?? [], {
    labels: ({ name }) => ({ device: name }),
    figure: ({ total, used, free }, from) =>
      from === "swapinfo Size" ? total : from === "swapinfo Used" ? used : free,
  });
  return requireFamilies(
    [...plainFamilies(PLAIN_ROWS, figures), ...devices],
    "hw.physmem or vm.stats.vm of sysctl, or swapinfo",
  );
}

function sysctlFigures(sysctl: Sysctl): Map<string, number | undefined> {
  const figures = new Map<string, number | undefined>();
  for (const name of BYTE_NAMES) figures.set(name, sysctlBytes(sysctl, name, 1));
  for (const name of COUNTER_NAMES) figures.set(name, sysctlNumber(sysctl, name));
  const counted = PAGE_NAMES.find((name) => sysctl.has(name));
  if (counted) {
    const size = pageSize(sysctl, counted);
    for (const name of PAGE_NAMES) figures.set(name, sysctlBytes(sysctl, name, size));
  }
  figures.set(TOTAL, figures.get(sysctl.has("hw.physmem") ? "hw.physmem" : `${VM}v_page_count`));
  figures.set(SWAP_TOTAL, figures.get("vm.swap_total"));
  return figures;
}

function pageSize(sysctl: Sysctl, counted: string): number {
  const sizes = PAGE_SIZES.flatMap((name) => {
    const found = sysctl.get(name);
    return found ? [pageSizeInBytes(found.value, found.line)] : [];
  });
  const [size, other = size] = sizes;
  if (size === undefined || other !== size) {
    throw new ParseError(`found ${quote(counted)}, wanted one page size beside it (${PAGE_SIZES.join(", ")})`);
  }
  return size;
}
