import type { Family } from "../metric.ts";
import { writtenLines } from "../parsers/lines.ts";
import { type NodeMemory, parseNumastat } from "../parsers/numastat.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { bytesGauge, requireFamilies } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import { MEMINFO_KEYS } from "./meminfo_keys.ts";
import type { MetricRow, Preset } from "./preset.ts";

/** Rows that each node has in common with /proc/meminfo, under the same names. */
const SHARED_KEYS = [
  ...["MemTotal", "MemFree", "SwapCached", "HighTotal", "HighFree", "LowTotal", "LowFree", "Active", "Inactive"],
  ...["Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable", "Mlocked", "Dirty"],
  ...["Writeback", "Mapped", "AnonPages", "Shmem", "KernelStack", "ShadowCallStack", "PageTables", "SecPageTables"],
  ...["NFS_Unstable", "Bounce", "WritebackTmp", "KReclaimable", "Slab", "SReclaimable", "SUnreclaim", "Unaccepted"],
  ...["AnonHugePages", "ShmemHugePages", "ShmemPmdMapped", "FileHugePages", "FilePmdMapped", "Balloon"],
  ...["GPUActive", "GPUReclaim"],
];

/** Rows of another name, or with another unit: numastat turns numbers of huge pages into sizes. */
const OWN_KEYS: readonly (readonly [key: string, name: string, help: string])[] = [
  ["MemUsed", "used", "Memory that is not free."],
  ["FilePages", "file_pages", "Memory in the page cache, tmpfs and shared memory."],
  ["HugePages_Total", "huge_pages", "Size of the pool of huge pages."],
  ["HugePages_Free", "huge_pages_free", "Huge pages of the pool that are not allocated."],
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
  bytesGauge(`numa_${name}`, `Of one NUMA node: ${help}`, key),
);

/** Linux: the memory of each NUMA node. Its column Total is not exported: it is the sum over the nodes. */
export const numa: Preset = {
  name: "numa",
  about: "Linux: memory of each NUMA node, by numastat -m",
  programs: ["numastat"],
  attempts: [{ argv: ["numastat", "-m"] }],
  read: readNumastat,
  metrics: ROWS,
};

function readNumastat({ stdout }: Output): readonly Family[] {
  const memory = parseNumastat(writtenLines(decode(stdout)));
  const families = labelledFamilies(ROWS, nodesOf(memory), {
    labels: (number) => ({ node: number }),
    figure: (number, row) => memory.get(row)?.get(number),
  });
  return requireFamilies(families, "rows that numastat -m is known to print");
}

function nodesOf(memory: NodeMemory): readonly string[] {
  return [...new Set([...memory.values()].flatMap((nodes) => [...nodes.keys()]))];
}
