import type { Family, Labels, Sample } from "../metric.ts";
import type { Output } from "../source.ts";
import { OverflowError, ParseError, quote } from "../text.ts";
import { CONVERT, WANTED } from "./convert.ts";
import type { FieldValue, MetricMapping } from "./format.ts";
import { seriesKey } from "./page_scanner.ts";
import type { Row, RowFormat } from "./record.ts";

/** Maximum length of a label. */
const LABEL_LIMIT = 1000;

/** A metric and its samples so far. `keys` has the series of all metrics. */
type Collected = { readonly metric: MetricMapping; readonly samples: Sample[]; readonly keys: Set<string> };

/**
 * Makes metrics from the rows of an output.
 * @throws ParseError for a missing field, a value that isn't a number, a series of two rows, and a label of more than 1,000
 * characters; OverflowError for too many samples.
 */
export function mapRows(format: RowFormat, metrics: readonly MetricMapping[], output: Output): readonly Family[] {
  const keys = new Set<string>();
  const collected = metrics.map((metric): Collected => ({ metric, samples: [], keys }));
  const { maxSeries = Number.POSITIVE_INFINITY } = output;
  let rows = 0;
  let hasColumns = false;
  let total = 0;
  format.each(output, {
    columns: (names) => {
      hasColumns = true;
      for (const metric of metrics) requireColumns(metric, names);
    },
    row: (row) => {
      rows += 1;
      for (const one of collected) if (addSample(one, row)) total += 1;
      if (total > maxSeries) throw new OverflowError(maxSeries);
    },
  });
  const isWanted = metrics.some((metric) => metric.missing !== "absent");
  if (rows === 0 && !hasColumns && format.none !== undefined && isWanted) throw new ParseError(format.none);
  return collected.filter(({ samples }) => samples.length > 0).map(({ metric, samples }) => familyOf(metric, samples));
}

function familyOf({ name, help, type = "gauge", unit }: MetricMapping, samples: readonly Sample[]): Family {
  return { name, help, type, ...(unit && { unit }), samples };
}

/** The fields that a metric uses. */
export function fieldsOf({ value, labels = {}, when = {} }: MetricMapping): readonly string[] {
  return [...(typeof value === "string" ? [value] : []), ...Object.values(labels), ...Object.keys(when)];
}

function requireColumns(metric: MetricMapping, names: readonly string[]): void {
  if (metric.missing === "absent") return;
  for (const field of fieldsOf(metric)) {
    const number = /^[1-9]\d{0,4}$/.test(field) ? Number(field) : 0;
    if (names.includes(field) || (number > 0 && number <= names.length)) continue;
    throw new ParseError(
      `found no column ${quote(field)}, wanted it for ${metric.name}: the columns are ${names.map(quote).join(", ")}`,
    );
  }
}

function addSample({ metric, samples, keys }: Collected, row: Row): boolean {
  if (!isMeant(metric, row)) return false;
  const value = figureFor(metric, row);
  if (value === undefined) return false;
  const labels = labelsOf(metric, row);
  const key = seriesKey(metric.name, labels);
  if (keys.has(key))
    throw new ParseError(`found ${quote(key)} a second time, wanted labels that tell the rows apart`, row.line);
  keys.add(key);
  samples.push({ labels, value });
  return true;
}

function isMeant({ when }: MetricMapping, row: Row): boolean {
  if (!when) return true;
  for (const field of Object.keys(when)) {
    const wanted = when[field] ?? "";
    const found = textOf(row.get(field));
    if (typeof wanted === "string" ? found !== wanted : !wanted.includes(found)) return false;
  }
  return true;
}

function textOf(value: FieldValue): string {
  return value === null || value === undefined ? "" : String(value).trim();
}

/** The value of a row; undefined if it is missing and that is allowed. */
function figureFor(metric: MetricMapping, row: Row): number | undefined {
  if (typeof metric.value !== "string") return metric.value.number;
  const found = row.get(metric.value);
  const text = textOf(found);
  if (text === "") return missing(metric, metric.value, row);
  if (metric.absent?.includes(text)) return undefined;
  const word = metric.enum && Object.hasOwn(metric.enum, text) ? metric.enum[text] : undefined;
  const figure = word ?? figureOf(found, text, metric);
  const value = figure === undefined ? Number.NaN : figure * (word === undefined ? (metric.scale ?? 1) : 1);
  if (!Number.isFinite(value))
    throw new ParseError(`found ${quote(text)} in ${quote(metric.value)}, wanted ${wantedOf(metric)}`, row.line);
  if (metric.type === "counter" && value < 0) {
    throw new ParseError(`found ${quote(text)} in ${quote(metric.value)}, wanted a counter of 0 or more`, row.line);
  }
  return value;
}

function figureOf(found: FieldValue, text: string, { convert }: MetricMapping): number | undefined {
  return typeof found === "boolean" ? Number(found) : CONVERT[convert ?? "number"](text);
}

function wantedOf({ convert, enum: words }: MetricMapping): string {
  if (!words) return WANTED[convert ?? "number"];
  const names = Object.keys(words).map(quote).join(", ");
  return convert ? `${names}, or ${WANTED[convert]}` : `one of ${names}`;
}

function missing({ name, missing: how }: MetricMapping, field: string, { line, advice }: Row): undefined {
  if (how !== "absent")
    throw new ParseError(`found nothing in ${quote(field)}${advice?.(field) ?? ""}, wanted it for ${name}`, line);
}

/** The labels of a row. Missing ones are left out if that is allowed. */
function labelsOf(metric: MetricMapping, row: Row): Labels {
  const labels: Record<string, string> = { ...metric.constants };
  for (const [label, field] of Object.entries(metric.labels ?? {})) {
    const text = textOf(row.get(field));
    if (text === "") missing(metric, field, row);
    if (text.length > LABEL_LIMIT) {
      throw new ParseError(
        `found ${text.length} characters in ${quote(field)}, wanted at most ${LABEL_LIMIT} for label ${label}`,
        row.line,
      );
    }
    if (text !== "") labels[label] = text;
  }
  return labels;
}
