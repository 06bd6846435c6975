import { type Family, family, gauge, type MetricHead } from "../metric.ts";
import { type FreeCommandLine, type FreeReport, parseFree } from "../parsers/free.ts";
import { freeOptions } from "../parsers/free_options.ts";
import type { FreeColumn, FreeRow } from "../parsers/free_table.ts";
import { decode, decodeTable } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { cacheBytes, MEMINFO_FILE, meminfoEntries } from "./meminfo.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf, writtenLine } from "./words.ts";

type Place = readonly [FreeRow, FreeColumn];

/** Metric by row and column. */
const PLACES: readonly (readonly [Place, name: string, help: string])[] = [
  [["mem", "total"], "total", "Total usable memory."],
  [["mem", "used"], "used", "Used memory as reported by free."],
  [["mem", "free"], "free", "Free memory."],
  [["mem", "shared"], "shared", "Shared memory, mostly tmpfs."],
  [["mem", "buffers"], "buffers", "Memory in kernel buffers."],
  [["mem", "cached"], "cache", "Memory in the page cache and in reclaimable slabs."],
  [["mem", "buff_cache"], "buff_cache", "Memory in buffers, page cache and reclaimable slabs."],
  [["mem", "available"], "available", "Memory available to new programs without swapping."],
  [["swap", "total"], "swap_total", "Total swap space."],
  [["swap", "used"], "swap_used", "Used swap space."],
  [["swap", "free"], "swap_free", "Free swap space."],
  [["total", "total"], "with_swap_total", "Total memory and swap space."],
  [["total", "used"], "with_swap_used", "Used memory and swap space."],
  [["total", "free"], "with_swap_free", "Free memory and swap space."],
  [["low", "total"], "low_total", "Total low memory, which the kernel can address directly."],
  [["low", "used"], "low_used", "Used low memory."],
  [["low", "free"], "low_free", "Free low memory."],
  [["high", "total"], "high_total", "Total high memory, which the kernel can't address directly."],
  [["high", "used"], "high_used", "Used high memory."],
  [["high", "free"], "high_free", "Free high memory."],
  [["committed", "total"], "commit_limit", "Memory that can be allocated under strict overcommit."],
  [["committed", "used"], "committed", "Memory that is allocated, used or not."],
  [["committed", "free"], "uncommitted", "Memory that can still be allocated under strict overcommit."],
  [["buffers_cache", "used"], "used_without_cache", "Used memory without buffers and cache."],
  [["buffers_cache", "free"], "free_with_cache", "Free memory with buffers and cache."],
];

const HEADS: readonly { readonly place: Place; readonly head: MetricHead }[] = PLACES.map(([place, name, help]) => ({
  place,
  head: gauge(`memory_${name}_bytes`, help),
}));

const ROW_LABELS: Readonly<Record<FreeRow, string>> = {
  mem: "Mem",
  swap: "Swap",
  total: "Total",
  low: "Low",
  high: "High",
  committed: "Comm",
  buffers_cache: "-/+ buffers/cache",
};

const COLUMN_LABELS: Partial<Record<FreeColumn, string>> = { cached: "cache", buff_cache: "buff/cache" };

/** Parses the output of `free`, or /proc/meminfo if that was read instead. @throws ParseError */
function readFree(output: Output): readonly Family[] {
  if (isMeminfo(output)) return readMeminfoAsFree(output);
  return familiesOf(parseFree(decodeTable(output.stdout), askedBy(output.words)));
}

function isMeminfo({ stdout, words }: Output): boolean {
  if (words.length > 0) return commandOf(words).words.some((word) => MEMINFO_FILE.test(word));
  return decode(stdout.subarray(0, 20)).startsWith("MemTotal:");
}

function familiesOf(report: FreeReport): readonly Family[] {
  return HEADS.flatMap(({ place: [row, column], head }) => {
    const bytes = report[row]?.[column];
    return bytes === undefined ? [] : [family(head, [[{}, bytes]])];
  });
}

/** The options of a command line of `free`. @throws ParseError for another program */
function askedBy(words: readonly string[]): FreeCommandLine {
  if (words.length === 0) return { words };
  const command = commandOf(words);
  if (command.program !== "free") {
    throw new ParseError(
      `found ${quote(writtenLine(words))} as the command line, wanted one of free, since units depend on it`,
    );
  }
  const starter = command.through.at(-1);
  return {
    words: command.words,
    partial: command.partial,
    multicall: starter === "busybox" || starter === "toybox" ? starter : undefined,
  };
}

function checkWords(words: readonly string[]): void {
  const command = commandOf(words);
  if (command.words.some((word) => MEMINFO_FILE.test(word))) return;
  if (command.words.length === 0 || command.program === "") {
    throw new ParseError("found no certain command, wanted one of free, since units depend on it");
  }
  if (command.respaced) {
    throw new ParseError("found a filter that moves figures out of their columns, wanted the report as free prints it");
  }
  const own = askedBy(words).words;
  const isOneReport = /^(?:-\w*c|--count[ =]) ?1$/m.test(own.join(" ").replace(/ (?=-)/g, "\n"));
  if (freeOptions(own).repeated && !isOneReport)
    throw new ParseError("found -s or -c, which repeat the report, wanted free without them");
}

/**
 * Calculates the figures of `free -b -w` from /proc/meminfo, so that the same families are exported without `free`. As in
 * meminfo.c of procps-ng 4, used memory is total minus available memory. In a container whose available memory is larger than its
 * total, the free memory is used instead. Before Linux 3.14, which has no available memory, used memory is total minus free
 * memory, buffers and cache.
 */
function readMeminfoAsFree(output: Output): readonly Family[] {
  const figures = new Map(meminfoEntries(output).map(({ key, value }) => [key, value]));
  const [total, free] = [figures.get("MemTotal"), figures.get("MemFree")];
  const buffers = figures.get("Buffers");
  const cached = cacheBytes(figures, commandOf(output.words).partial);
  const reported = figures.get("MemAvailable");
  const available = reported !== undefined && total !== undefined && reported > total ? free : reported;
  const unused = available ?? sum(free, buffers, cached);
  const [swapTotal, swapFree] = [figures.get("SwapTotal"), figures.get("SwapFree")];
  return familiesOf({
    mem: {
      ...{ total, used: less(total, unused) ?? less(total, free), free, shared: figures.get("Shmem") },
      ...{ buffers, cached, available },
    },
    swap: { total: swapTotal, used: less(swapTotal, swapFree), free: swapFree },
  });
}

function sum(...figures: readonly (number | undefined)[]): number | undefined {
  return figures.reduce((all, figure) => (all === undefined || figure === undefined ? undefined : all + figure), 0);
}

/** The difference, if both are known and it isn't negative. */
function less(whole: number | undefined, part: number | undefined): number | undefined {
  return whole !== undefined && part !== undefined && part <= whole ? whole - part : undefined;
}

/** `free` of procps, BusyBox and toybox, or else /proc/meminfo. */
export const free: Preset = {
  name: "free",
  about: "Memory and swap of a Linux machine, by free or by /proc/meminfo",
  programs: ["free"],
  // Without its command line, the units of an output aren't known.
  defaultWords: [],
  attempts: [
    { argv: ["free", "-b", "-w"] },
    { argv: ["free", "-b"] },
    { files: ["/proc/meminfo"], read: readMeminfoAsFree },
  ],
  read: readFree,
  checkWords,
  metrics: HEADS.map(
    ({ place: [row, column], head }): MetricRow => ({
      ...head,
      from: `row ${ROW_LABELS[row]}, column ${COLUMN_LABELS[column] ?? column}`,
    }),
  ),
};
