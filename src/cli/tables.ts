import { LOG_FORMATS, LOG_LEVELS } from "../log.ts";
import {
  command,
  commandName,
  commandPresets,
  configFiles,
  metrics,
  outputOf,
  parameters,
  running,
  scheduling,
} from "./command_flags.ts";
import { flagsOf } from "./flags.ts";
import { program, runbook, selector, thresholds } from "./print_flags.ts";
import { pushing, writingTextfile } from "./push_flags.ts";
import { nonEmpty, oneOf } from "./values.ts";
import { exporterMetrics, web, webConfigFile } from "./web_flags.ts";

const { timeoutMs, maxOutputBytes, isolate } = running;

/** Tables of flags. A flag in several tables is the same object. */

const { optional, toggle, value } = flagsOf("General");

export const helpFlag = toggle("help", "Show this help and exit.", { aliases: ["h"] });
export const versionFlag = toggle("version", "Show the version and exit.");

const general = {
  logLevel: value(
    "log.level=info",
    "info",
    `Only log messages of this severity or above: ${LOG_LEVELS.join(", ")}.`,
    oneOf(LOG_LEVELS, true),
  ),
  logFormat: value(
    "log.format=logfmt",
    "logfmt",
    `Format of log lines: ${LOG_FORMATS.join(", ")}.`,
    oneOf(LOG_FORMATS),
  ),
} as const;

/** Formats of `--format`. */
export const FORMATS = ["text", "openmetrics", "json", "table"] as const;

const format = value("format=FORMAT", "text", `Output format: ${FORMATS.join(", ")}.`, oneOf(FORMATS));

export const serveFlags = { ...web, ...running, ...scheduling, ...metrics, ...pushing, ...general } as const;

/** Flags of subcommands that write pages: push and textfile. */
const gathering = { ...running, ...scheduling, ...metrics, ...exporterMetrics, ...general } as const;

export const pushFlags = { ...pushing, ...gathering } as const;

export const textfileFlags = { ...writingTextfile, ...gathering } as const;

export const onceFlags = { ...running, ...metrics, ...exporterMetrics, format, ...general } as const;

export const parseFlags = {
  file: optional("file=PATH", "File to read the output from. Defaults to stdin.", nonEmpty),
  command,
  outputOf,
  commandPresets,
  configFiles,
  commandName,
  ...metrics,
  format,
  ...general,
} as const;

const { pushConfigFile } = pushing;
export const checkFlags = { configFiles, webConfigFile, pushConfigFile, ...metrics, ...general } as const;

/** Flags of each kind of `print`. */
export const printTables = {
  unit: { program, ...general },
  socket: { listenAddresses: web.listenAddresses, ...general },
  scrape: {
    listenAddresses: web.listenAddresses,
    telemetryPath: web.telemetryPath,
    routePrefix: web.routePrefix,
    externalUrl: web.externalUrl,
    ...general,
  },
  alerts: { selector, namespace: metrics.namespace, runbook, ...thresholds, ...general },
  rules: { selector, namespace: metrics.namespace, ...general },
  dashboard: { namespace: metrics.namespace, ...general },
  config: serveFlags,
  plain: { ...general },
} as const;

export const printFlags = { ...printTables.unit, ...printTables.alerts, ...printTables.config } as const;

export const tryFlags = {
  configFiles,
  parameters,
  timeoutMs,
  maxOutputBytes,
  isolate,
  ...metrics,
  ...general,
} as const;
