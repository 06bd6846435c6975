/** What a configuration says about an output: its form, and which metrics its fields become. Plain data. */

import type { Labels, MetricType } from "../metric.ts";

/**
 * Text 0.0.4 or OpenMetrics 1.0 (told by its `# EOF`), handed on as it is. Takes no metrics.
 * `labels` are added to every sample; one that a sample has already is an error.
 */
export type PrometheusFormat = { readonly format: "prometheus"; readonly labels?: Labels };

/**
 * Lines of a name and a value. Each name is a field. Blank lines, and those that begin with `comment`, are passed over.
 * One record, or with `paragraphs` one for each part between blank lines.
 */
export type KeyValueFormat = {
  readonly format: "keyvalue";
  /** Between name and value; `=` if it isn't given. Blanks around it, and at the ends of the line, don't count. */
  readonly separator?: string;
  readonly comment?: string;
  readonly paragraphs?: boolean;
};

/** What tables of blanks and of commas have in common. A field is a column: its name, or its number from 1. */
type Columns = {
  /** Names of the columns, in the place of those of the header. */
  readonly columns?: readonly string[];
  /** Whether the first line names the columns. If it isn't given: only where `columns` are not. */
  readonly header?: boolean;
  /** So many lines at the top are passed over, before the header. */
  readonly skip?: number;
  /** Lines that begin with this are passed over. */
  readonly comment?: string;
};

/** Rows of words. Every row has as many as there are columns. */
export type TableFormat = Columns & {
  readonly format: "table";
  /** Between cells: one or more blanks or tabs if it isn't given, two blanks for two or more, else this text. A border of it at both ends of a line is dropped. */
  readonly separator?: string;
  /** The last column takes the rest of its line, blanks and all (`ps`: the command). */
  readonly rest?: boolean;
};

/** RFC 4180, blanks around cells dropped. Every row has as many cells as there are columns. */
export type CsvFormat = Columns & {
  readonly format: "csv";
  /** One character; a comma if it isn't given. */
  readonly delimiter?: string;
  /** One character; `"` if it isn't given. "" for none. */
  readonly quote?: string;
};

/**
 * One JSON document, or with `lines` one in each line. A record is a node that `path` (RFC 9535) finds, `$` if it isn't given.
 * A field is the name of a member of that node, or a path of its own that begins with `$` (the node) and finds at most one value.
 */
export type JsonFormat = { readonly format: "json"; readonly path?: string; readonly lines?: boolean };

/** RE2. Each line that the pattern finds is a record, each named group a field. Other lines are passed over, or an error. */
export type RegexFormat = {
  readonly format: "regex";
  readonly pattern: string;
  readonly unmatched?: "skip" | "error";
};

/**
 * A plugin of Nagios: its exit status and performance data.
 * Fields of the check: `status` (0 to 3), `state` (`OK` …), `text`. Fields of each figure: `label`, `value`, `unit`, `warning`, `critical`,
 * `minimum`, `maximum`; s, ms, us and ns are given in seconds, KB, MB … in bytes, % as a ratio. Without metrics: `nagios_status`, `nagios_value`.
 */
export type NagiosFormat = { readonly format: "nagios"; readonly labels?: Labels };

/**
 * Line protocol. Fields: `measurement`, tags, fields. Without metrics each number becomes `measurement_field` with the tags as labels.
 */
export type InfluxFormat = { readonly format: "influx"; readonly labels?: Labels };

/** How an output is to be read. */
export type Format =
  | PrometheusFormat
  | KeyValueFormat
  | TableFormat
  | CsvFormat
  | JsonFormat
  | RegexFormat
  | NagiosFormat
  | InfluxFormat;

export type FormatName = Format["format"];

/** Formats that say by themselves what their metrics are called; all others need metrics. Only `prometheus` takes none. */
export const SELF_NAMED: readonly FormatName[] = ["prometheus", "nagios", "influx"];

/**
 * How a text becomes a number. Without one it has to be a plain decimal number (`-12.5`, `1e6`).
 * - `bytes`: `1.5Gi`, `12 MB`, `0B`: KiB, MiB … (and Ki, Mi) by 1024, kB, MB … (and k, M) by 1000
 * - `bytes_1024`: as `bytes`, with k, M, kB, MB … by 1024 too
 * - `percent`: `12%` and `12` are 0.12
 * - `duration`: `3m4s`, `1d2h`, `250ms`, `1.5h`, `00:03:04`, `1-02:03:04`: seconds
 * - `time`: ISO 8601 with a zone, or seconds since 1970: seconds since 1970
 * - `boolean`: yes, no, true, false, on, off, enabled, disabled, 1, 0 in any case
 * - `decimal_comma`: `1.234,5` or `1 234,5`
 * - `thousands`: `1,234.5`
 */
export const CONVERSIONS = [
  "bytes",
  "bytes_1024",
  "percent",
  "duration",
  "time",
  "boolean",
  "decimal_comma",
  "thousands",
] as const;

export type Conversion = (typeof CONVERSIONS)[number];

/** The types that a metric of one's own can have. */
export const MAPPED_TYPES = ["gauge", "counter", "untyped"] as const satisfies readonly MetricType[];

/** A field and what it has to be: one of these texts. */
export type Condition = Readonly<Record<string, string | readonly string[]>>;

/** One metric: of each record it takes a value and labels. */
export type MetricMapping = {
  readonly name: string;
  readonly help: string;
  /** gauge if it isn't given. */
  readonly type?: (typeof MAPPED_TYPES)[number];
  /** The end of the name, `bytes`: for OpenMetrics. */
  readonly unit?: string;
  /** The field, or the number that every record gets: `{number: 1}` for a metric that is about its labels. */
  readonly value: string | { readonly number: number };
  readonly convert?: Conversion;
  /** The value is multiplied by it, after the conversion. */
  readonly scale?: number;
  /** What words of the field mean, before a conversion: `{ok: 0, degraded: 1}`. Other words go the way of all values. */
  readonly enum?: Readonly<Record<string, number>>;
  /** Texts of the field that say that there is no figure (`[N/A]`, `-`): such a record gives no sample. */
  readonly absent?: readonly string[];
  /** Label → field. A record that lacks it gets no such label, or fails, as `missing` says. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Label → text. */
  readonly constants?: Labels;
  /** Records that don't have these values are passed over. */
  readonly when?: Condition;
  /** What a record without the field (or an empty one) is: `error` if it isn't given. */
  readonly missing?: "absent" | "error";
};

/** Where in a description something is wrong: `["parser", "pattern"]`, `["metrics", 2, "value"]`. */
export type FormatProblem = { readonly path: readonly (string | number)[]; readonly message: string };

/** What a field of a record holds: a text, or what JSON and line protocol have besides. */
export type FieldValue = string | number | boolean | null | undefined;

/** A record for people: `try` shows what each field became. */
export type ShownRecord = {
  /** 1-based line of the output; 0 where it has none. */
  readonly line: number;
  readonly fields: Readonly<Record<string, FieldValue>>;
};
