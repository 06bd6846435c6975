import type { Family } from "../metric.ts";
import { type Cgroup, isCgroupFile, isStatSize, parseCgroups } from "../parsers/cgroup.ts";
import { NO_MEMORY_BYTES } from "../parsers/figure.ts";
import { writtenLines } from "../parsers/lines.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { bytesGauge, eventCounter } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";

const FIGURES: readonly MetricRow[] = [
  bytesGauge("cgroup_current", "Memory that a control group uses.", "memory.current"),
  bytesGauge("cgroup_peak", "Most memory that a control group has used.", "memory.peak"),
  bytesGauge("cgroup_limit", "Memory that a control group may use; absent if unlimited.", "memory.max"),
  bytesGauge("cgroup_high", "Memory above which a control group is slowed down; absent if none.", "memory.high"),
  bytesGauge("cgroup_low", "Memory of a control group that is spared while there is other.", "memory.low"),
  bytesGauge("cgroup_min", "Memory of a control group that is never taken.", "memory.min"),
  bytesGauge("cgroup_swap_current", "Swap that a control group uses.", "memory.swap.current"),
  bytesGauge("cgroup_swap_peak", "Most swap that a control group has used.", "memory.swap.peak"),
  bytesGauge("cgroup_swap_limit", "Swap that a control group may use; absent if unlimited.", "memory.swap.max"),
  bytesGauge(
    "cgroup_swap_high",
    "Swap above which a control group is slowed down; absent if none.",
    "memory.swap.high",
  ),
  bytesGauge("cgroup_zswap_current", "Memory of a control group's compressed swap.", "memory.zswap.current"),
  bytesGauge("cgroup_zswap_limit", "Memory that a control group's compressed swap may use.", "memory.zswap.max"),
  bytesGauge(
    "cgroup_soft_limit",
    "Memory that a control group may keep when there is little.",
    "memory.soft_limit_in_bytes",
  ),
  bytesGauge("cgroup_with_swap_current", "Memory and swap that a control group uses.", "memory.memsw.usage_in_bytes"),
  bytesGauge(
    "cgroup_with_swap_peak",
    "Most memory and swap that a control group has used.",
    "memory.memsw.max_usage_in_bytes",
  ),
  bytesGauge("cgroup_with_swap_limit", "Memory and swap that a control group may use.", "memory.memsw.limit_in_bytes"),
  bytesGauge("cgroup_kernel_current", "Kernel memory that a control group uses.", "memory.kmem.usage_in_bytes"),
  bytesGauge(
    "cgroup_kernel_peak",
    "Most kernel memory that a control group has used.",
    "memory.kmem.max_usage_in_bytes",
  ),
  bytesGauge("cgroup_kernel_limit", "Kernel memory that a control group may use.", "memory.kmem.limit_in_bytes"),
  eventCounter("cgroup_limit_hits", "How often a control group has hit its limit.", "memory.failcnt"),
];

const EVENTS = eventCounter("cgroup_events", "Events of a control group: oom_kill, oom, max, high …", "memory.events");
const LOCAL_EVENTS = eventCounter(
  "cgroup_local_events",
  "Events of a control group without the groups below it.",
  "memory.events.local",
);
const SWAP_EVENTS = eventCounter("cgroup_swap_events", "Events of a control group's swap.", "memory.swap.events");
const STAT = bytesGauge(
  "cgroup_stat",
  "What a control group's memory is used for, and its limits; items overlap, so their sum means nothing.",
  "memory.stat",
);
const STAT_EVENTS = eventCounter(
  "cgroup_stat_events",
  "Page faults, reclaim and the like of a control group.",
  "memory.stat",
);

/** As many groups are told, those that use most; label values must not grow without bound. */
const MOST_GROUPS = 100;

