import { boundedFamily, type Family, type Labels } from "../metric.ts";
import { type Cgroup, isCgroupFile, isStatSize, parseCgroups } from "../parsers/cgroup.ts";
import { bytesOf, countOf, type Fields } from "../parsers/keyed.ts";
import { linesOf } from "../parsers/lines.ts";
import type { FindFiles, Output } from "../source.ts";
import { bytesGauge, eventCounter } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const FIGURES: readonly MetricRow[] = [
  bytesGauge("cgroup_current", "Memory used by a control group.", "memory.current"),
  bytesGauge("cgroup_peak", "Peak memory used by a control group.", "memory.peak"),
  bytesGauge("cgroup_limit", "Memory limit of a control group; absent if unlimited.", "memory.max"),
  bytesGauge("cgroup_high", "Memory above which a control group is throttled; absent if unlimited.", "memory.high"),
  bytesGauge("cgroup_low", "Memory of a control group that is not reclaimed while other memory can be.", "memory.low"),
  bytesGauge("cgroup_min", "Memory of a control group that is never reclaimed.", "memory.min"),
  bytesGauge("cgroup_swap_current", "Swap used by a control group.", "memory.swap.current"),
  bytesGauge("cgroup_swap_peak", "Peak swap used by a control group.", "memory.swap.peak"),
  bytesGauge("cgroup_swap_limit", "Swap limit of a control group; absent if unlimited.", "memory.swap.max"),
  bytesGauge(
    "cgroup_swap_high",
    "Swap above which a control group is throttled; absent if unlimited.",
    "memory.swap.high",
  ),
  bytesGauge("cgroup_zswap_current", "Memory used by the compressed swap of a control group.", "memory.zswap.current"),
  bytesGauge(
    "cgroup_zswap_limit",
    "Memory limit of the compressed swap of a control group; absent if unlimited.",
    "memory.zswap.max",
  ),
  bytesGauge(
    "cgroup_soft_limit",
    "Memory that a control group is shrunk to under memory pressure; absent if unlimited.",
    "memory.soft_limit_in_bytes",
  ),
  bytesGauge("cgroup_with_swap_current", "Memory and swap used by a control group.", "memory.memsw.usage_in_bytes"),
  bytesGauge(
    "cgroup_with_swap_peak",
    "Peak memory and swap used by a control group.",
    "memory.memsw.max_usage_in_bytes",
  ),
  bytesGauge(
    "cgroup_with_swap_limit",
    "Limit of memory and swap of a control group; absent if unlimited.",
    "memory.memsw.limit_in_bytes",
  ),
  bytesGauge("cgroup_kernel_current", "Kernel memory used by a control group.", "memory.kmem.usage_in_bytes"),
  bytesGauge("cgroup_kernel_peak", "Peak kernel memory used by a control group.", "memory.kmem.max_usage_in_bytes"),
  bytesGauge(
    "cgroup_kernel_limit",
    "Kernel memory limit of a control group; absent if unlimited.",
    "memory.kmem.limit_in_bytes",
  ),
  eventCounter("cgroup_limit_hits", "Number of times that a control group hit its memory limit.", "memory.failcnt"),
];

const EVENTS = eventCounter("cgroup_events", "Events of a control group: oom_kill, oom, max, high …", "memory.events");
const LOCAL_EVENTS = eventCounter(
  "cgroup_local_events",
  "Events of a control group, without those of the groups below it.",
  "memory.events.local",
);
const SWAP_EVENTS = eventCounter("cgroup_swap_events", "Swap events of a control group.", "memory.swap.events");
const STAT = bytesGauge(
  "cgroup_stat",
  "Memory of a control group by item of memory.stat. Items overlap, so their sum has no meaning.",
  "memory.stat",
);
const STAT_EVENTS = eventCounter(
  "cgroup_stat_events",
  "Counters of memory.stat of a control group, such as page faults.",
  "memory.stat",
);

/** Maximum number of exported groups, those with the most memory. It bounds the number of label values. */
const MAX_GROUPS = 100;

const FILES = [
  ...["current", "peak", "max", "high", "low", "min", "swap.current", "swap.max", "events", "swap.events", "stat"],
  ...["usage_in_bytes", "max_usage_in_bytes", "limit_in_bytes", "soft_limit_in_bytes", "memsw.usage_in_bytes"],
  ...["memsw.limit_in_bytes", "kmem.usage_in_bytes", "failcnt", "oom_control"],
];

