import { family, type MetricHead } from "../metric.ts";
import { type FreeAsked, type FreeReport, parseFree } from "../parsers/free.ts";
import { freeOptions } from "../parsers/free_options.ts";
import type { FreeColumn, FreeRow } from "../parsers/free_table.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { MEMINFO_FILE, readMeminfo } from "./meminfo.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { programOf } from "./words.ts";

type Place = readonly [FreeRow, FreeColumn];

/** Metric by row and column. */
const PLACES: readonly (readonly [Place, name: string, help: string])[] = [
  [["mem", "total"], "total", "Total usable memory."],
  [["mem", "used"], "used", "Memory in use, as the memory command reckons it."],
  [["mem", "free"], "free", "Memory that is not used for anything."],
  [["mem", "shared"], "shared", "Shared memory, mostly tmpfs."],
  [["mem", "buffers"], "buffers", "Memory in kernel buffers."],
  [["mem", "cached"], "cache", "Memory in the page cache and, for most versions of free, in reclaimable slabs."],
  [["mem", "buff_cache"], "buff_cache", "Memory in buffers and cache together."],
  [["mem", "available"], "available", "Estimate of the memory that new programs can have without swapping."],
  [["swap", "total"], "swap_total", "Total swap space."],
  [["swap", "used"], "swap_used", "Swap space in use."],
  [["swap", "free"], "swap_free", "Swap space that is free."],
  [["total", "total"], "with_swap_total", "Total memory and swap space together."],
  [["total", "used"], "with_swap_used", "Memory and swap space in use together."],
  [["total", "free"], "with_swap_free", "Free memory and swap space together."],
  [["low", "total"], "low_total", "Total low memory, which the kernel can address directly."],
  [["low", "used"], "low_used", "Low memory in use."],
  [["low", "free"], "low_free", "Free low memory."],
  [["high", "total"], "high_total", "Total high memory, which the kernel can't address directly."],
  [["high", "used"], "high_used", "High memory in use."],
  [["high", "free"], "high_free", "Free high memory."],
  [["committed", "total"], "commit_limit", "Memory that can be promised to programs under strict overcommit."],
  [["committed", "used"], "committed", "Memory that is promised to programs, used or not."],
  [["committed", "free"], "uncommitted", "Memory that can still be promised under strict overcommit."],
  [["buffers_cache", "used"], "used_without_cache", "Memory in use without buffers and cache."],
  [["buffers_cache", "free"], "free_with_cache", "Free memory with buffers and cache."],
];

const HEADS: readonly { readonly place: Place; readonly head: MetricHead }[] = PLACES.map(([place, name, help]) => ({
  place,
  head: { name: `memory_${name}_bytes`, help, type: "gauge", unit: "bytes" },
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

/** The report of a run of `free`, or of what reads /proc/meminfo in its place. @throws ParseError */
function read(output: Output) {
  if (output.words.some((word) => MEMINFO_FILE.test(word))) return readMeminfo(output);
  const report: FreeReport = parseFree(decode(output.stdout), asked(output.words));
  return HEADS.flatMap(({ place: [row, column], head }) => {
    const bytes = report[row]?.[column];
    return bytes === undefined ? [] : [family(head, [[{}, bytes]])];
  });
}

function asked(words: readonly string[]): FreeAsked {
  if (words.length === 0) return { words };
  const command = programOf(words);
  if (command?.program !== "free") {
    throw new ParseError(
      `found ${quote(words.join(" "))} as the command line, wanted one of free: units follow from it`,
    );
  }
  const starter = command.through.at(-1);
  return {
    words: command.words,
    multicall: starter === "busybox" || starter === "toybox" ? starter : undefined,
  };
}

function checkWords(words: readonly string[]): void {
  if (words.some((word) => MEMINFO_FILE.test(word))) return;
  if (words.length === 0) throw new ParseError("found no certain command, wanted one of free: units follow from it");
  freeOptions(asked(words).words);
}

/** `free` of procps, BusyBox and toybox; where there is none, the kernel's own file. */
export const free: Preset = {
  name: "free",
  about: "Memory and swap of a Linux machine, by free or by /proc/meminfo",
  programs: ["free"],
  // The units of an output that comes without its command line are known only if it has suffixes.
  usual: [],
  attempts: [{ argv: ["free", "-b", "-w"] }, { argv: ["free", "-b"] }, { files: ["/proc/meminfo"], read: readMeminfo }],
  read,
  checkWords,
  metrics: HEADS.map(
    ({ place: [row, column], head }): MetricRow => ({
      ...head,
      from: `row ${ROW_LABELS[row]}, column ${COLUMN_LABELS[column] ?? column}`,
    }),
  ),
};
