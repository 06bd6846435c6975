import type { Containment } from "../command/containment.ts";
import type { FormatReader } from "../formats/reader.ts";
import type { Preset } from "../presets/preset.ts";
import { type MetricNames, presetAttempts, presetNamed, presetRead, presetWords } from "../presets/table.ts";
import {
  type Attempt,
  DEFAULT_MAX_SERIES,
  isPattern,
  MAX_AGE_INTERVALS,
  type Read,
  type Schedule,
  type Source,
} from "../source.ts";
import { quote } from "../text.ts";
import { type Blame, type EnvContext, readEnv } from "./command_env.ts";
import { parameterOf, readParameters } from "./command_parameters.ts";
import { type CommandReader, readerOf } from "./command_reader.ts";
import { checkSection, kindOf, type SectionContext } from "./command_rules.ts";
import type { CommandSection, ISOLATION_NAMES } from "./command_schema.ts";
import { fileRead } from "./file_reader.ts";
import { type Parameter, valuesOf } from "./parameters.ts";

type IsolationName = (typeof ISOLATION_NAMES)[number];

/** Defaults for what a section doesn't set. */
export type Defaults = EnvContext & {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly schedule?: Schedule | undefined;
  readonly isolate: IsolationName;
  readonly diesWithExporter: boolean;
  readonly names: MetricNames;
  /** The environment that all commands have. */
  readonly environment: Readonly<Record<string, string>>;
  /** The containment for an isolation, or why it isn't available here. */
  readonly containmentOf: (isolation: IsolationName) => Containment | undefined | string;
};

/** A command of the configuration file. */
export type ConfiguredCommand = {
  readonly name: string;
  /** The source with the defaults of its parameters. Undefined if a parameter has none: then it runs for `/probe` only. */
  readonly source: Source | undefined;
  /** The same with names in place of parameters, for people. Never run it. */
  readonly shape: Source | undefined;
  /** `parser` and `metrics` as they are written. */
  readonly parser: CommandSection["parser"] | undefined;
  readonly metrics: CommandSection["metrics"] | undefined;
  readonly parameters: readonly Parameter[];
  /** The source with the parameters of a request, or what is wrong with them. */
  readonly bind: (given: ReadonlyMap<string, string>) => Source | string;
  /** How to read an output of the command, for `parse`. */
  readonly reading: { readonly read: Read; readonly words: readonly string[] };
  readonly records: FormatReader["records"] | undefined;
};

/** The result of reading a section. */
export type ReadCommand = {
  /** Undefined if the section has mistakes, which are all reported. */
  readonly command: ConfiguredCommand | undefined;
  /** The preset that reads the output. Undefined for formats, and if it isn't known. */
  readonly preset: Preset | undefined;
};

