import { type Family, family, type MetricHead } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import { type MeminfoEntry, parseMeminfo } from "../parsers/meminfo.ts";
import type { Output } from "../source.ts";
import { OverflowError, ParseError, quote } from "../text.ts";
import { bytesGauge } from "./figures.ts";
import { MEMINFO_COUNTS, MEMINFO_KEYS } from "./meminfo_keys.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const CACHE: MetricRow = bytesGauge(
  "cache",
  "Memory in the page cache and in reclaimable slabs.",
  "Cached + SReclaimable",
);

/** Paths of the meminfo files of NUMA nodes. */
export const NODE_FILE = /\/node(?:\d+|\*)\/meminfo$/;
/** The path that `grep -H` puts before each line. */
const MEMINFO_PREFIX = /^(?:\/[^\s:]*)?\/proc\/meminfo:/;

/** Paths of /proc/meminfo, also of containers. */
export const MEMINFO_FILE = /(?:^|\/)proc\/meminfo$/;

/** The entries of /proc/meminfo in an output. @throws ParseError */
export function meminfoEntries({ stdout, words }: Output): readonly MeminfoEntry[] {
  const lines = linesOf(stdout).map((line) => ({ ...line, text: line.text.replace(MEMINFO_PREFIX, "") }));
  const entries = parseMeminfo(lines, (key) => MEMINFO_KEYS.has(key), commandOf(words).partial);
  for (const entry of entries) requireUsualUnit(entry);
  return entries;
}

/**
 * The sum of `Cached` and `SReclaimable`, as in `free`. Kernels up to 2.6.18 have only `Cached`. If the line of `SReclaimable` was
 * filtered out, the sum isn't known.
 */
export function cacheBytes(figures: ReadonlyMap<string, number | undefined>, partial: boolean): number | undefined {
  const cached = figures.get("Cached");
  const reclaimable = figures.get("SReclaimable");
  if (cached === undefined) return undefined;
  return reclaimable === undefined && (partial || figures.has("SReclaimable"))
    ? undefined
    : cached + (reclaimable ?? 0);
}

function readMeminfo(output: Output): readonly Family[] {
  const entries = meminfoEntries(output);
  const figures = new Map(entries.map(({ key, value }) => [key, value]));
  const cache = family(CACHE, [[{}, cacheBytes(figures, commandOf(output.words).partial)]]);
  return [...families(entries, headOf, output), ...(cache.samples.length > 0 ? [cache] : [])];
}

/** The same with the names of node_exporter: `node_memory_MemTotal_bytes`. */
function readMeminfoAsNodeExporter(output: Output): readonly Family[] {
  return families(meminfoEntries(output), nodeExporterHeadOf, output);
}

function families(
  entries: readonly MeminfoEntry[],
  headOfEntry: (entry: MeminfoEntry) => MetricHead,
  { maxSeries = Number.POSITIVE_INFINITY }: Output,
): Family[] {
  const keys = new Map<string, string>();
  const found: Family[] = [];
  for (const entry of entries) {
    const head = headOfEntry(entry);
    const other = keys.get(head.name);
    if (other !== undefined)
      throw new ParseError(
        `found ${quote(entry.key)} and ${quote(other)}, wanted keys that differ in more than spelling`,
      );
    keys.set(head.name, entry.key);
    if (entry.value === undefined) continue;
    if (found.length === maxSeries) throw new OverflowError(maxSeries);
    found.push(family(head, [[{}, entry.value]]));
  }
  return found;
}

/** Checks the unit, since a size without its unit would look like a count. @throws ParseError */
function requireUsualUnit({ key, isBytes }: MeminfoEntry): void {
  if (MEMINFO_KEYS.has(key) && isBytes === MEMINFO_COUNTS.has(key)) {
    throw new ParseError(`found ${quote(key)} ${isBytes ? "in" : "without"} kB, wanted it as the kernel writes it`);
  }
}

function headOf({ key, isBytes }: Pick<MeminfoEntry, "key" | "isBytes">): MetricHead {
  const [name, help] = MEMINFO_KEYS.get(key) ?? [`meminfo_${snakeCase(key)}`, `${key} of /proc/meminfo.`];
  if (isBytes) return { name: `memory_${name}_bytes`, help, type: "gauge", unit: "bytes" };
  return { name: `memory_${name.replace(/(?:_(?:total|count|sum|bucket|info|created))+$/, "")}`, help, type: "gauge" };
}

/** `NewKey(anon)` to `new_key_anon`. */
function snakeCase(key: string): string {
  const words = key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[A-Za-z]*/g) ?? [];
  return words.join("_").toLowerCase() || "other";
}

function nodeExporterHeadOf({ key, isBytes }: MeminfoEntry): MetricHead {
  const field = `${key.replace(/\((.*)\)/, "_$1").replace(/[^A-Za-z0-9_]/g, "_")}${isBytes ? "_bytes" : ""}`;
  return {
    name: `node_memory_${field}`,
    help: `Memory information field ${field}.`,
    type: "gauge",
    ...(isBytes && { unit: "bytes" }),
  };
}

/** Linux: /proc/meminfo. */
export const meminfo: Preset = {
  name: "meminfo",
  about: "Linux: memory, by /proc/meminfo",
  programs: ["cat"],
  accepts: (words) => words.some((word) => MEMINFO_FILE.test(word)) && !words.some((word) => NODE_FILE.test(word)),
  attempts: [{ files: ["/proc/meminfo"] }],
  read: readMeminfo,
  readAsNodeExporter: readMeminfoAsNodeExporter,
  metrics: [
    ...[...MEMINFO_KEYS.keys()].map((key) => ({
      ...headOf({ key, isBytes: !MEMINFO_COUNTS.has(key) }),
      from: key,
    })),
    CACHE,
  ],
};