/** All files of the memory controller of some groups. */
const GROUP_FILES = /^\/sys\/fs\/cgroup\/(?:.*\/)?memory\.\*$/;

/** Mount points of cgroup v2, without and with v1. */
const V2_MOUNTS = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

/**
 * The files of the exporter's own group: in the v1 hierarchy with the memory controller, otherwise in v2. If the directory of the
 * group doesn't exist, this is a container whose hierarchy begins with this group.
 */
const ownGroup: FindFiles = async (read) => {
  const hierarchies = ((await read("/proc/self/cgroup")) ?? "")
    .split("\n")
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const memory = hierarchies.find((found) => found?.[1]?.split(",").includes("memory"));
  const [, , path = "/"] = memory ?? hierarchies.find((found) => found?.[1] === "") ?? [];
  if (path.startsWith("/..")) return [];
  const group = path === "/" ? "" : path;
  const mounts = memory ? ["/sys/fs/cgroup/memory"] : V2_MOUNTS;
  const mark = memory ? "cgroup.procs" : "cgroup.controllers";
  const folders: string[] = [];
  for (const mount of mounts) {
    if ((await read(`${mount}/${mark}`)) === undefined) continue;
    const isThere = (await read(`${mount}${group}/${mark}`)) !== undefined;
    folders.push(isThere ? `${mount}${group}` : mount);
  }
  return folders.flatMap((folder) => FILES.map((file) => `${folder}/memory.${file}`));
};

/**
 * Linux: memory of control groups, v1 and v2. By default of the exporter's own group; for other groups it parses the output of
 * commands like `grep -H "" /sys/fs/cgroup/system.slice/*\/memory.current`, with any of the files.
 */
export const cgroup: Preset = {
  name: "cgroup",
  about: "Linux: memory, limits and OOM events of the exporter's control group, or of others (the 100 largest)",
  programs: ["cat"],
  accepts: (words) => words.some((word) => isCgroupFile(word) || GROUP_FILES.test(word)),
  attempts: [{ files: ownGroup, words: ["grep", "-H", "", "/sys/fs/cgroup/…/memory.*"] }],
  read: readCgroups,
  metrics: [...FIGURES, EVENTS, LOCAL_EVENTS, SWAP_EVENTS, STAT, STAT_EVENTS],
};

function readCgroups({ stdout, words, maxSeries }: Output): readonly Family[] {
  const named = commandOf(words).words.filter(isCgroupFile);
  const groups = parseCgroups(linesOf(stdout), named.length === 1 ? named[0] : undefined);
  const used = (group: Cgroup) => group.figures.get("memory.current") ?? 0;
  const largest = groups.toSorted((a, b) => used(b) - used(a)).slice(0, MAX_GROUPS);
  const items = (row: MetricRow, label: string, itemsOf: (group: Cgroup) => Iterable<Item>) =>
    itemFamilies(row, label, largest, itemsOf, maxSeries);
  return [
    ...labelledFamilies(FIGURES, largest, {
      labels: ({ path }) => ({ cgroup: path }),
      figure: ({ figures }, file) => figures.get(file),
      maxSeries,
    }),
    ...items(EVENTS, "event", ({ events }) => counts(events)),
    ...items(LOCAL_EVENTS, "event", ({ localEvents }) => counts(localEvents)),
    ...items(SWAP_EVENTS, "event", ({ swapEvents }) => counts(swapEvents)),
    ...items(STAT, "item", ({ stat }) => counts(stat, true)),
    ...items(STAT_EVENTS, "item", ({ stat }) => counts(stat, false)),
  ];
}

type Item = readonly [item: string, figure: number | undefined];

/** The figures of a table. Of memory.stat either the sizes or the counts of events. */
function counts(fields: Fields, sizes?: boolean): Item[] {
  const names = [...fields.keys()].filter((name) => sizes === undefined || isStatSize(name) === sizes);
  return names.map((name) => [name, sizes ? bytesOf(fields, name, 1) : countOf(fields, name)]);
}

function itemFamilies(
  row: MetricRow,
  label: string,
  groups: readonly Cgroup[],
  itemsOf: (group: Cgroup) => Iterable<Item>,
  maxSeries: number | undefined,
): Family[] {
  function* samples(): Generator<readonly [Labels, number | undefined]> {
    for (const group of groups) {
      for (const [item, figure] of itemsOf(group)) yield [{ cgroup: group.path, [label]: item }, figure];
    }
  }
  const found = boundedFamily(row, samples(), maxSeries);
  return found.samples.length > 0 ? [found] : [];
}
