/** The configuration of a parser: the format of an output, and the metrics to make from its fields. Plain data. */

import type { Labels, MetricType } from "../metric.ts";

/**
 * Text 0.0.4 or OpenMetrics 1.0 (if it ends with `# EOF`), passed through unchanged. Takes no metrics.
 * `labels` are added to every sample; one that a sample has already is an error.
 */
export type PrometheusFormat = { readonly format: "prometheus"; readonly labels?: Labels };

/**
 * Lines of a name and a value. Each name is a field. Blank lines, and lines that begin with `comment`, are ignored.
 * One record, or with `paragraphs` one for each part between blank lines.
 */
export type KeyValueFormat = {
  readonly format: "keyvalue";
  /** Separator of name and value, `=` by default. Blanks around it and around the line are ignored. */
  readonly separator?: string;
  readonly comment?: string;
  readonly paragraphs?: boolean;
};

/** Settings of the formats table and csv. A field is a column: its name, or its number from 1. */
type Columns = {
  /** Names of the columns, instead of those in the header. */
  readonly columns?: readonly string[];
  /** Whether the first line has the names of the columns. By default only if `columns` isn't given. */
  readonly header?: boolean;
  /** Number of lines to skip at the top, before the header. */
  readonly skip?: number;
  /** Lines that begin with this text are ignored. */
  readonly comment?: string;
};

/** Rows of words. Every row has one word per column. */
export type TableFormat = Columns & {
  readonly format: "table";
  /** Separator of cells: by default one or more blanks or tabs; two blanks mean two or more. Separators at both ends of a line are ignored. */
  readonly separator?: string;
  /** Whether the last column takes the rest of the line, including blanks (in `ps` the command). */
  readonly rest?: boolean;
};

/** RFC 4180, without blanks around cells. Every row has one cell per column. */
export type CsvFormat = Columns & {
  readonly format: "csv";
  /** One character, a comma by default. */
  readonly delimiter?: string;
  /** One character, `"` by default. "" for none. */
  readonly quote?: string;
};

/**
 * One JSON document, or with `lines` one per line. A record is a node that `path` (RFC 9535) selects, `$` by default. A field is the
 * name of a member of that node, or a JSONPath that begins with `$`, relative to the node, and selects at most one value.
 */
export type JsonFormat = { readonly format: "json"; readonly path?: string; readonly lines?: boolean };

/** RE2. Each line with a match is a record, and each named group a field. Other lines are skipped, or an error. */
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

/** The format of an output. */
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

/** Formats that have names of metrics. All others need `metrics`. Only `prometheus` doesn't accept them. */
export const SELF_NAMED: readonly FormatName[] = ["prometheus", "nagios", "influx"];

/**
 * How to convert a text to a number. Without a conversion it has to be a plain decimal number (`-12.5`, `1e6`).
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

/** Types of configured metrics. */
export const MAPPED_TYPES = ["gauge", "counter", "untyped"] as const satisfies readonly MetricType[];

/** Fields and their allowed texts. */
export type Condition = Readonly<Record<string, string | readonly string[]>>;

/** One metric, whose samples have their value and labels from the records. */
export type MetricMapping = {
  readonly name: string;
  readonly help: string;
  /** gauge by default. */
  readonly type?: (typeof MAPPED_TYPES)[number];
  /** Unit for OpenMetrics, like `bytes`. The name ends in it. */
  readonly unit?: string;
  /** The field, or a number for every record: `{number: 1}` for an info metric. */
  readonly value: string | { readonly number: number };
  readonly convert?: Conversion;
  /** Factor of the value, after the conversion. */
  readonly scale?: number;
  /** Numbers for words of the field: `{ok: 0, degraded: 1}`. Other words are converted. */
  readonly enum?: Readonly<Record<string, number>>;
  /** Texts of the field that mean that there is no value (`[N/A]`, `-`). Such a record gives no sample. */
  readonly absent?: readonly string[];
  /** Label → field. If a record doesn't have the field, `missing` decides. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Label → text. */
  readonly constants?: Labels;
  /** Records with other values are skipped. */
  readonly when?: Condition;
  /** What to do with a record whose field is missing or empty, `error` by default. */
  readonly missing?: "absent" | "error";
};

/** A mistake and its path in the configuration: `["parser", "pattern"]`, `["metrics", 2, "value"]`. */
export type FormatProblem = { readonly path: readonly (string | number)[]; readonly message: string };

/** The value of a field: a text, or another type of JSON and line protocol. */
export type FieldValue = string | number | boolean | null | undefined;

/** A record with all fields, for `try`. */
export type ShownRecord = {
  /** Line of the output, from 1. 0 if it isn't known. */
  readonly line: number;
  readonly fields: Readonly<Record<string, FieldValue>>;
};
