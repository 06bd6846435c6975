import { type Family, family, type MetricHead } from "../metric.ts";
import { type MeminfoEntry, parseMeminfo } from "../parsers/meminfo.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { MEMINFO_COUNTS, MEMINFO_KEYS } from "./meminfo_keys.ts";
import type { Preset } from "./preset.ts";

/** Paths under which a machine's or a container's /proc/meminfo is found. */
export const MEMINFO_FILE = /(?:^|\/)proc\/meminfo$/;

/** /proc/meminfo, under the names that all presets share. @throws ParseError */
export function readMeminfo(output: Output): readonly Family[] {
  return families(parseMeminfo(decode(output.stdout)), headOf);
}

/** /proc/meminfo, under the names that node_exporter gives it: `node_memory_MemTotal_bytes`. @throws ParseError */
function readMeminfoAsNodeExporter(output: Output): readonly Family[] {
  return families(parseMeminfo(decode(output.stdout)), nodeExporterHeadOf);
}

function families(entries: readonly MeminfoEntry[], headOfEntry: (entry: MeminfoEntry) => MetricHead): Family[] {
  const keys = new Map<string, string>();
  const found: Family[] = [];
  for (const entry of entries) {
    requireUsualUnit(entry);
    const head = headOfEntry(entry);
    const other = keys.get(head.name);
    if (other !== undefined)
      throw new ParseError(
        `found ${quote(entry.key)} beside ${quote(other)}, wanted keys that differ in more than spelling`,
      );
    keys.set(head.name, entry.key);
    if (entry.value !== undefined) found.push(family(head, [[{}, entry.value]]));
  }
  return found;
}

/** A line that lost its unit would pass for a count. @throws ParseError */
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

/** The kernel's own account of memory. */
export const meminfo: Preset = {
  name: "meminfo",
  about: "Linux: memory by the kernel's own account, /proc/meminfo",
  programs: ["cat"],
  asks: (words) => words.some((word) => MEMINFO_FILE.test(word)),
  attempts: [{ files: ["/proc/meminfo"] }],
  read: readMeminfo,
  readAsNodeExporter: readMeminfoAsNodeExporter,
  metrics: [...MEMINFO_KEYS.keys()].map((key) => ({
    ...headOf({ key, isBytes: !MEMINFO_COUNTS.has(key) }),
    from: key,
  })),
};
