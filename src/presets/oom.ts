import { type Family, family, type MetricHead } from "../metric.ts";
import { parseFlatKeyed } from "../parsers/flat_keyed.ts";
import { countOf } from "../parsers/keyed.ts";
import { linesOf } from "../parsers/lines.ts";
import type { Output } from "../source.ts";
import { ParseError } from "../text.ts";
import {
  eventCounter,
  type Figures,
  plainFamilies,
  requireFamilies,
  swappedInPages,
  swappedOutPages,
} from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const OOM_KILL = "oom_kill";

const ROWS: readonly MetricRow[] = [
  eventCounter("oom_kills", "Processes killed because the system ran out of memory.", OOM_KILL),
  eventCounter("page_faults", "Page faults.", "pgfault"),
  eventCounter("major_page_faults", "Page faults that needed disk I/O.", "pgmajfault"),
  swappedInPages("pswpin"),
  swappedOutPages("pswpout"),
];

const STALLS = eventCounter(
  "allocation_stalls",
  "Allocations that had to wait for direct reclaim, by zone.",
  "allocstall_…",
);
const ZONES = ["dma", "dma32", "normal", "movable", "device"];

/** Linux 4.13 and later: processes killed by the OOM killer, and signs of memory shortage. */
export const oom: Preset = {
  name: "oom",
  about: "Linux: out of memory kills, page faults and swapping, by /proc/vmstat",
  programs: ["cat"],
  accepts: (words) => words.some((word) => /(?:^|\/)proc\/vmstat$/.test(word)),
  attempts: [{ files: ["/proc/vmstat"] }],
  read: readOom,
  readAsNodeExporter: readOomAsNodeExporter,
  metrics: [...ROWS, STALLS],
};

/** The fields that node_exporter's collector `vmstat` exports by default. */
const NODE_FIELD = /^(?:oom_kill|pgpg|pswp|pg\w*fault)\w*$/;

/** The same with names and types of node_exporter. Kernels before 4.13 have no oom_kill. */
function readOomAsNodeExporter({ stdout }: Output): readonly Family[] {
  const fields = parseFlatKeyed(linesOf(stdout), "/proc/vmstat");
  const names = [...fields.keys()].filter((name) => NODE_FIELD.test(name));
  const head = (name: string): MetricHead => ({
    name: `node_vmstat_${name}`,
    help: `/proc/vmstat information field ${name}.`,
    type: "untyped",
  });
  const families = names.map((name) => family(head(name), [[{}, countOf(fields, name)]]));
  return requireFamilies(
    families.filter(({ samples }) => samples.length > 0),
    "counters that are read of /proc/vmstat",
  );
}

function parseOutput({ stdout, words }: Output): Figures {
  const fields = parseFlatKeyed(linesOf(stdout), "/proc/vmstat");
  const isWhole = countOf(fields, OOM_KILL) !== undefined;
  if (!isWhole && !commandOf(words).partial) {
    throw new ParseError('found no line "oom_kill", wanted that of /proc/vmstat');
  }
  return { get: (name) => countOf(fields, name) };
}

function readOom(output: Output): readonly Family[] {
  const counts = parseOutput(output);
  const stalls = family(
    STALLS,
    ZONES.map((zone) => [{ zone }, counts.get(`allocstall_${zone}`)]),
  );
  const found = [...plainFamilies(ROWS, counts), ...(stalls.samples.length > 0 ? [stalls] : [])];
  return requireFamilies(found, "counters that are read of /proc/vmstat");
}
