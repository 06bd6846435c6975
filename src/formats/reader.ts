import type { Output, Read } from "../source.ts";
import type { Format, FormatProblem, MetricMapping, ShownRecord } from "./format.ts";
import { fieldsOf, mapRows } from "./mapping.ts";
import type { RowFormat } from "./record.ts";

/** A reader for a format and its metrics, with compiled patterns and paths. */
export type FormatReader = {
  readonly read: Read;
  /** The first `limit` records of an output. Empty if the format has no records (`prometheus`). Throws as `read`. */
  readonly records: (output: Output, limit: number) => readonly ShownRecord[];
};

/** A reader, or all mistakes of the configuration. */
export type ReadyFormat =
  | { readonly kind: "ok"; readonly value: FormatReader }
  | { readonly kind: "bad"; readonly problems: readonly FormatProblem[] };

/**
 * Creates the reader of a format. Loads only the modules that the format needs.
 * Checks what depends on the format: patterns, paths, and names of fields. Keys, types of values, and names of metrics and labels
 * must have been checked before.
 */
export async function formatReader(format: Format, metrics: readonly MetricMapping[]): Promise<ReadyFormat> {
  if (format.format === "prometheus") {
    const { readPrometheus } = await import("./prometheus.ts");
    const { labels } = format;
    return { kind: "ok", value: { read: (output) => readPrometheus(output, labels), records: () => [] } };
  }
  const fields = metrics.flatMap(fieldsOf);
  const rows = await rowFormat(format, fields);
  if ("message" in rows) {
    // Fields can be checked although the path is invalid.
    const others = format.format === "json" ? await rowFormat({ format: "json" }, fields) : rows;
    return { kind: "bad", problems: [rows, ...("message" in others ? [] : faultsOf(metrics, others))] };
  }
  const problems = faultsOf(metrics, rows);
  if (problems.length > 0) return { kind: "bad", problems };
  const read = await readOf(format, metrics, rows);
  return { kind: "ok", value: { read, records: (output, limit) => firstRecords(rows, output, limit) } };
}

type WithRows = Exclude<Format, { readonly format: "prometheus" }>;

async function rowFormat(format: WithRows, fields: readonly string[]): Promise<RowFormat | FormatProblem> {
  switch (format.format) {
    case "keyvalue":
      return (await import("./keyvalue.ts")).keyValueFormat(format);
    case "table":
      return (await import("./table.ts")).tableFormat(format);
    case "csv":
      return (await import("./csv.ts")).csvFormat(format);
    case "json":
      return (await import("./json.ts")).jsonFormat(format, fields);
    case "regex":
      return (await import("./regex.ts")).regexFormat(format);
    case "nagios":
      return (await import("./nagios.ts")).nagiosFormat;
    case "influx":
      return (await import("./influx.ts")).influxFormat;
  }
}

async function readOf(format: WithRows, metrics: readonly MetricMapping[], rows: RowFormat): Promise<Read> {
  if (format.format === "nagios") {
    const { readNagios, defaultNagios } = await import("./nagios.ts");
    const wanted = metrics.length > 0 ? metrics : defaultNagios(format.labels);
    return (output) => readNagios(wanted, output);
  }
  if (format.format === "influx" && metrics.length === 0) {
    const { readInflux } = await import("./influx.ts");
    const { labels } = format;
    return (output) => readInflux(output, labels);
  }
  return (output) => mapRows(rows, metrics, output);
}

function faultsOf(metrics: readonly MetricMapping[], rows: RowFormat): readonly FormatProblem[] {
  return metrics.flatMap((metric, i) => problemsOf(metric, i, rows));
}

/** Mistakes in the fields of a metric. */
function problemsOf(
  { value, labels = {}, when = {} }: MetricMapping,
  index: number,
  { fault }: RowFormat,
): FormatProblem[] {
  const named: (readonly [readonly (string | number)[], string])[] = [
    ...(typeof value === "string" ? [[["value"], value] as const] : []),
    ...Object.entries(labels).map(([label, field]) => [["labels", label], field] as const),
    ...Object.keys(when).map((field) => [["when", field], field] as const),
  ];
  return named.flatMap(([path, field]) => {
    const message = fault?.(field);
    return message === undefined ? [] : [{ path: ["metrics", index, ...path], message }];
  });
}

function firstRecords(rows: RowFormat, output: Output, limit: number): readonly ShownRecord[] {
  const records: ShownRecord[] = [];
  rows.each(output, {
    row: (row) => {
      if (records.length < limit) records.push({ line: row.line, fields: row.fields() });
    },
  });
  return records;
}
