import { toYaml } from "../config/to_yaml.ts";
import { shownWords } from "../gather/shown.ts";
import type { Source } from "../source.ts";

/** A command, as far as it is known without running it. */
type Shown = {
  readonly name: string;
  /** Undefined where it runs for `/probe` alone. */
  readonly source: Source | undefined;
  /** Names of what a request may bring, with the patterns that it has to match. */
  readonly parameters: Readonly<Record<string, string>>;
};

/**
 * The configuration that a start would have, as YAML. Of command lines of the user's own only programs and the names of
 * options are shown, and of the environment of commands the names.
 */
export function effectiveConfig(flags: Readonly<Record<string, unknown>>, commands: readonly Shown[]): string {
  return toYaml({ flags, commands: commands.map(shownCommand) });
}

function shownCommand({ name, source, parameters }: Shown): object {
  return {
    name,
    ...(source && shownSource(source)),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}

function shownSource(source: Source): object {
  const { schedule, directory, okExitCodes, nice } = source;
  return {
    attempts: source.attempts.map((attempt) => shownWords(attempt, source).join(" ")),
    timeout_seconds: source.timeoutMs / 1000,
    ...(schedule && { interval_seconds: schedule.intervalMs / 1000, max_age_seconds: schedule.maxAgeMs / 1000 }),
    max_output_bytes: source.maxOutputBytes,
    max_series: source.maxSeries,
    ...(directory !== undefined && { cwd: directory }),
    ...(okExitCodes && { ok_exit_codes: okExitCodes }),
    ...(nice !== undefined && { nice }),
    isolated: source.containment !== undefined,
    dies_with_exporter: source.diesWithExporter ?? false,
    environment: Object.keys(source.environment),
  };
}
