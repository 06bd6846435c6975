import { ISOLATIONS } from "../command/contain.ts";
import { METRIC_NAMES, presets } from "../presets/table.ts";
import { SECRET } from "../print/program.ts";
import { flagsOf } from "./flags.ts";
import { duration, metricPrefix, nonEmpty, oneOf, pair, positiveDuration, secondsToMs, size } from "./values.ts";

/** Flags about the command to run, its limits, and the names of its metrics. */

const { many, optional, toggle, value } = flagsOf("Memory command");
const ofMetrics = flagsOf("Metrics");

export const command = optional(
  "command=LINE",
  "Shell line to run instead of the preset's own command. How its output is read follows from --command.output-of, from --command.preset, or from the program in the line.",
  nonEmpty,
  { aliases: ["free"], redact: () => SECRET },
);
export const outputOf = optional(
  "command.output-of=LINE",
  "The command line whose output --command prints, like 'free -m'. Use it for scripts that call another program.",
  nonEmpty,
  { redact: () => SECRET },
);
export const commandPresets = many(
  "command.preset=NAME",
  `What to run and how to read it; auto is the memory command of this platform. Repeatable. One of auto, ${presets.map((preset) => preset.name).join(", ")}.`,
  oneOf(["auto", ...presets.map((preset) => preset.name)]),
  { shown: "auto" },
);

export const configFiles = many(
  "config.file=PATH",
  "YAML file with commands of your own, or a directory of such files (*.yml). Repeatable. Its commands run instead of the memory command.",
  nonEmpty,
);

export const commandName = optional(
  "command.name=NAME",
  "Command of --config.file by whose parser the output is read.",
  nonEmpty,
);

export const parameters = many(
  "parameter=NAME=VALUE",
  "Value of a parameter of the command. Repeatable.",
  pair("a name and a value, like target=db.example.com"),
);

export const running = {
  configFiles,
  command,
  outputOf,
  commandPresets,
  timeoutMs: value(
    "command.timeout=DURATION",
    "5s",
    "Timeout of a run. When it expires, the command and everything that it started are killed.",
    positiveDuration,
    { aliases: ["nginx.timeout"] },
  ),
  maxOutputBytes: value(
    "command.max-output=SIZE",
    "1MiB",
    "Limit of what a run may print to stdout. A run that prints more is killed.",
    size,
  ),
  isolate: value(
    "command.isolate=KIND",
    "none",
    "How the kernel isolates each run: none, pidns (in a PID namespace) or cgroup (in a cgroup, version 2).",
    oneOf(ISOLATIONS),
  ),
  dieWithExporter: toggle(
    "command.die-with-exporter",
    "Kill running commands even when the exporter itself is killed by SIGKILL.",
  ),
} as const;

/** Flags about the schedule of runs, for long-running subcommands. */
export const scheduling = {
  intervalMs: value(
    "command.interval=DURATION",
    "0",
    "Interval at which commands run in the background; scrapes get the last result. With 0, commands run in each scrape.",
    duration,
  ),
  maxAgeMs: optional(
    "command.max-age=DURATION",
    "Maximum age of a result with --command.interval; older results are not served. Defaults to three intervals.",
    positiveDuration,
  ),
  timeoutOffsetMs: value(
    "timeout-offset=SECONDS",
    "0.5",
    "Seconds to subtract from the timeout that Prometheus sends with a scrape.",
    secondsToMs,
  ),
} as const;

export const metrics = {
  namespace: ofMetrics.value(
    "metrics.namespace=PREFIX",
    "memory",
    "Prefix of the names of all memory metrics.",
    metricPrefix,
  ),
  names: ofMetrics.value(
    "metrics.names=NAMES",
    "memory",
    "Names of the metrics: memory, or node_exporter for those that its dashboards know: then meminfo, oom and pressure are run unless presets are named.",
    oneOf(METRIC_NAMES),
  ),
} as const;
