import { type Attempt, type Read, wordsOf } from "../source.ts";
import { ParseError } from "../text.ts";
import { aix } from "./aix.ts";
import { cgroup } from "./cgroup.ts";
import { passes } from "./filters.ts";
import { free } from "./free.ts";
import { freebsd } from "./freebsd.ts";
import { meminfo } from "./meminfo.ts";
import { numa } from "./numa.ts";
import { oom } from "./oom.ts";
import type { Preset } from "./preset.ts";
import { pressure } from "./pressure.ts";
import { processes } from "./processes.ts";
import { solaris } from "./solaris.ts";
import { swaps } from "./swaps.ts";
import { vmStat } from "./vm_stat.ts";
import { vmstat } from "./vmstat.ts";
import { windows } from "./windows.ts";
import { programOf } from "./words.ts";
import { zram } from "./zram.ts";

/** All presets, in the order of help texts and documentation. */
export const presets: readonly Preset[] = [
  free,
  meminfo,
  vmstat,
  pressure,
  swaps,
  cgroup,
  zram,
  numa,
  processes,
  oom,
  vmStat,
  freebsd,
  windows,
  aix,
  solaris,
];

/**
 * The preset for a command line: by the program that it runs in the end, and for `cat FILE` and the like by the file. Undefined if
 * there is none, or more than one.
 * @param words argv; a line for the shell is `["/bin/sh", "-c", line]`.
 */
export function presetFor(words: readonly string[]): Preset | undefined {
  const command = programOf(words);
  if (command === undefined) return undefined;
  const program = passes(command.words) ? "cat" : command.program;
  const able = presets.filter(
    (preset) => preset.programs.includes(program) && (preset.accepts?.(command.words) ?? true),
  );
  return able.length === 1 ? able[0] : undefined;
}

/** Values of `--metrics.names`. */
export const METRIC_NAMES = ["memory", "node_exporter"] as const;
export type MetricNames = (typeof METRIC_NAMES)[number];

/** The reader of a preset for the wanted names of metrics; its own where it has no others. @param own that of an attempt */
export function presetRead(preset: Preset, names: MetricNames, own: Read = preset.read): Read {
  return (names === "node_exporter" && preset.readAsNodeExporter) || own;
}

/** The attempts of a preset for the wanted names of metrics. */
export function presetAttempts(preset: Preset, names: MetricNames): readonly Attempt[] {
  const attempts = (names === "node_exporter" && preset.attemptsAsNodeExporter) || preset.attempts;
  return attempts.map((attempt) => ({ ...attempt, read: presetRead(preset, names, attempt.read) }));
}

/** The command line that is assumed for an output of a preset where none is named. */
export function presetWords({ defaultWords, attempts: [first] }: Preset): readonly string[] {
  return defaultWords ?? (first ? wordsOf(first) : []);
}

/** The preset of this name. */
export function presetNamed(name: string): Preset | undefined {
  return presets.find((preset) => preset.name === name);
}

/**
 * Checks that a preset can parse the output of a command line, which would fail in every run otherwise.
 * @throws ParseError if the line belongs to another preset, or doesn't determine a unit that the preset needs
 */
export function requireReadable(preset: Preset, words: readonly string[]): void {
  preset.checkWords?.(words);
  const other = presetFor(words);
  const isAlsoRead = preset === free && other === meminfo;
  if (other !== undefined && other !== preset && !isAlsoRead) {
    throw new ParseError(`found a command line that preset ${other.name} reads, wanted one for ${preset.name}`);
  }
}