/** Reads a command from its section. */
export async function readCommand(
  section: CommandSection,
  defaults: Defaults,
  { blame: report, isLost }: Pick<SectionContext, "blame" | "isLost">,
): Promise<ReadCommand> {
  let isGood = true;
  const blame: Blame = (message, path, at) => {
    isGood = false;
    report(message, path, at);
  };
  const context = {
    blame,
    isLost,
    here: defaults.own.PWD ?? "/path/to",
    intervalMs: defaults.schedule?.intervalMs,
  };
  const kind = kindOf(section, context);
  const isReadable = checkSection(section, kind, context);
  const env = await readEnv(section, defaults, context);
  const parameters = await readParameters(section, env, context);
  const isolate = section.isolate ?? defaults.isolate;
  const containment = kind === "file" ? undefined : defaults.containmentOf(isolate);
  if (typeof containment === "string")
    blame(`found ${quote(isolate)}, which isn't available here: ${containment}`, ["isolate"]);
  const preset = section.preset === undefined ? undefined : presetNamed(section.preset);
  const reader = preset
    ? { read: presetRead(preset, defaults.names), preset }
    : await readerOf(section, defaults.names, context, isReadable);
  const bad = { command: undefined, preset: reader?.preset };
  if (!isGood || reader === undefined || typeof containment === "string") return bad;
  const identity = JSON.stringify([section, env.values]);
  const common = {
    identity,
    ...boundsOf(section, defaults, parameters.length > 0),
    showsWords: preset !== undefined || kind === "file",
    ...(preset && { yields: true }),
    ...(containment && { containment }),
  };
  const make = (values: ReadonlyMap<string, string>): Source | string => {
    const attempts = preset ? presetAttempts(preset, defaults.names) : ownAttempts(section, reader, values);
    if (typeof attempts === "string") return attempts;
    const fromRequest = [...env.parameters].map(([variable, name]) => [variable, values.get(name) ?? ""] as const);
    return {
      ...common,
      attempts,
      environment: { ...defaults.environment, ...env.values, ...Object.fromEntries(fromRequest) },
    };
  };
  const bind = (given: ReadonlyMap<string, string>): Source | string => {
    const values = valuesOf(parameters, given);
    return typeof values === "string" ? values : make(values);
  };
  const source = parameters.every(({ fallback }) => fallback !== undefined) ? bind(new Map()) : undefined;
  if (typeof source === "string") blame(source, ["parameters"], "key");
  if (typeof source === "string") return bad;
  const shape = make(new Map(parameters.map(({ name }) => [name, `{${name}}`])));
  const command = {
    name: section.name,
    source,
    shape: typeof shape === "string" ? undefined : shape,
    parser: section.parser,
    metrics: section.metrics,
    parameters,
    bind,
    reading: { read: reader.read, words: reader.words ?? (preset ? presetWords(preset) : [section.name]) },
    records: reader.records,
  };
  return { command, preset: reader.preset };
}

/** The attempt of a command or file, or what is wrong with the value of a parameter. */
function ownAttempts(
  { name, command, file = "" }: CommandSection,
  { read, words }: CommandReader,
  values: ReadonlyMap<string, string>,
): readonly Attempt[] | string {
  const reading = { read, ...(words && { words }) };
  if (command === undefined)
    return [{ files: [file], apart: true, ...reading, read: fileRead(name, isPattern(file), read) }];
  if (typeof command === "string") return [{ argv: ["/bin/sh", "-c", command], ...reading }];
  const argv: string[] = [];
  for (const word of command) {
    const name = parameterOf(word);
    const value = name === undefined ? String(word) : (values.get(name) ?? "");
    // Most programs would interpret it as an option.
    if (name !== undefined && value.startsWith("-"))
      return `parameter ${name}: found ${quote(value)}, wanted a value that doesn't begin with -`;
    argv.push(value);
  }
  return [{ argv, ...reading }];
}

function boundsOf(section: CommandSection, defaults: Defaults, hasParameters: boolean) {
  const schedule = hasParameters ? undefined : scheduleOf(section, defaults);
  const okExitCodes = section.ok_exit_codes ?? (section.parser?.format === "nagios" ? NAGIOS_CODES : undefined);
  return {
    name: section.name,
    timeoutMs: section.timeout ?? defaults.timeoutMs,
    maxOutputBytes: section.max_output ?? defaults.maxOutputBytes,
    maxSeries: section.max_series ?? DEFAULT_MAX_SERIES,
    diesWithExporter: defaults.diesWithExporter,
    ...(schedule && { schedule }),
    ...(section.cwd !== undefined && { directory: section.cwd }),
    ...(okExitCodes && { okExitCodes }),
    ...(section.nice !== undefined && { nice: section.nice }),
  };
}

/** Exit statuses of Nagios plugins, which report the state of the check. They are values, not failures. */
const NAGIOS_CODES: readonly number[] = [0, 1, 2, 3];

function scheduleOf(section: CommandSection, { schedule }: Defaults): Schedule | undefined {
  const { interval: intervalMs, max_age: maxAgeMs } = section;
  if (intervalMs === undefined) return schedule && { ...schedule, ...(maxAgeMs !== undefined && { maxAgeMs }) };
  return { intervalMs, maxAgeMs: maxAgeMs ?? MAX_AGE_INTERVALS * intervalMs };
}
