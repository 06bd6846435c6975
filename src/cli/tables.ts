import { ISOLATIONS } from "../command/contain.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../log.ts";
import { presets } from "../presets/table.ts";
import { parseAddress } from "../web/address.ts";
import { listFlag, optionalFlag, switchFlag, UsageError, valueFlag } from "./flags.ts";
import { count, metricPrefix, nonEmpty, oneOf, positiveDuration, secondsToMs, size, urlPath } from "./values.ts";

/** The flags of every command, by table. A flag that stands in several tables is one and the same value. */

const GENERAL = "General";
const COMMAND = "Memory command";
const METRICS = "Metrics";
const WEB = "Web";

export const helpFlag = switchFlag({ name: "help", aliases: ["h"], group: GENERAL, help: "Show this help and exit." });
export const versionFlag = switchFlag({ name: "version", group: GENERAL, help: "Show the version and exit." });

const general = {
  logLevel: valueFlag(
    {
      name: "log.level",
      group: GENERAL,
      placeholder: "info",
      shown: "info",
      help: `Only log messages of this severity or above: ${LOG_LEVELS.join(", ")}.`,
    },
    oneOf(LOG_LEVELS, true),
  ),
  logFormat: valueFlag(
    {
      name: "log.format",
      group: GENERAL,
      placeholder: "logfmt",
      shown: "logfmt",
      help: `Format of log lines: ${LOG_FORMATS.join(", ")}.`,
    },
    oneOf(LOG_FORMATS),
  ),
} as const;

const command = optionalFlag(
  {
    name: "command",
    aliases: ["free"],
    group: COMMAND,
    placeholder: "LINE",
    help: "Shell line to run instead of the preset's own command; how to read it follows from --command.preset, or with auto from the program that it names.",
  },
  nonEmpty,
);
const commandPresets = listFlag(
  {
    name: "command.preset",
    group: COMMAND,
    placeholder: "NAME",
    shown: "auto",
    help: `What to run and how to read it; auto is the memory command of this platform. Repeatable. One of auto, ${presets.map((preset) => preset.name).join(", ")}.`,
  },
  oneOf(["auto", ...presets.map((preset) => preset.name)]),
);

const running = {
  command,
  commandPresets,
  timeoutMs: valueFlag(
    {
      name: "command.timeout",
      aliases: ["nginx.timeout"],
      group: COMMAND,
      placeholder: "DURATION",
      shown: "5s",
      help: "How long a run may take; then it is killed, with all that it started.",
    },
    positiveDuration,
  ),
  maxOutputBytes: valueFlag(
    {
      name: "command.max-output",
      group: COMMAND,
      placeholder: "SIZE",
      shown: "1MiB",
      help: "How much a run may print; past it, it is killed.",
    },
    size,
  ),
  isolate: valueFlag(
    {
      name: "command.isolate",
      group: COMMAND,
      placeholder: "KIND",
      shown: "none",
      help: "Let the kernel contain what a run starts: none, pidns (a PID namespace) or cgroup (version 2).",
    },
    oneOf(ISOLATIONS),
  ),
  dieWithExporter: switchFlag({
    name: "command.die-with-exporter",
    group: COMMAND,
    help: "End a run even when the exporter itself is killed by SIGKILL.",
  }),
} as const;

/** Values of `--metrics.names`. */
export const METRIC_NAMES = ["memory", "node_exporter"] as const;

const metrics = {
  namespace: valueFlag(
    {
      name: "metrics.namespace",
      group: METRICS,
      placeholder: "PREFIX",
      shown: "memory",
      help: "Prefix of all memory metrics.",
    },
    metricPrefix,
  ),
  names: valueFlag(
    {
      name: "metrics.names",
      group: METRICS,
      placeholder: "NAMES",
      shown: "memory",
      help: "Names of the metrics: memory, or node_exporter for those that its dashboards know (presets meminfo, pressure and oom).",
    },
    oneOf(METRIC_NAMES),
  ),
} as const;

/** Formats of `--format`. */
export const FORMATS = ["text", "openmetrics", "json", "table"] as const;

const format = valueFlag(
  {
    name: "format",
    group: GENERAL,
    placeholder: "FORMAT",
    shown: "text",
    help: `How to print: ${FORMATS.join(", ")}.`,
  },
  oneOf(FORMATS),
);

/** A text that can be listened on, as it came: the web room reads it again. */
function listenAddress(text: string): string {
  try {
    parseAddress(text);
    return text;
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

const webConfigFile = optionalFlag(
  {
    name: "web.config.file",
    group: WEB,
    placeholder: "PATH",
    help: "TLS, client certificates, basic auth, headers and rate limit, in the format of Prometheus' exporter-toolkit.",
  },
  String,
);

export const serveFlags = {
  listenAddresses: listFlag(
    {
      name: "web.listen-address",
      group: WEB,
      placeholder: "ADDRESS",
      shown: ":9101",
      help: "Address to listen on: host:port, [::1]:port, :port, or unix:/path. Repeatable.",
    },
    listenAddress,
  ),
  systemdSocket: switchFlag({
    name: "web.systemd-socket",
    group: WEB,
    help: "Listen on the sockets that systemd has opened instead of the addresses (Linux).",
  }),
  webConfigFile,
  healthWithoutAuth: switchFlag({
    name: "web.health-without-auth",
    group: WEB,
    help: "Answer /-/healthy and /-/ready without credentials.",
  }),
  telemetryPath: valueFlag(
    {
      name: "web.telemetry-path",
      group: WEB,
      placeholder: "PATH",
      shown: "/metrics",
      help: "Path under which to expose metrics.",
    },
    urlPath,
  ),
  maxRequests: valueFlag(
    {
      name: "web.max-requests",
      group: WEB,
      placeholder: "N",
      shown: "40",
      help: "Scrapes in flight; past it the answer is 503. 0 is no limit.",
    },
    count,
  ),
  disableExporterMetrics: switchFlag({
    name: "web.disable-exporter-metrics",
    group: WEB,
    help: "Leave out metrics about the exporter itself; build info stays.",
  }),
  debug: switchFlag({
    name: "web.enable-debug",
    group: WEB,
    help: "Serve /debug/commands and /debug/pprof/: how the commands ran, and profiles of the exporter itself.",
  }),
  ...running,
  timeoutOffsetMs: valueFlag(
    {
      name: "timeout-offset",
      group: COMMAND,
      placeholder: "SECONDS",
      shown: "0.5",
      help: "Seconds taken off the scraper's own deadline.",
    },
    secondsToMs,
  ),
  ...metrics,
  ...general,
} as const;

export const onceFlags = { ...running, ...metrics, format, ...general } as const;

export const parseFlags = {
  file: optionalFlag(
    {
      name: "file",
      group: COMMAND,
      placeholder: "PATH",
      help: "Read the output from this file; without it from stdin.",
    },
    nonEmpty,
  ),
  command,
  commandPresets,
  ...metrics,
  format,
  ...general,
} as const;

export const checkFlags = { webConfigFile, ...general } as const;
