import type { Task } from "../collect/task.ts";
import { commandEnvironment } from "../command/environment.ts";
import { quote } from "../parsers/text.ts";
import type { Preset } from "../presets/preset.ts";
import { presetFor, presetNamed, presets } from "../presets/table.ts";
import { shellWords } from "../presets/words.ts";
import { UsageError } from "./flags.ts";
import type { Host } from "./host.ts";

/** The flags that say what to run. */
type Wanted = { readonly command: string | undefined; readonly commandPresets: readonly string[] };

type Bounds = { readonly timeoutMs: number; readonly maxOutputBytes: number };

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
  const bounds = { timeoutMs: flags.timeoutMs, maxOutputBytes: flags.maxOutputBytes, environment };
  if (flags.command !== undefined) {
    const { preset, words } = readingOf(flags);
    const alternatives = [{ argv: ["/bin/sh", "-c", flags.command] }];
    return [{ ...bounds, ...ofPreset(preset), name: preset.name, alternatives, words }];
  }
  const chosen = flags.commandPresets.map((name) => presetOf(name, host.platform));
  const twice = chosen.find((preset, index) => chosen.indexOf(preset) !== index);
  if (twice) throw new UsageError(`--command.preset: found ${twice.name} twice`);
  return chosen.map((preset) => ({
    ...bounds,
    ...ofPreset(preset),
    name: preset.name,
    alternatives: preset.alternatives,
  }));
}

function ofPreset(preset: Preset): Pick<Task, "read" | "versionArgv"> {
  const { read, versionMatters } = preset;
  return {
    read,
    ...(versionMatters && {
      versionArgv: (words) => (versionMatters(words) ? [words[0] ?? "", "--version"] : undefined),
    }),
  };
}

/** The preset of a name; `auto` is the platform's own, and a platform that isn't known is taken for a Linux. */
export function presetOf(name: string, platform: NodeJS.Platform): Preset {
  const preset = presetNamed(name === "auto" ? (PLATFORM_PRESETS[platform] ?? "free") : name);
  if (preset === undefined) throw new Error(`No preset ${name}`);
  return preset;
}

/** How to read the output of a shell line: by the preset that is named, or by the program that the line names. */
export function readingOf({ command = "", commandPresets }: Wanted): { preset: Preset; words: readonly string[] } {
  const words = shellWords(command);
  const [name = "auto", ...more] = commandPresets;
  if (more.length > 0) throw new UsageError("--command: wanted one --command.preset beside it, found several");
  const preset = name === "auto" ? presetFor(words) : presetNamed(name);
  if (preset === undefined) {
    const known = presets.map((one) => one.name).join(", ");
    throw new UsageError(
      `--command: no preset is known to read ${quote(command)}, name one by --command.preset: ${known}`,
    );
  }
  return { preset, words };
}
