import type { Family } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import { isNodeLine, parseNodes } from "../parsers/node_meminfo.ts";
import { type NodeMemory, parseNumastat } from "../parsers/numastat.ts";
import type { Output } from "../source.ts";
import { requireOptions } from "./asked.ts";
import { bytesGauge, requireFamilies } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import { NODE_FILE } from "./meminfo.ts";
import { MEMINFO_KEYS } from "./meminfo_keys.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

/** Rows that /proc/meminfo has too, under the same names. */
const SHARED_KEYS = [
  ...["MemTotal", "MemFree", "SwapCached", "HighTotal", "HighFree", "LowTotal", "LowFree", "Active", "Inactive"],
  ...["Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable", "Mlocked", "Dirty"],
  ...["Writeback", "Mapped", "AnonPages", "Shmem", "KernelStack", "ShadowCallStack", "PageTables", "SecPageTables"],
  ...["NFS_Unstable", "Bounce", "WritebackTmp", "KReclaimable", "Slab", "SReclaimable", "SUnreclaim", "Unaccepted"],
  ...["AnonHugePages", "ShmemHugePages", "ShmemPmdMapped", "FileHugePages", "FilePmdMapped", "Balloon"],
  ...["GPUActive", "GPUReclaim"],
];

/** Rows with other names or units: numastat converts numbers of huge pages to sizes. */
const OWN_KEYS: readonly (readonly [key: string, name: string, help: string])[] = [
  ["MemUsed", "used", "Used memory."],
  ["FilePages", "file_pages", "Memory in the page cache, with tmpfs and shared memory."],
  ["HugePages_Total", "huge_pages", "Size of the huge page pool."],
  ["HugePages_Free", "huge_pages_free", "Huge pages of the pool that are free."],
  ["HugePages_Surp", "huge_pages_surplus", "Huge pages beyond the size of the pool."],
];

const KEYS = [
  ...SHARED_KEYS.map((key) => {
    const [name = key, help = key] = MEMINFO_KEYS.get(key) ?? [];
    return [key, name.replace(/^meminfo_/, ""), help] as const;
  }),
  ...OWN_KEYS,
];

const ROWS: readonly MetricRow[] = KEYS.map(([key, name, help]) =>
  bytesGauge(`numa_${name}`, `NUMA node: ${help}`, key),
);

/** Linux: the memory of each NUMA node. The column Total of numastat is not exported, since it is the sum over the nodes. */
export const numa: Preset = {
  name: "numa",
  about: "Linux: memory of each NUMA node, by the kernel's files or numastat -m",
  programs: ["numastat", "cat"],
  accepts: (words) => words[0] === "numastat" || words.some((word) => NODE_FILE.test(word)),
  defaultWords: ["numastat", "-m"],
  attempts: [
    { files: ["/sys/devices/system/node/node*/meminfo", "/proc/meminfo"], lines: ["Node ", "Hugepagesize:"] },
    { argv: ["numastat", "-m"] },
  ],
  read: readNumastat,
  checkWords: (words) => {
    const isMemory = (options: readonly string[]) =>
      options.some((word) => /^-[a-z]*m/.test(word)) && !options.some((word) => /^-[a-z]*[np]/.test(word));
    requireOptions(words, "numastat", isMemory, "numastat -m without -n and -p");
  },
  metrics: ROWS,
};

function readNumastat({ stdout, words, maxSeries }: Output): readonly Family[] {
  const lines = linesOf(stdout);
  const memory = isNodeLine(lines[0]) ? parseNodes(lines) : parseNumastat(lines, commandOf(words).partial);
  const families = labelledFamilies(ROWS, nodesOf(memory), {
    labels: (number) => ({ node: number }),
    figure: (number, row) => memory.get(row)?.get(number),
    maxSeries,
  });
  return requireFamilies(families, "rows that numastat -m is known to print");
}

function nodesOf(memory: NodeMemory): readonly string[] {
  return [...new Set([...memory.values()].flatMap((nodes) => [...nodes.keys()]))];
}
