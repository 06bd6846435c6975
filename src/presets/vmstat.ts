import { type Family, family } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import { parseVmstatSummary } from "../parsers/vmstat.ts";
import type { Output } from "../source.ts";
import { requireOptions } from "./asked.ts";
import {
  bytesGauge,
  eventCounter,
  plainFamilies,
  plainGauge,
  requireFamilies,
  swappedInPages,
  swappedOutPages,
} from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total usable memory.", "total memory"),
  bytesGauge("used", "Used memory as reported by vmstat.", "used memory"),
  bytesGauge("free", "Free memory.", "free memory"),
  bytesGauge("buffers", "Memory in kernel buffers.", "buffer memory"),
  bytesGauge("cache", "Memory in the page cache and in reclaimable slabs.", "swap cache"),
  bytesGauge("swap_total", "Total swap space.", "total swap"),
  bytesGauge("swap_used", "Used swap space.", "used swap"),
  bytesGauge("swap_free", "Free swap space.", "free swap"),
  bytesGauge("vmstat_active", "Recently used memory.", "active memory"),
  bytesGauge("vmstat_inactive", "Memory not used recently.", "inactive memory"),
  eventCounter("vmstat_paged_in_bytes", "Bytes read from disks.", "paged in"),
  eventCounter("vmstat_paged_out_bytes", "Bytes written to disks.", "paged out"),
  swappedInPages("pages swapped in"),
  swappedOutPages("pages swapped out"),
  eventCounter("vmstat_interrupts", "Interrupts served.", "interrupts"),
  eventCounter("vmstat_context_switches", "Context switches.", "CPU context switches"),
  eventCounter("vmstat_forks", "Processes and threads started.", "forks"),
  plainGauge("vmstat_boot_time_seconds", "Unix time at which the machine started.", "boot time"),
];

const TICKS = eventCounter("vmstat_cpu_ticks", "CPU time of all CPUs by mode, in ticks.", "… cpu ticks");
const GUEST_TICKS = eventCounter(
  "vmstat_cpu_guest_ticks",
  "CPU time of all CPUs in virtual machines, in ticks; also counted in user and nice.",
  "… guest cpu ticks",
);

/** Values of the label `mode`, as in node_exporter, and their names in the output. */
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

/** Linux: the list of `vmstat -s`. The default unit is KiB, that of the kernel, so nothing is rounded. */
export const vmstat: Preset = {
  name: "vmstat",
  about: "Linux: memory, swap, paging and CPU ticks, by vmstat -s of procps",
  programs: ["vmstat"],
  attempts: [{ argv: ["vmstat", "-s"] }],
  checkWords: (words) => {
    const isList = (options: readonly string[]) => options.some((word) => /^-[A-RT-Za-z]*s|^--st/.test(word));
    requireOptions(words, "vmstat", isList, "vmstat -s: the table without it isn't read");
  },
  read: readVmstat,
  metrics: [...ROWS, TICKS, GUEST_TICKS],
};

function readVmstat({ stdout, words }: Output): readonly Family[] {
  const figures = parseVmstatSummary(linesOf(stdout), commandOf(words).partial);
  const ticks = (head: MetricRow, modes: Readonly<Record<string, string>>) =>
    family(
      head,
      Object.entries(modes).map(([mode, words]) => [{ mode }, figures.get(`${words} cpu ticks`)]),
    );
  const families = [...plainFamilies(ROWS, figures), ticks(TICKS, MODES), ticks(GUEST_TICKS, GUEST_MODES)];
  return requireFamilies(
    families.filter((found) => found.samples.length > 0),
    "lines that vmstat -s is known to print",
  );
}
