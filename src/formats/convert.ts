import type { Conversion } from "./format.ts";

/** Converts a text to a number; undefined if the text doesn't have the required form. */
export type Convert = (text: string) => number | undefined;

/** The form that a conversion requires, for messages. */
export const WANTED: Readonly<Record<Conversion | "number", string>> = {
  number: "a number",
  bytes: "a size such as 1.5Gi or 12 MB",
  bytes_1024: "a size such as 1.5G or 12 MB",
  percent: "a percentage such as 12%",
  duration: "a duration such as 3m4s or 00:03:04",
  time: "a time such as 2026-01-31T12:00:00Z, or seconds since 1970",
  boolean: "yes or no",
  decimal_comma: "a number such as 1.234,5",
  thousands: "a number such as 1,234.5",
};

/** The conversions, for texts without surrounding blanks. */
export const CONVERT: Readonly<Record<Conversion | "number", Convert>> = {
  number: plainNumber,
  bytes: (text) => bytes(text, 1000),
  bytes_1024: (text) => bytes(text, 1024),
  percent,
  duration,
  time,
  boolean: (text) => BOOLEANS.get(text.toLowerCase()),
  decimal_comma: (text) => grouped(text, DECIMAL_COMMA, /[.\s'\u2019]/g),
  thousands: (text) => grouped(text, THOUSANDS, /[,\s'\u2019]/g),
};

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

function plainNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const SIZE = /^([-+\d.eE]*\d\.?)\s*(?:([kKmMgGtTpPEZY])(i?)[bB]?|[bB]|bytes?)?$/;
const PREFIXES = "KMGTPEZY";

function bytes(text: string, base: 1000 | 1024): number | undefined {
  const match = SIZE.exec(text);
  const figure = plainNumber(match?.[1] ?? "");
  if (!match || figure === undefined) return undefined;
  const power = PREFIXES.indexOf((match[2] ?? "").toUpperCase() || " ") + 1;
  return figure * (match[3] ? 1024 : base) ** power;
}

function percent(text: string): number | undefined {
  const figure = text.endsWith("%") ? text.slice(0, -1).trimEnd() : text;
  const value = plainNumber(figure);
  if (value === undefined) return undefined;
  // Division has rounding errors: 0.07 / 100 is 0.0007000000000000001.
  return /e/i.test(figure) ? value / 100 : Number(`${figure}e-2`);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};
const WORDS: Readonly<Record<string, string>> = {
  sec: "s",
  second: "s",
  min: "m",
  minute: "m",
  hr: "h",
  hour: "h",
  day: "d",
  week: "w",
};
const CLOCK = /^(?:(?:(\d{1,9})-)?(\d{1,9}):)?(\d{1,9}):(\d{2}(?:\.\d{1,9})?)$/;

function duration(text: string): number | undefined {
  const plain = plainNumber(text);
  if (plain !== undefined) return plain;
  const clock = CLOCK.exec(text);
  if (clock) {
    const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = clock;
    return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  }
  const sign = text.startsWith("-") ? -1 : 1;
  const rest = text.replace(/^[-+]/, "");
  const parts = [...rest.matchAll(/(\d+(?:\.\d+)?)\s*([a-z\u00b5\u03bc]+)[\s,]*/gy)];
  if (parts.length === 0 || parts.reduce((sum, [part]) => sum + part.length, 0) !== rest.length) return undefined;
  let seconds = 0;
  for (const [, figure, unit = ""] of parts) {
    const factor = UNIT_SECONDS[WORDS[unit.replace(/(?<=..)s$/, "")] ?? unit];
    if (factor === undefined) return undefined;
    seconds += inBaseUnit(Number(figure), factor);
  }
  return sign * seconds;
}

/** A figure times the factor of its unit. Divided, where that is below 1: 5us are 0.000005. */
export function inBaseUnit(figure: number, factor: number): number {
  return factor < 1 ? figure / Math.round(1 / factor) : figure * factor;
}

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})$/;

function time(text: string): number | undefined {
  const plain = plainNumber(text);
  if (plain !== undefined) return plain;
  const [, day = "", clock = "", fraction = "", zone = ""] = ISO.exec(text) ?? [];
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date would convert a day that doesn't exist to one of the next month.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined;
  const ms = Date.parse(`${day}T${clock}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`);
  return Number.isNaN(ms) ? undefined : ms / 1000 + Number(fraction || 0);
}

const BOOLEANS: ReadonlyMap<string, number> = new Map([
  ...["yes", "true", "on", "enabled", "1"].map((word) => [word, 1] as const),
  ...["no", "false", "off", "disabled", "0"].map((word) => [word, 0] as const),
]);

const DECIMAL_COMMA = /^[+-]?(?:\d{1,3}(?:[.\s'\u2019]\d{3})+|\d+)(?:,\d+)?$/;
const THOUSANDS = /^[+-]?(?:\d{1,3}(?:[,\s'\u2019]\d{3})+|\d+)(?:\.\d+)?$/;

function grouped(text: string, form: RegExp, groups: RegExp): number | undefined {
  return form.test(text) ? plainNumber(text.replace(groups, "").replace(",", ".")) : undefined;
}
