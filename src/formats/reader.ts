import type { Output, Read } from "../source.ts";
import type { Format, FormatProblem, MetricMapping, ShownRecord } from "./format.ts";
import { fieldsOf, mapRows } from "./mapping.ts";
import type { RowFormat } from "./record.ts";

/** A format and its metrics, made ready: patterns are compiled, paths are parsed. */
export type FormatReader = {
  readonly read: Read;
  /** The first records of an output, at most `limit`. None where a format has no records (`prometheus`). Throws as `read` does. */
  readonly records: (output: Output, limit: number) => readonly ShownRecord[];
};

/** A reader, or all that is wrong with the description. */
export type ReadyFormat =
  | { readonly kind: "ok"; readonly value: FormatReader }
  | { readonly kind: "bad"; readonly problems: readonly FormatProblem[] };

/**
 * Makes a format ready. Loads what it needs, and nothing else, when it is called.
 * Checked here: what only the format can know (a pattern, a path, a field that can't be there). Keys, types of values,
 * and names of metrics and labels are checked before.
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
    // Whether its fields are paths doesn't depend on the path that is wrong.
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
    const { readNagios, usualNagios } = await import("./nagios.ts");
    const wanted = metrics.length > 0 ? metrics : usualNagios(format.labels);
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

/** What is wrong with the fields that a metric names. */
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
