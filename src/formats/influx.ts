import type { Family, Labels, Sample } from "../metric.ts";
import type { Output } from "../source.ts";
import { OverflowError, ParseError, quote } from "../text.ts";
import { decodeText } from "./decode.ts";
import type { FieldValue } from "./format.ts";
import { seriesKey } from "./page_scanner.ts";
import { namedRow, type RowFormat } from "./record.ts";
import { eachLine, requireShort } from "./text_lines.ts";

type Point = {
  readonly measurement: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly fields: readonly (readonly [string, FieldValue])[];
  readonly timestampMs: number | undefined;
};

/** Lines of InfluxDB's line protocol as rows with `measurement`, tags and fields. A field takes precedence over a tag of the same name. */
export const influxFormat: RowFormat = {
  none: "found no line, wanted line protocol",
  each: ({ stdout }, visitor) => {
    eachPoint(decodeText(stdout), ({ measurement, tags, fields }, line) => {
      visitor.row(namedRow(line, new Map<string, FieldValue>([["measurement", measurement], ...tags, ...fields])));
    });
  },
};

/** Each number and boolean as `measurement_field`, as telegraf names it for Prometheus; the tags are its labels. Texts are left out. */
export function readInflux(
  { stdout, maxSeries = Number.POSITIVE_INFINITY }: Output,
  added: Labels = {},
): readonly Family[] {
  const families = new Map<string, Sample[]>();
  const seen = new Set<string>();
  let total = 0;
  eachPoint(decodeText(stdout), ({ measurement, tags, fields, timestampMs }, line) => {
    const labels = labelsOf(tags, added, line);
    for (const [field, value] of fields) {
      if (typeof value !== "number" && typeof value !== "boolean") continue;
      const name = plainName(`${measurement}_${field}`);
      const key = seriesKey(name, labels);
      if (seen.has(key)) throw new ParseError(`found ${quote(key)} a second time, wanted each series once`, line);
      seen.add(key);
      const samples = families.get(name) ?? [];
      families.set(name, samples);
      samples.push({ labels, value: Number(value), ...(timestampMs !== undefined && { timestampMs }) });
      total += 1;
      if (total > maxSeries) throw new OverflowError(maxSeries);
    }
  });
  return [...families].map(([name, samples]) => ({ name, help: "", type: "untyped", samples }));
}

function labelsOf(tags: Point["tags"], added: Labels, line: number): Labels {
  const labels: Record<string, string> = {};
  for (const [name, value] of tags) {
    const label = plainName(name);
    const isAdded = Object.hasOwn(added, label);
    if (isAdded || Object.hasOwn(labels, label)) {
      const why = isAdded ? "the configuration adds it" : "another tag is that label";
      throw new ParseError(`found tag ${quote(name)}, wanted points without it: ${why}`, line);
    }
    labels[label] = value;
  }
  return { ...labels, ...added };
}

/** Converts a name to a valid name of Prometheus. */
function plainName(name: string): string {
  return name
    .replace(/[^a-zA-Z0-9_]/g, "_")
    .replace(/^(?=\d)/, "_")
    .replace(/^__+/, "_");
}

function eachPoint(text: string, visit: (point: Point, line: number) => void): void {
  eachLine(text, (line, number) => {
    requireShort(line, number);
    const written = line.trim();
    if (written !== "" && !written.startsWith("#")) visit(pointOf(written, number), number);
  });
}

/** Up to a comma, an equals sign or a space that isn't escaped. */
const MEASUREMENT = /((?:\\[\s\S]|[^\\, ])+)/;
const TAG = /,((?:\\[\s\S]|[^\\,= ])+)=((?:\\[\s\S]|[^\\,= ])+)/;
const FIELD = /((?:\\[\s\S]|[^\\,= ])+)=("(?:\\[\s\S]|[^\\"])*"|[^\s,"]+)/;

function pointOf(text: string, line: number): Point {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const sticky = new RegExp(pattern, "y");
    sticky.lastIndex = at;
    const found = sticky.exec(text);
    if (found) at = sticky.lastIndex;
    return found ?? undefined;
  };
  const wrong = (wanted: string) =>
    new ParseError(`found ${at < text.length ? quote(text.slice(at)) : "the end of the line"}, wanted ${wanted}`, line);
  const measurement = take(MEASUREMENT);
  if (!measurement) throw wrong("a measurement");
  const tags: (readonly [string, string])[] = [];
  for (let tag = take(TAG); tag; tag = take(TAG)) tags.push([unescapeName(tag[1] ?? ""), unescapeName(tag[2] ?? "")]);
  if (!take(/ +/y)) throw wrong("tags, or a space and fields");
  const fields: (readonly [string, FieldValue])[] = [];
  do {
    const field = take(FIELD);
    const value = fieldValue(field?.[2] ?? "");
    if (!field || value === undefined) throw field ? wrongValue(field[0], line) : wrong("a field and its value");
    fields.push([unescapeName(field[1] ?? ""), value]);
  } while (take(/,/y));
  const time = take(/ +(-?\d{1,19})$/y);
  if (at < text.length) throw wrong("a timestamp in nanoseconds");
  const timestampMs = time ? Math.floor(Number(time[1]) / 1e6) : undefined;
  return { measurement: unescapeName(measurement[1] ?? ""), tags, fields, timestampMs };
}

function wrongValue(text: string, line: number): ParseError {
  return new ParseError(`found ${quote(text)}, wanted a number, an integer (1i), a boolean or a text in quotes`, line);
}

function unescapeName(text: string): string {
  return text.replace(/\\([, =\\])/g, "$1");
}

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

function fieldValue(text: string): FieldValue {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(["\\])/g, "$1");
  if (/^(?:t|T|true|True|TRUE)$/.test(text)) return true;
  if (/^(?:f|F|false|False|FALSE)$/.test(text)) return false;
  const digits = /^[-+]?\d+[iu]$/.test(text) ? text.slice(0, -1) : text;
  return NUMBER.test(digits) && Number.isFinite(Number(digits)) ? Number(digits) : undefined;
}
