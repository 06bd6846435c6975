import type { Labels, MetricType, Sample } from "../metric.ts";
import { ParseError, quote } from "../text.ts";
import { type Cursor, readLabels, unexpected } from "./page_scanner.ts";
import { readValue } from "./text_page.ts";

/** Reads the rest of a line after the series: value, timestamp, exemplar. */
export function readRest(cursor: Cursor, labels: Labels, type: MetricType, suffix: Sample["suffix"]): Sample {
  space(cursor, "one space and a number");
  const value = readValue(cursor);
  let sample: Sample = { labels, value, ...(suffix && { suffix }) };
  const { text, end } = cursor;
  if (cursor.at < end && !text.startsWith(" # ", cursor.at)) {
    space(cursor, "one space and a timestamp");
    sample = { ...sample, timestampMs: readTime(cursor) };
  }
  return cursor.at < end ? { ...sample, exemplar: readExemplar(cursor, type, suffix) } : sample;
}

function space(cursor: Cursor, wanted: string): void {
  if (cursor.text[cursor.at] !== " " || cursor.at >= cursor.end) throw unexpected(cursor, wanted);
  cursor.at += 1;
}

/** Reads seconds since the epoch, truncated to milliseconds as Prometheus does. */
function readTime(cursor: Cursor): number {
  const { at } = cursor;
  const ms = Math.trunc(readValue(cursor) * 1000);
  if (Number.isSafeInteger(ms)) return ms;
  throw unexpected({ ...cursor, at }, "a timestamp in seconds");
}

const EXEMPLAR_LIMIT = 128;

/** Reads an exemplar. Returns its text after the `#`. */
function readExemplar(cursor: Cursor, type: MetricType, suffix: Sample["suffix"]): string {
  if (!cursor.text.startsWith(" # {", cursor.at)) throw unexpected(cursor, "the end of the line or an exemplar");
  const mayHave = suffix === "_bucket" || (type === "counter" && suffix === undefined);
  if (!mayHave) throw new ParseError("found an exemplar, wanted it on counters and buckets only", cursor.line);
  cursor.at += 3;
  const start = cursor.at;
  const { labels, name } = readLabels(cursor);
  if (name !== undefined) throw new ParseError(`found ${quote(name)} in an exemplar, wanted labels`, cursor.line);
  let length = 0;
  for (const label of Object.keys(labels)) length += [...label].length + [...(labels[label] ?? "")].length;
  if (length > EXEMPLAR_LIMIT) {
    throw new ParseError(
      `found ${length} characters in the labels of an exemplar, wanted at most ${EXEMPLAR_LIMIT}`,
      cursor.line,
    );
  }
  space(cursor, "one space and the value of the exemplar");
  readValue(cursor);
  if (cursor.at < cursor.end) {
    space(cursor, "one space and the timestamp of the exemplar");
    readTime(cursor);
  }
  if (cursor.at < cursor.end) throw unexpected(cursor, "the end of the line after an exemplar");
  return cursor.text.slice(start, cursor.end);
}
