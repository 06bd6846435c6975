import { type Family, family } from "../metric.ts";
import { writtenLines } from "../parsers/lines.ts";
import { decode } from "../parsers/text.ts";
import { parseVmstatSummary } from "../parsers/vmstat.ts";
import type { Output } from "../source.ts";
import { bytesGauge, eventCounter, plainFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";

function bytesCounter(name: string, help: string, from: string): MetricRow {
  return { name: `memory_vmstat_${name}_bytes_total`, help, type: "counter", unit: "bytes", from };
}

const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total usable memory.", "total memory"),
  bytesGauge("used", "Memory in use, as the memory command reckons it.", "used memory"),
  bytesGauge("free", "Memory that is not used for anything.", "free memory"),
  bytesGauge("buffers", "Memory in kernel buffers.", "buffer memory"),
  bytesGauge("cache", "Memory in the page cache and, for most versions of vmstat, in reclaimable slabs.", "swap cache"),
  bytesGauge("swap_total", "Total swap space.", "total swap"),
  bytesGauge("swap_used", "Swap space in use.", "used swap"),
  bytesGauge("swap_free", "Swap space that is free.", "free swap"),
  bytesGauge("vmstat_active", "Memory used lately.", "active memory"),
  bytesGauge("vmstat_inactive", "Memory not used lately.", "inactive memory"),
  bytesCounter("paged_in", "Bytes read from disks since the machine started.", "paged in"),
  bytesCounter("paged_out", "Bytes written to disks since the machine started.", "paged out"),
  eventCounter("vmstat_swapped_in_pages", "Pages read from swap.", "pages swapped in"),
  eventCounter("vmstat_swapped_out_pages", "Pages written to swap.", "pages swapped out"),
  eventCounter("vmstat_interrupts", "Interrupts served.", "interrupts"),
  eventCounter("vmstat_context_switches", "Context switches.", "CPU context switches"),
  eventCounter("vmstat_forks", "Processes and threads started.", "forks"),
  {
    name: "memory_vmstat_boot_time_seconds",
    help: "When the machine started, in seconds since 1970.",
    type: "gauge",
    unit: "seconds",
    from: "boot time",
  },
];

const TICKS = eventCounter("vmstat_cpu_ticks", "Time of all CPUs by what they did, in ticks.", "… cpu ticks");
const GUEST_TICKS = eventCounter(
  "vmstat_cpu_guest_ticks",
  "Time of all CPUs in virtual machines, in ticks; it is part of user and nice as well.",
  "… guest cpu ticks",
);

/** Values of the label `mode`, as node_exporter has them, and what the output calls them. */
const MODES = {
  user: "non-nice user",
  nice: "nice user",
  system: "system",
  idle: "idle",
  iowait: "IO-wait",
  irq: "IRQ",
  softirq: "softirq",
  steal: "stolen",
};
const GUEST_MODES = { user: "non-nice guest", nice: "nice guest" };

/** Linux: the list of `vmstat -s`. It asks for no unit: KiB is what the kernel has, so nothing is rounded. */
export const vmstat: Preset = {
  name: "vmstat",
  about: "Linux: memory, swap, paging and CPU ticks, by vmstat -s of procps",
  programs: ["vmstat"],
  attempts: [{ argv: ["vmstat", "-s"] }],
  read: readVmstat,
  metrics: [...ROWS, TICKS, GUEST_TICKS],
};

function readVmstat({ stdout }: Output): readonly Family[] {
  const { sizes, counts } = parseVmstatSummary(writtenLines(decode(stdout)));
  const ticks = (head: MetricRow, modes: Readonly<Record<string, string>>) =>
    family(
      head,
      Object.entries(modes).map(([mode, words]) => [{ mode }, counts.get(`${words} cpu ticks`)]),
    );
  const families = [
    ...plainFamilies(ROWS, new Map([...sizes, ...counts])),
    ticks(TICKS, MODES),
    ticks(GUEST_TICKS, GUEST_MODES),
  ];
  return families.filter((found) => found.samples.length > 0);
}
