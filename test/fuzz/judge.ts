import type { Family } from "../../src/metric.ts";
import { decode, decodeTable } from "../../src/parsers/text.ts";
import type { Preset } from "../../src/presets/preset.ts";
import { vmStat } from "../../src/presets/vm_stat.ts";
import type { Output } from "../../src/source.ts";
import type { Explain, FoundSample } from "./explain.ts";
import { explainFree } from "./explain_free.ts";
import {
  explainCgroup,
  explainMeminfo,
  explainMeminfoAsFree,
  explainNuma,
  explainOom,
  explainPressure,
  explainSwaps,
  explainVmstat,
  explainZram,
} from "./explain_linux.ts";
import { explainAix, explainFreebsd, explainSolaris, explainVmStat, explainWindows } from "./explain_others.ts";
import { explainProcesses, withoutEscapes } from "./explain_processes.ts";

const EXPLAIN: Readonly<Record<string, Explain>> = {
  free: explainFree,
  meminfo: explainMeminfo,
  vmstat: explainVmstat,
  pressure: explainPressure,
  swaps: explainSwaps,
  cgroup: explainCgroup,
  zram: explainZram,
  numa: explainNuma,
  processes: explainProcesses,
  oom: explainOom,
  vm_stat: explainVmStat,
  freebsd: explainFreebsd,
  windows: explainWindows,
  aix: explainAix,
  solaris: explainSolaris,
};

/** Sums of sizes up to 2^63 can differ in their last bits by the order of their parts. All else is exact. */
const TOLERANCE: Readonly<Record<string, number>> = { processes: 1e-12 };

/** What is wrong with the families that a preset made of an output: empty if nothing is. */
export function faultsOf(preset: Preset, families: readonly Family[], { stdout, words }: Output): string[] {
  const text = (preset.name === "free" ? decodeTable(stdout) : decode(stdout)).replace(/\n\0+$/, "\n");
  const { name, metrics } = reader(preset, text);
  const heads = new Map(metrics.map((row) => [row.name, row]));
  const samples = families.flatMap(({ name, samples }) =>
    samples.map(({ labels, value }): FoundSample => ({ name, from: heads.get(name)?.from ?? "", labels, value })),
  );
  const lines = text.split("\n").map((line) => line.trimEnd());
  const isFile = name === "free" && (words.some(isMeminfo) || (words.length === 0 && text.startsWith("MemTotal:")));
  const explain = (isFile ? explainMeminfoAsFree : EXPLAIN[name])?.({ lines, words, samples });
  if (!explain) return [`nothing explains what ${preset.name} gives`];
  const faults = samples.flatMap((sample) => {
    const series = `${sample.name}${JSON.stringify(sample.labels)}`;
    const known = explain(sample);
    const isKnown = known.some((value) => Math.abs(value - sample.value) <= (TOLERANCE[name] ?? 0) * value);
    return [
      ...(isKnown ? [] : [`${series} is ${sample.value}, and the text explains only ${known.join(", ") || "nothing"}`]),
      ...foreignLabels(sample, text, words).map(
        (label) => `${series} has ${JSON.stringify(label)}, which isn't in the text`,
      ),
    ];
  });
  return [...faults, ...wrongFamilies(preset, families, heads)];
}

const MACOS = /^(?:hw\.memsize|vm\.swapusage|kern\.memorystatus_(?:level|vm_pressure_level))\s*[:=]/m;

const isMeminfo = (word: string) => word.endsWith("proc/meminfo");

/** The preset that reads in the end: freebsd hands on what sysctl prints of macOS. */
function reader(preset: Preset, text: string): Preset {
  return preset.name === "freebsd" && MACOS.test(text) ? vmStat : preset;
}

function wrongFamilies(preset: Preset, families: readonly Family[], heads: ReadonlyMap<string, object>): string[] {
  const faults: string[] = [];
  const names = families.map(({ name }) => name);
  if (new Set(names).size < names.length) faults.push("a family comes twice");
  for (const { name, type, samples } of families) {
    const hasAnyKey = preset.name === "meminfo" || name.startsWith("node_");
    if (!heads.has(name) && !hasAnyKey) faults.push(`${name} isn't in the table of ${preset.name}`);
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(name)) faults.push(`${JSON.stringify(name)} is no name of a metric`);
    if (samples.length === 0) faults.push(`${name} has no sample`);
    const series = samples.map(({ labels }) => JSON.stringify(labels));
    if (new Set(series).size < series.length) faults.push(`${name} has a series twice`);
    const isPriority = name === "memory_swap_device_priority";
    const low = samples.find(({ value }) => !Number.isFinite(value) || (value < 0 && !isPriority));
    if (low) faults.push(`${name} is ${low.value}`);
    if ((type === "counter") !== name.endsWith("_total") && !name.startsWith("node_"))
      faults.push(`${name} is a ${type}`);
  }
  return faults;
}

/** Labels of which neither the text nor the command line has the words. */
function foreignLabels({ labels }: FoundSample, text: string, words: readonly string[]): string[] {
  return Object.entries(labels).flatMap(([key, label]) => (isIn(key, label, text, words) ? [] : [label]));
}

function isIn(key: string, label: string, text: string, words: readonly string[]): boolean {
  switch (key) {
    case "window":
    case "mode":
      // These name a part of the line that the value was found by.
      return true;
    case "program":
      return (
        label === "other" ||
        [text, withoutEscapes(text)].some((one) =>
          one
            .replace(/\p{Cc}/gu, "?")
            .toWellFormed()
            .includes(label),
        )
      );
    case "device":
      return (
        text.includes(label.replace(/^\/dev\/(?=zram)/, "")) ||
        /\\/.test(text) ||
        text.split(/\s+/).join(" ").includes(label)
      );
    case "cgroup":
      return label === "/" || text.includes(label) || words.some((word) => word.includes(label));
    case "zone":
      return text.includes(`allocstall_${label} `);
    case "node":
      return text.includes(`Node ${label}`) || text.includes(`/node${label}/`);
    default:
      return text.includes(label);
  }
}
