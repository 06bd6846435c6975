import { createConsola, type LogObject } from "consola/core";

/** The four levels, least severe first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["logfmt", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Fields of a log line: `key=value`, or members of the JSON object. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line per call. The keys time, level and msg come first; fields of these names are prefixed by `logged_`. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

const CONSOLA_LEVELS: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 3, debug: 4 };

/** Priorities of syslog(3). The journal removes them from the beginning of a line (sd-daemon(3)). */
const PRIORITIES: Readonly<Record<string, string>> = { error: "<3>", warn: "<4>", info: "<6>", debug: "<7>" };

export type LogOptions = {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Whether each line begins with its priority, for the journal. */
  readonly priorities?: boolean;
  /** Takes a whole line with its end. */
  readonly write: (line: string) => void;
};

/** A logger in the style of Prometheus' promslog. */
export function createLog(options: LogOptions): Log {
  const line = options.format === "json" ? jsonLine : logfmtLine;
  const priority = (entry: LogObject) => (options.priorities ? (PRIORITIES[entry.type] ?? "") : "");
  const consola = createConsola({
    level: CONSOLA_LEVELS[options.level],
    // Repeated lines are logged each time.
    throttleMin: Number.MAX_SAFE_INTEGER,
    reporters: [{ log: (entry: LogObject) => options.write(priority(entry) + line(pairsOf(entry))) }],
  });
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      consola[level](message, fields);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

type Pairs = readonly (readonly [string, string | number | boolean])[];
const RESERVED = new Set(["time", "level", "msg"]);

function pairsOf(entry: LogObject): Pairs {
  const [message, fields] = entry.args as [string, LogFields];
  const pairs: [string, string | number | boolean][] = [
    ["time", entry.date.toISOString()],
    ["level", entry.type.toUpperCase()],
    ["msg", message],
  ];
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) pairs.push([RESERVED.has(key) ? `logged_${key}` : key, value]);
  }
  return pairs;
}

function jsonLine(pairs: Pairs): string {
  return `${JSON.stringify(Object.fromEntries(pairs))}\n`;
}

function logfmtLine(pairs: Pairs): string {
  return `${pairs.map(([key, value]) => `${key}=${logfmtValue(String(value))}`).join(" ")}\n`;
}

/** A value, in quotes if necessary. Everything that could break or forge a line is escaped. */
function logfmtValue(value: string): string {
  if (/^[\x21\x23-\x3c\x3e-\x7e]+$/.test(value)) return value;
  return JSON.stringify(value).replace(/[\u007f-\u{10ffff}]/gu, escapeUnlessPrintable);
}

function escapeUnlessPrintable(character: string): string {
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
  return [...character]
    .flatMap((c) => Array.from({ length: c.length }, (_, i) => c.charCodeAt(i)))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("");
}