const FILES = [
  ...["current", "peak", "max", "high", "low", "min", "swap.current", "swap.max", "events", "swap.events", "stat"],
  ...["usage_in_bytes", "max_usage_in_bytes", "limit_in_bytes", "soft_limit_in_bytes", "memsw.usage_in_bytes"],
  ...["memsw.limit_in_bytes", "kmem.usage_in_bytes", "failcnt", "oom_control"],
];

/**
 * Prints the files of the group that it runs in. A group without its folder is that of a container, where the hierarchy
 * begins with it. Files that a kernel doesn't have, or refuses to have read, are passed over.
 */
const OWN_GROUP = `g= d=/sys/fs/cgroup; [ -e $d/cgroup.controllers ] || d=$d/unified
while IFS=: read -r _ controllers path; do
case ,$controllers, in *,memory,*) d=/sys/fs/cgroup/memory g=$path; break;; ,,) g=$path;; esac
done < /proc/self/cgroup
case $g in /..*) echo "the control group $g cannot be seen from here" >&2; exit 1;; esac
[ "$g" != / ] && [ -d "$d$g" ] || g=
for f in ${FILES.join(" ")}; do set -- "$@" "$d$g/memory.$f"; done
grep -sH "" "$@"; [ $? -le 2 ]`;

/**
 * Linux: memory of control groups, v1 and v2: by itself of the group that the exporter runs in. Of another group, or of
 * all groups in one, it reads what `grep -H "" /sys/fs/cgroup/system.slice/*\/memory.current` and the like print, with
 * any of the files.
 */
export const cgroup: Preset = {
  name: "cgroup",
  about: "Linux: memory, limits and OOM events of the exporter's control group, or of others (the 100 largest)",
  programs: ["cat"],
  asks: (words) => words.some(isCgroupFile),
  attempts: [{ argv: ["/bin/sh", "-c", OWN_GROUP] }],
  read: readCgroups,
  metrics: [...FIGURES, EVENTS, LOCAL_EVENTS, SWAP_EVENTS, STAT, STAT_EVENTS],
};

function readCgroups({ stdout, words }: Output): readonly Family[] {
  const named = words.filter(isCgroupFile);
  const groups = parseCgroups(writtenLines(decode(stdout)), named.length === 1 ? named[0] : undefined);
  const used = (group: Cgroup) => group.figures.get("memory.current") ?? 0;
  const largest = groups.toSorted((a, b) => used(b) - used(a)).slice(0, MOST_GROUPS);
  return [
    ...labelledFamilies(FIGURES, largest, {
      labels: ({ path }) => ({ cgroup: path }),
      figure: ({ figures }, file) => figures.get(file),
    }),
    ...itemFamilies(EVENTS, "event", largest, ({ events }) => [...events]),
    ...itemFamilies(LOCAL_EVENTS, "event", largest, ({ localEvents }) => [...localEvents]),
    ...itemFamilies(SWAP_EVENTS, "event", largest, ({ swapEvents }) => [...swapEvents]),
    ...itemFamilies(STAT, "item", largest, ({ stat }) => [...stat].filter(([item]) => isStatSize(item)).map(size)),
    ...itemFamilies(STAT_EVENTS, "item", largest, ({ stat }) =>
      [...stat].filter(([item]) => isStatSize(item) === false),
    ),
  ];
}

type Item = readonly [item: string, figure: number | undefined];

function size([item, bytes]: Item): Item {
  return [item, bytes !== undefined && bytes < NO_MEMORY_BYTES ? bytes : undefined];
}

function itemFamilies(
  row: MetricRow,
  label: string,
  groups: readonly Cgroup[],
  itemsOf: (group: Cgroup) => readonly Item[],
): Family[] {
  const items = groups.flatMap((group) => itemsOf(group).map(([item, figure]) => ({ path: group.path, item, figure })));
  return labelledFamilies([row], items, {
    labels: ({ path, item }) => ({ cgroup: path, [label]: item }),
    figure: ({ figure }) => figure,
  });
}
