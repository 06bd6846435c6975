import { containmentOf, type Isolation } from "../command/contain.ts";
import type { Containment } from "../command/containment.ts";
import { commandEnvironment } from "../command/environment.ts";
import { readText } from "../command/process_table.ts";
import { faultOfLine } from "../presets/line_faults.ts";
import type { Preset } from "../presets/preset.ts";
import {
  presetAttempts,
  presetFor,
  presetNamed,
  presetRead,
  presets,
  presetWords,
  requireReadable,
} from "../presets/table.ts";
import { unameAttempts } from "../presets/uname.ts";
import { lineWords } from "../presets/words.ts";
import {
  type Attempt,
  DEFAULT_MAX_SERIES,
  MAX_AGE_INTERVALS,
  type Read,
  type Schedule,
  type Source,
} from "../source.ts";
import { ParseError, quote } from "../text.ts";
import type { metrics, running, scheduling } from "./command_flags.ts";
import { OperationError, UsageError, type Values } from "./flags.ts";
import type { Host } from "./host.ts";

/** Flags about what to run and how to parse it. */
type Wanted = Pick<Values<typeof running & typeof metrics>, "command" | "outputOf" | "commandPresets" | "names">;

/** Flags about the limits and the schedule of runs. */
type Bounds = Pick<Values<typeof running>, "timeoutMs" | "maxOutputBytes" | "isolate" | "dieWithExporter"> &
  Partial<Pick<Values<typeof scheduling>, "intervalMs" | "maxAgeMs">>;

const PLATFORM_PRESETS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "vm_stat",
  freebsd: "freebsd",
  win32: "windows",
  aix: "aix",
  sunos: "solaris",
};

/** The sources that the flags define. @throws UsageError */
export function sourcesOf(flags: Wanted & Bounds, host: Host): readonly Source[] {
  const containment = containmentFor(flags.isolate);
  const schedule = scheduleOf(flags);
  const common = {
    timeoutMs: flags.timeoutMs,
    maxOutputBytes: flags.maxOutputBytes,
    maxSeries: DEFAULT_MAX_SERIES,
    environment: commandEnvironment(host.environment),
    diesWithExporter: flags.dieWithExporter,
    ...(containment && { containment }),
    ...(schedule && { schedule }),
  };
  if (flags.command !== undefined) {
    const fault = faultOfLine(flags.command, { here: host.environment.PWD ?? "/path/to" });
    if (fault !== undefined) throw new UsageError(`--command: ${fault}`);
    const reading = lineReading(flags.command, flags);
    requireReading(reading, flags);
    const { preset, read, words } = reading;
    const attempt: Attempt = { argv: ["/bin/sh", "-c", flags.command], read, words };
    return [{ ...common, name: preset.name, attempts: [attempt], showsWords: false }];
  }
  if (flags.outputOf !== undefined) throw new UsageError("--command.output-of: wanted --command too");
  const wanted = flags.commandPresets.length > 0 ? flags.commandPresets : defaultPresets(flags.names, host.platform);
  const chosen = wanted.map((name) => presetOf(name, flags.names, host.platform));
  const twice = chosen.find((preset, index) => chosen.indexOf(preset) !== index);
  if (twice) throw new UsageError(`--command.preset: found ${twice.name} twice`);
  const named = chosen.map((preset) => ({ name: preset.name, attempts: presetAttempts(preset, flags.names) }));
  const uname = { name: "uname", attempts: unameAttempts.map((attempt) => ({ read: () => [], ...attempt })) };
  const all = flags.names === "node_exporter" ? [...named, uname] : named;
  return all.map((one) => ({ ...common, ...one, showsWords: true, yields: true }));
}

/** The default presets. With the names of node_exporter, they are those that the memory panels of its dashboards need. */
function defaultPresets(names: Wanted["names"], platform: NodeJS.Platform): readonly string[] {
  if (names === "memory" || PLATFORM_PRESETS[platform] !== undefined) return ["auto"];
  // The kernel may not support it, or it may be disabled.
  const hasPressure = readText("/proc/pressure/memory") !== undefined;
  return hasPressure ? ["auto", "oom", "pressure"] : ["auto", "oom"];
}

