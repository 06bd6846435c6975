import { type Family, family, type MetricHead } from "../metric.ts";
import { parseFlatKeyed } from "../parsers/flat_keyed.ts";
import { writtenLines } from "../parsers/lines.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError } from "../text.ts";
import { eventCounter, plainFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";

const OOM_KILL = "oom_kill";

const ROWS: readonly MetricRow[] = [
  eventCounter("oom_kills", "Processes killed because there was no memory left.", OOM_KILL),
  eventCounter("page_faults", "Page faults.", "pgfault"),
  eventCounter("major_page_faults", "Page faults that waited for a disk.", "pgmajfault"),
  eventCounter("swapped_in_pages", "Pages read from swap.", "pswpin"),
  eventCounter("swapped_out_pages", "Pages written to swap.", "pswpout"),
];

const STALLS = eventCounter(
  "allocation_stalls",
  "Allocations that had to free memory first, by the zone that they asked for.",
  "allocstall_…",
);
const ZONES = ["dma", "dma32", "normal", "movable", "device"];

/** Linux 4.13 and later: processes that the kernel killed for their memory, and the signs before it. */
export const oom: Preset = {
  name: "oom",
  about: "Linux: out of memory kills, page faults and swapping, by /proc/vmstat",
  programs: ["cat"],
  asks: (words) => words.some((word) => /(?:^|\/)proc\/vmstat$/.test(word)),
  attempts: [{ files: ["/proc/vmstat"] }],
  read: readOom,
  readAsNodeExporter: readOomAsNodeExporter,
  metrics: [...ROWS, STALLS],
};

/** As node_exporter's collector `vmstat` names and types it. */
const NODE_OOM_KILL: MetricHead = {
  name: "node_vmstat_oom_kill",
  help: "/proc/vmstat information field oom_kill.",
  type: "untyped",
};

function readOomAsNodeExporter(output: Output): readonly Family[] {
  return [family(NODE_OOM_KILL, [[{}, parseOutput(output).get(OOM_KILL)]])];
}

function parseOutput({ stdout }: Output): ReturnType<typeof parseFlatKeyed> {
  const counts = parseFlatKeyed(writtenLines(decode(stdout)), "/proc/vmstat");
  if (counts.get(OOM_KILL) === undefined) throw new ParseError('found no line "oom_kill", wanted that of /proc/vmstat');
  return counts;
}

function readOom(output: Output): readonly Family[] {
  const counts = parseOutput(output);
  const stalls = family(
    STALLS,
    ZONES.map((zone) => [{ zone }, counts.get(`allocstall_${zone}`)]),
  );
  return [...plainFamilies(ROWS, counts), ...(stalls.samples.length > 0 ? [stalls] : [])];
}
