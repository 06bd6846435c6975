import { toYaml } from "../config/to_yaml.ts";
import { shownWords } from "../gather/shown.ts";
import type { Source } from "../source.ts";

/** A command to show. */
type Shown = {
  readonly name: string;
  /** With names in place of parameters. */
  readonly shape: Source | undefined;
  /** `parser` and `metrics` of the configuration file. */
  readonly parser?: object | undefined;
  readonly metrics?: readonly object[] | undefined;
  readonly parameters: readonly ShownParameter[];
};

type ShownParameter = {
  readonly name: string;
  readonly pattern: string;
  readonly maxLength: number;
  readonly fallback: string | undefined;
};

/**
 * The effective configuration as YAML. Configured command lines are reduced to the program and the names of options, and their
 * environment to the names.
 */
export function effectiveConfig(
  flags: Readonly<Record<string, unknown>>,
  commands: readonly Shown[],
  maxConcurrent?: number,
): string {
  const limit = maxConcurrent !== undefined && { max_concurrent: maxConcurrent };
  return toYaml({ flags, ...limit, commands: commands.map(shownCommand) });
}

function shownCommand({ name, shape, parser, metrics, parameters }: Shown): object {
  return {
    name,
    ...(shape && shownSource(shape)),
    ...(parser && { parser }),
    ...(metrics && { metrics }),
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters.map(shownParameter)) }),
  };
}

function shownParameter({ name, pattern, maxLength, fallback }: ShownParameter): [string, object] {
  return [name, { pattern, max_length: maxLength, ...(fallback !== undefined && { default: fallback }) }];
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
