import * as v from "valibot";
import { presets } from "../presets/table.ts";
import { metricSchema, parserSchema } from "./format_schema.ts";
import type { StandIn } from "./rest.ts";
import { fields, list } from "./schema.ts";
import { choice, duration, hidden, matching, oneOf, optional, record, required, size, whole, words } from "./words.ts";
import type { Tree } from "./yaml.ts";

/** The keys of the configuration file of commands: docs/configuration.md and its JSON Schema are made from this. */

/** Values of `isolate`; what each does is up to src/command. */
export const ISOLATION_NAMES = ["none", "pidns", "cgroup"] as const;

const parameterName = matching("the name of a parameter (small letters, digits and _)", /^[a-z][a-z0-9_]{0,39}$/);
const absolutePath = matching("an absolute path", /^\/[^\0]*$/);
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

const fromParameter = fields({
  parameter: required(parameterName, "A declared parameter: the request's value, as one argument."),
});

/** A value of `env`: the text itself, or where it is to be had. */
const envValue = choice(
  {
    scalar: hidden,
    mapping: fields({
      file: optional(
        absolutePath,
        "A file whose text is the value, without the line end at its end. Read at the start and at each reload.",
      ),
      credential: optional(
        matching("the name of a credential", /^[^/\0]{1,255}$/),
        "A credential of systemd (`LoadCredential=`): the file of this name in `$CREDENTIALS_DIRECTORY`.",
      ),
      parameter: optional(parameterName, "A declared parameter: the request's value."),
    }),
  },
  "a text, {file: PATH}, {credential: NAME} or {parameter: NAME}",
);

const parameterSchema = fields({
  pattern: required(words, "What a value has to match as a whole, in the syntax of RE2."),
  max_length: optional(whole(1, 4096), "Longer values are refused.", "`253`"),
  default: optional(
    words,
    "The value where a request brings none. A command whose parameters all have one runs in every scrape too.",
  ),
});

/** One of `commands`. */
export const commandSchema = fields({
  name: required(
    matching("a name (letters, digits, and _ . - inside)", /^[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9_])?$/),
    "What it is called: the label `command` of its metrics, and in `/probe?command=`.",
  ),
  command: optional(
    choice(
      { scalar: words, list: list(choice({ scalar: hidden, mapping: fromParameter }, "a text, or {parameter: NAME}")) },
      "a shell line, or a list of arguments",
    ),
    "What to run: a list is the program and its arguments, with no shell; a text is a line for `/bin/sh -c`.",
  ),
  output_of: optional(
    words,
    "With `command`: the command line whose output it prints, like `free -m`. How to read it follows from that.",
  ),
  file: optional(
    absolutePath,
    "A file to read in place of a command. `*` stands for any characters of a name: then each file is read by itself.",
  ),
  preset: optional(oneOf(presets.map(({ name }) => name)), "A preset: what to run and how to read it."),
  parser: optional(
    parserSchema,
    "How to read the output. Left out where it follows from the program, as for `free -m`.",
  ),
  metrics: optional(list(metricSchema), "What becomes of the fields of each record."),
  timeout: optional(duration, "Timeout of a run; then it is killed with all that it started.", "`--command.timeout`"),
  interval: optional(duration, "Run in the background, this often; pages get the last result.", "`--command.interval`"),
  max_age: optional(duration, "With `interval`: no result that is older is served.", "three intervals"),
  max_output: optional(size, "Output limit of a run; above it the run is killed.", "`--command.max-output`"),
  max_series: optional(whole(1, 1_000_000), "More samples fail the run with `overflow`.", "`1000`"),
  env: optional(
    record("the name of a variable", variable, envValue),
    "Variables that its environment has besides `PATH`, `HOME`, `USER`, `LOGNAME`, `TZ`, `TMPDIR` and `LC_ALL=C`.",
  ),
  env_passthrough: optional(
    list(matching("the name of a variable", variable)),
    "Variables of the exporter that it gets as well, as far as they are set.",
  ),
  cwd: optional(absolutePath, "The directory in which it runs.", "`/`"),
  ok_exit_codes: optional(list(whole(0, 255)), "Exit statuses that are no failure.", "`[0]`"),
  isolate: optional(oneOf(ISOLATION_NAMES), "What the kernel contains it by.", "`--command.isolate`"),
  nice: optional(whole(-20, 19), "What is added to its niceness, by nice(1).", "`0`"),
  parameters: optional(
    record("the name of a parameter (small letters, digits and _)", /^[a-z][a-z0-9_]{0,39}$/, parameterSchema),
    "What `/probe` may bring for it.",
  ),
});

/** The keys of a file; what each command holds is checked by itself. */
export const fileSchema = fields({
  max_concurrent: optional(
    whole(1, 10_000),
    "How many commands may run at the same time, those of all files together. In one file only.",
    "no limit",
  ),
  commands: required(list(v.custom<Tree>(() => true)), "What to collect."),
});

const leaf = (text: string): Tree => ({ text, plain: true });
const STAND_IN_METRIC: ReadonlyMap<string, Tree> = new Map<string, Tree>([
  ["name", leaf("unnamed")],
  ["help", leaf("none")],
  ["value", new Map([["number", leaf("1")]])],
]);
const STAND_IN_PARAMETER: ReadonlyMap<string, Tree> = new Map([["pattern", leaf(".*")]]);

/** What stands in for a bad value of a command that has to be there, while the rest of the command is checked. */
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
