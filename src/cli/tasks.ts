import type { Task } from "../collect/task.ts";
import { type Containment, containmentOf, type Isolation } from "../command/contain.ts";
import { commandEnvironment } from "../command/environment.ts";
import type { Preset, Read } from "../presets/preset.ts";
import { presetFor, presetNamed, presets } from "../presets/table.ts";
import { programOf, shellWords } from "../presets/words.ts";
import { quote } from "../text.ts";
import { UsageError } from "./flags.ts";
import type { Host } from "./host.ts";
import type { METRIC_NAMES } from "./tables.ts";

/** The flags that say what to run and how to read it. */
type Wanted = {
  readonly command: string | undefined;
  readonly commandPresets: readonly string[];
  readonly names: (typeof METRIC_NAMES)[number];
};

type Bounds = {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly isolate: Isolation;
  readonly dieWithExporter: boolean;
};

const PLATFORM_PRESETS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "vm_stat",
  freebsd: "freebsd",
  win32: "windows",
  aix: "aix",
  sunos: "solaris",
};

/** The memory commands that the flags ask for. @throws UsageError */
export function tasksOf(flags: Wanted & Bounds, host: Host): readonly Task[] {
  const environment = commandEnvironment(host.environment);
  const { timeoutMs, maxOutputBytes, dieWithExporter: diesWithExporter } = flags;
  const containment = containmentFor(flags.isolate);
  const bounds = { timeoutMs, maxOutputBytes, environment, diesWithExporter, ...(containment && { containment }) };
  if (flags.command !== undefined) {
    const { preset, read, words } = lineReading(flags.command, flags);
    const alternatives = [{ argv: ["/bin/sh", "-c", flags.command] }];
    return [{ ...bounds, name: preset.name, alternatives, read, words, versionArgv: versionArgvOf(preset) }];
  }
  const chosen = flags.commandPresets.map((name) => presetOf(name, flags.names, host.platform));
  const twice = chosen.find((preset, index) => chosen.indexOf(preset) !== index);
  if (twice) throw new UsageError(`--command.preset: found ${twice.name} twice`);
  return chosen.map((preset) => ({
    ...bounds,
    name: preset.name,
    alternatives: preset.alternatives,
    read: readOf(preset, flags.names),
    versionArgv: versionArgvOf(preset),
  }));
}

function containmentFor(isolation: Isolation): Containment | undefined {
  const containment = containmentOf(isolation);
  if (typeof containment !== "string") return containment;
  throw new UsageError(`--command.isolate: found ${quote(isolation)}, which isn't available here: ${containment}`);
}

/** What tells the program's version, where the words' meaning depends on it and they name the program plainly. */
function versionArgvOf({ versionMatters }: Preset): Task["versionArgv"] {
  return (words) => {
    const command = versionMatters?.(words) ? programOf(words) : undefined;
    return command?.through.length === 0 ? [words[0] ?? "", "--version"] : undefined;
  };
}

function readOf(preset: Preset, names: Wanted["names"]): Read {
  if (names === "memory") return preset.read;
  if (preset.readAsNodeExporter) return preset.readAsNodeExporter;
  const known = presets.filter((one) => one.readAsNodeExporter).map((one) => one.name);
  throw new UsageError(
    `--metrics.names: found node_exporter with preset ${preset.name}, wanted one of ${known.join(", ")}`,
  );
}

/** The preset of a name; `auto` is the platform's own, and a platform that isn't known is taken for a Linux. */
function presetOf(name: string, names: Wanted["names"], platform: NodeJS.Platform): Preset {
  const own = PLATFORM_PRESETS[platform] ?? (names === "node_exporter" ? "meminfo" : "free");
  const preset = presetNamed(name === "auto" ? own : name);
  if (preset === undefined) throw new Error(`No preset ${name}`);
  return preset;
}

/** How an output is to be read. */
export type Reading = { readonly preset: Preset; readonly read: Read; readonly words: readonly string[] };

/** How to read an output by the flags alone: by the command line that they name, or by that of the preset. @throws UsageError */
export function readingOf(flags: Wanted, host: Host): Reading {
  if (flags.command !== undefined) return lineReading(flags.command, flags);
  const [name = "auto", ...more] = flags.commandPresets;
  if (more.length > 0) throw new UsageError("--command.preset: wanted one preset to read by, found several");
  const preset = presetOf(name, flags.names, host.platform);
  return { preset, read: readOf(preset, flags.names), words: preset.usual ?? preset.alternatives[0]?.argv ?? [] };
}

/** How to read the output of a shell line: by the preset that is named, or by the program that the line names. */
function lineReading(line: string, { commandPresets, names }: Wanted): Reading {
  const words = shellWords(line);
  const [name = "auto", ...more] = commandPresets;
  if (more.length > 0) throw new UsageError("--command: wanted one --command.preset beside it, found several");
  const preset = name === "auto" ? presetFor(words) : presetNamed(name);
  if (preset === undefined) {
    const known = presets.map((one) => one.name).join(", ");
    throw new UsageError(
      `--command: no preset is known to read ${quote(line)}, name one by --command.preset: ${known}`,
    );
  }
  return { preset, read: readOf(preset, names), words };
}
