import * as v from "valibot";
import { presets } from "../presets/table.ts";
import { metricSchema, parserSchema } from "./format_schema.ts";
import type { StandIn } from "./rest.ts";
import { fields, list } from "./schema.ts";
import { choice, duration, hidden, matching, oneOf, optional, record, required, size, whole, words } from "./words.ts";
import type { Tree } from "./yaml.ts";

/** The schema of `--config.file`. docs/configuration.md and the JSON Schema are generated from it. */

/** Values of `isolate`; what each does is up to src/command. */
export const ISOLATION_NAMES = ["none", "pidns", "cgroup"] as const;

const parameterName = matching("the name of a parameter (small letters, digits and _)", /^[a-z][a-z0-9_]{0,39}$/);
const absolutePath = matching("an absolute path", /^\/[^\0]*$/);
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

const fromParameter = fields({
  parameter: required(parameterName, "A declared parameter. Its value in the request becomes one argument."),
});

/** A value of `env`: the text itself, or its source. */
const envValue = choice(
  {
    scalar: hidden,
    mapping: fields({
      file: optional(
        absolutePath,
        "A file whose content is the value, without the trailing newline. It is read at the start and at each reload.",
      ),
      credential: optional(
        matching("the name of a credential", /^[^/\0]{1,255}$/),
        "A systemd credential (`LoadCredential=`), which is a file in `$CREDENTIALS_DIRECTORY`.",
      ),
      parameter: optional(parameterName, "A declared parameter. Its value in the request is used."),
    }),
  },
  "a text, {file: PATH}, {credential: NAME} or {parameter: NAME}",
);

const parameterSchema = fields({
  pattern: required(words, "Pattern that the whole value has to match, in RE2 syntax."),
  max_length: optional(whole(1, 4096), "Maximum length of a value.", "`253`"),
  default: optional(
    words,
    "Value for requests without this parameter. A command runs in every scrape too if all its parameters have a default.",
  ),
});

/** One of `commands`. */
export const commandSchema = fields({
  name: required(
    matching(
      "a name (at most 64 letters, digits, and _ . - inside)",
      /^[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9_])?$/,
    ),
    "Name of the command: the value of the label `command`, and of `/probe?command=`.",
  ),
  command: optional(
    choice(
      { scalar: words, list: list(choice({ scalar: hidden, mapping: fromParameter }, "a text, or {parameter: NAME}")) },
      "a shell line, or a list of arguments",
    ),
    "Command to run. A list is the program and its arguments, run without a shell. A text is a line for `/bin/sh -c`.",
  ),
  output_of: optional(
    words,
    "With `command`: the command line whose output it prints, like `free -m`. The output is read accordingly.",
  ),
  file: optional(
    absolutePath,
    "File to read instead of running a command. `*` matches any characters within a name; each matching file is read separately.",
  ),
  preset: optional(oneOf(presets.map(({ name }) => name)), "Preset, which defines what to run and how to read it."),
  parser: optional(
    parserSchema,
    "How to parse the output. Not needed where it follows from the program, as for `free -m`.",
  ),
  metrics: optional(list(metricSchema), "Metrics to make from the fields of each record."),
  timeout: optional(
    duration,
    "Timeout of a run. When it expires, the command and everything that it started are killed.",
    "`--command.timeout`",
  ),
  interval: optional(
    duration,
    "Interval at which the command runs in the background. Scrapes get the last result.",
    "`--command.interval`",
  ),
  max_age: optional(
    duration,
    "Maximum age of a result with `interval`. Older results are not served.",
    "three intervals",
  ),
  max_output: optional(
    size,
    "Limit of what a run may print to stdout. A run that prints more is killed.",
    "`--command.max-output`",
  ),
  max_series: optional(
    whole(1, 1_000_000),
    "Maximum number of series of a run. A run with more fails with the outcome `overflow`.",
    "`1000`",
  ),
  env: optional(
    record("the name of a variable", variable, envValue),
    "Environment variables of the command, in addition to `PATH`, `HOME`, `USER`, `LOGNAME`, `TZ`, `TMPDIR` and `LC_ALL=C`.",
  ),
  env_passthrough: optional(
    list(matching("the name of a variable", variable)),
    "Environment variables that are passed on from the exporter, if they are set.",
  ),
  cwd: optional(absolutePath, "Working directory of the command.", "`/`"),
  ok_exit_codes: optional(list(whole(0, 255)), "Exit statuses that count as success.", "`[0]`"),
  isolate: optional(
    oneOf(ISOLATION_NAMES),
    "How the kernel isolates each run: in a PID namespace (`pidns`) or a `cgroup`.",
    "`--command.isolate`",
  ),
  nice: optional(whole(-20, 19), "Niceness to add, as with nice(1).", "`0`"),
  parameters: optional(
    record("the name of a parameter (small letters, digits and _)", /^[a-z][a-z0-9_]{0,39}$/, parameterSchema),
    "Parameters that a request to `/probe` may set.",
  ),
});

/** The keys of a file. Each command is checked separately. */
export const fileSchema = fields({
  max_concurrent: optional(
    whole(1, 10_000),
    "Maximum number of commands that run at the same time, over all files. It may be set in one file only.",
    "no limit",
  ),
  commands: required(list(v.custom<Tree>(() => true)), "The commands."),
});

const leaf = (text: string): Tree => ({ text, plain: true });
const STAND_IN_METRIC: ReadonlyMap<string, Tree> = new Map<string, Tree>([
  ["name", leaf("unnamed")],
  ["help", leaf("none")],
  ["value", new Map([["number", leaf("1")]])],
]);
const STAND_IN_PARAMETER: ReadonlyMap<string, Tree> = new Map([["pattern", leaf(".*")]]);

/** Replacements for invalid required values, so that the rest of the command can be checked. */
export const standIn: StandIn = ([key, name, field, ...deeper]) => {
  if (deeper.length > 0) return undefined;
  const part = (mapping: ReadonlyMap<string, Tree>) => (field === undefined ? mapping : mapping.get(String(field)));
  if (key === "name" && name === undefined) return leaf("unnamed");
  if (name === undefined) return undefined;
  if (key === "metrics") return part(STAND_IN_METRIC);
  if (key === "parameters") return part(STAND_IN_PARAMETER);
  return (key === "command" || key === "env") && field === undefined ? leaf("text") : undefined;
};

export type CommandSection = v.InferOutput<typeof commandSchema>;
export type ParameterSection = v.InferOutput<typeof parameterSchema>;
export type EnvValue = v.InferOutput<typeof envValue>;
