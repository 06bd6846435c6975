import { ISOLATIONS } from "../command/contain.ts";
import { METRIC_NAMES, presets } from "../presets/table.ts";
import { SECRET } from "../print/program.ts";
import { manyFlag, optionalFlag, switchFlag, valueFlag } from "./flags.ts";
import { duration, metricPrefix, nonEmpty, oneOf, pair, positiveDuration, secondsToMs, size } from "./values.ts";

/** Flags about the command to run, its limits, and the names of its metrics. */

const COMMAND = "Memory command";
const METRICS = "Metrics";

export const command = optionalFlag(
  {
    name: "command",
    aliases: ["free"],
    group: COMMAND,
    placeholder: "LINE",
    help: "Shell line to run instead of the preset's own command. How its output is read follows from --command.output-of, from --command.preset, or from the program in the line.",
    redact: () => SECRET,
  },
  nonEmpty,
);
export const outputOf = optionalFlag(
  {
    name: "command.output-of",
    group: COMMAND,
    placeholder: "LINE",
    help: "The command line whose output --command prints, like 'free -m'. Use it for scripts that call another program.",
    redact: () => SECRET,
  },
  nonEmpty,
);
export const commandPresets = manyFlag(
  {
    name: "command.preset",
    group: COMMAND,
    placeholder: "NAME",
    shown: "auto",
    help: `What to run and how to read it; auto is the memory command of this platform. Repeatable. One of auto, ${presets.map((preset) => preset.name).join(", ")}.`,
  },
  oneOf(["auto", ...presets.map((preset) => preset.name)]),
);

export const configFiles = manyFlag(
  {
    name: "config.file",
    group: COMMAND,
    placeholder: "PATH",
    help: "YAML file with commands of your own, or a directory of such files (*.yml). Repeatable. Its commands run instead of the memory command.",
  },
  nonEmpty,
);

export const commandName = optionalFlag(
  {
    name: "command.name",
    group: COMMAND,
    placeholder: "NAME",
    help: "Command of --config.file by whose parser the output is read.",
  },
  nonEmpty,
);

export const parameters = manyFlag(
  {
    name: "parameter",
    group: COMMAND,
    placeholder: "NAME=VALUE",
    help: "Value of a parameter of the command. Repeatable.",
  },
  pair,
);

export const running = {
  configFiles,
  command,
  outputOf,
  commandPresets,
  timeoutMs: valueFlag(
    {
      name: "command.timeout",
      aliases: ["nginx.timeout"],
      group: COMMAND,
      placeholder: "DURATION",
      shown: "5s",
      help: "Timeout of a run. When it expires, the command and everything that it started are killed.",
    },
    positiveDuration,
  ),
  maxOutputBytes: valueFlag(
    {
      name: "command.max-output",
      group: COMMAND,
      placeholder: "SIZE",
      shown: "1MiB",
      help: "Limit of what a run may print to stdout. A run that prints more is killed.",
    },
    size,
  ),
  isolate: valueFlag(
    {
      name: "command.isolate",
      group: COMMAND,
      placeholder: "KIND",
      shown: "none",
      help: "How the kernel isolates each run: none, pidns (in a PID namespace) or cgroup (in a cgroup, version 2).",
    },
    oneOf(ISOLATIONS),
  ),
  dieWithExporter: switchFlag({
    name: "command.die-with-exporter",
    group: COMMAND,
    help: "Kill running commands even when the exporter itself is killed by SIGKILL.",
  }),
} as const;

/** Flags about the schedule of runs, for long-running subcommands. */
export const scheduling = {
  intervalMs: valueFlag(
    {
      name: "command.interval",
      group: COMMAND,
      placeholder: "DURATION",
      shown: "0",
      help: "Interval at which commands run in the background; scrapes get the last result. With 0, commands run in each scrape.",
    },
    duration,
  ),
  maxAgeMs: optionalFlag(
    {
      name: "command.max-age",
      group: COMMAND,
      placeholder: "DURATION",
      help: "Maximum age of a result with --command.interval; older results are not served. Defaults to three intervals.",
    },
    positiveDuration,
  ),
  timeoutOffsetMs: valueFlag(
    {
      name: "timeout-offset",
      group: COMMAND,
      placeholder: "SECONDS",
      shown: "0.5",
      help: "Seconds to subtract from the timeout that Prometheus sends with a scrape.",
    },
    secondsToMs,
  ),
} as const;

export const metrics = {
  namespace: valueFlag(
    {
      name: "metrics.namespace",
      group: METRICS,
      placeholder: "PREFIX",
      shown: "memory",
      help: "Prefix of the names of all memory metrics.",
    },
    metricPrefix,
  ),
  names: valueFlag(
    {
      name: "metrics.names",
      group: METRICS,
      placeholder: "NAMES",
      shown: "memory",
      help: "Names of the metrics: memory, or node_exporter for those that its dashboards know: then meminfo, oom and pressure are run unless presets are named.",
    },
    oneOf(METRIC_NAMES),
  ),
} as const;