/** What isolates runs. @throws OperationError if it isn't available */
export function containmentFor(isolation: Isolation): Containment | undefined {
  const containment = containmentOf(isolation);
  if (typeof containment !== "string") return containment;
  throw new OperationError(`--command.isolate: found ${quote(isolation)}, which isn't available here: ${containment}`);
}

/** The schedule that the flags define; undefined for runs in each scrape. @throws UsageError */
export function scheduleOf({
  intervalMs = 0,
  maxAgeMs,
}: Pick<Bounds, "intervalMs" | "maxAgeMs">): Schedule | undefined {
  if (intervalMs === 0) {
    if (maxAgeMs === undefined) return undefined;
    throw new UsageError("--command.max-age: wanted --command.interval too");
  }
  if (maxAgeMs !== undefined && maxAgeMs < intervalMs)
    throw new UsageError("--command.max-age: found less than --command.interval, wanted at least as much");
  return { intervalMs, maxAgeMs: maxAgeMs ?? MAX_AGE_INTERVALS * intervalMs };
}

/** The same preset. @throws UsageError if it doesn't have the wanted names of metrics. */
function withNames(preset: Preset, names: Wanted["names"]): Preset {
  if (names === "memory" || preset.readAsNodeExporter) return preset;
  const known = presets.filter((one) => one.readAsNodeExporter).map((one) => one.name);
  throw new UsageError(
    `--metrics.names: found node_exporter with preset ${preset.name}, wanted one of ${known.join(", ")}`,
  );
}

/** The preset with a name. `auto` is that of the platform; unknown platforms count as Linux. @throws UsageError */
function presetOf(name: string, names: Wanted["names"], platform: NodeJS.Platform): Preset {
  const own = PLATFORM_PRESETS[platform] ?? (names === "node_exporter" ? "meminfo" : "free");
  const preset = presetNamed(name === "auto" ? own : name);
  if (preset === undefined) throw new Error(`No preset ${name}`);
  return withNames(preset, names);
}

/** How to parse an output. */
export type Reading = { readonly preset: Preset; readonly read: Read; readonly words: readonly string[] };

/**
 * How to parse an output by the flags: by their command line, or by the default command line of the preset.
 * @throws UsageError
 */
export function readingOf(flags: Wanted, host: Host): Reading {
  const line = flags.command ?? flags.outputOf;
  if (line !== undefined) return lineReading(line, flags);
  const [name = "auto", ...more] = flags.commandPresets;
  if (more.length > 0) throw new UsageError("--command.preset: wanted one preset to read by, found several");
  const preset = presetOf(name, flags.names, host.platform);
  return { preset, read: presetRead(preset, flags.names), words: presetWords(preset) };
}

const OUTPUT_OF = "name the command whose output it prints, like --command.output-of='free -m'";

/** How to parse the output of a shell line: by `--command.output-of` or the line itself, and by the named or detected preset. */
function lineReading(command: string, { outputOf, commandPresets, names }: Wanted): Reading {
  const flag = outputOf === undefined ? "--command" : "--command.output-of";
  const line = outputOf ?? command;
  const words = lineWords(line);
  const [name = "auto", ...more] = commandPresets;
  if (more.length > 0) throw new UsageError(`${flag}: wanted one --command.preset, found several`);
  const preset = name === "auto" ? presetFor(words) : presetNamed(name);
  if (preset === undefined) {
    const known = presets.map((one) => one.name).join(", ");
    throw new UsageError(
      `${flag}: no preset is known to read ${quote(line)}, ${OUTPUT_OF}, name a preset by --command.preset (${known}), or describe it in a --config.file`,
    );
  }
  return { preset: withNames(preset, names), read: presetRead(preset, names), words };
}

/** Refuses a line whose output can't be parsed for certain. It would fail in every run. @throws UsageError */
function requireReading({ preset, words }: Reading, { command, outputOf }: Wanted): void {
  const flag = outputOf === undefined ? "--command" : "--command.output-of";
  try {
    requireReadable(preset, words);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const line = quote(outputOf ?? command ?? "");
    throw new UsageError(`${flag}: preset ${preset.name} can't read ${line}: ${error.message}; ${OUTPUT_OF}`);
  }
}
