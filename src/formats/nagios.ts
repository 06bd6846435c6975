import type { Family } from "../metric.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { inBaseUnit } from "./convert.ts";
import { decodeText } from "./decode.ts";
import type { FieldValue, MetricMapping } from "./format.ts";
import { mapRows } from "./mapping.ts";
import { namedRow, type RowFormat } from "./record.ts";
import { eachLine, requireShort } from "./text_lines.ts";

const STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];

/** Units of performance data, with their factor and base unit. */
const UNITS: Readonly<Record<string, readonly [factor: number, unit: string]>> = {
  "": [1, ""],
  s: [1, "seconds"],
  ms: [1e-3, "seconds"],
  us: [1e-6, "seconds"],
  ns: [1e-9, "seconds"],
  "%": [0.01, "ratio"],
  B: [1, "bytes"],
  KB: [1024, "bytes"],
  MB: [1024 ** 2, "bytes"],
  GB: [1024 ** 3, "bytes"],
  TB: [1024 ** 4, "bytes"],
  c: [1, "count"],
};

const CHECK_FIELDS = ["status", "state", "text"];
const FIGURE_FIELDS = ["label", "value", "unit", "warning", "critical", "minimum", "maximum"];

/** Metrics if the configuration has none. */
const DEFAULT_METRICS: readonly MetricMapping[] = [
  {
    name: "nagios_status",
    help: "Exit status of the plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
    value: "status",
  },
  {
    name: "nagios_value",
    help: "Figure of the plugin's performance data, in base units.",
    value: "value",
    labels: { label: "label", unit: "unit" },
    missing: "absent",
  },
];

/** The same with labels of the configuration. */
export function defaultNagios(labels: Readonly<Record<string, string>> = {}): readonly MetricMapping[] {
  return DEFAULT_METRICS.map((metric) => ({ ...metric, constants: labels }));
}

/**
 * The output of a plugin by the Nagios Plugin Development Guidelines: text, `|` and performance data, then more lines of text, and
 * after another `|` more performance data.
 */
export const nagiosFormat: RowFormat = {
  fault: (field) => {
    const known = [...CHECK_FIELDS, ...FIGURE_FIELDS];
    return known.includes(field) ? undefined : `found field ${quote(field)}, wanted one of ${known.join(", ")}`;
  },
  each: ({ stdout, exitCode = 0 }, visitor) => {
    const state = STATES[exitCode];
    if (state === undefined)
      throw new ParseError(`found exit status ${exitCode}, wanted 0 to 3 as plugins of Nagios have it`);
    const { text, figures } = partsOf(decodeText(stdout));
    visitor.row(
      namedRow(
        1,
        new Map<string, FieldValue>([
          ["status", exitCode],
          ["state", state],
          ["text", text],
        ]),
      ),
    );
    for (const { data, line } of figures) {
      for (const figure of figuresOf(data, line)) visitor.row(namedRow(line, figure));
    }
  },
};

/** The families of a plugin. A metric uses the check or the figures, depending on its fields. */
export function readNagios(metrics: readonly MetricMapping[], output: Output): readonly Family[] {
  return metrics.flatMap((metric) => mapRows(rowsFor(metric), [metric], output));
}

function rowsFor(metric: MetricMapping): RowFormat {
  const isCheck =
    (typeof metric.value === "string" && CHECK_FIELDS.includes(metric.value)) ||
    Object.values(metric.labels ?? {}).some((field) => CHECK_FIELDS.includes(field));
  return {
    ...nagiosFormat,
    ...(!isCheck && { none: "found no performance data, wanted some after |" }),
    each: (output, visitor) =>
      nagiosFormat.each(output, { row: (row) => (row.get("status") !== undefined) === isCheck && visitor.row(row) }),
  };
}

type Part = { readonly data: string; readonly line: number };

function partsOf(output: string): { text: string; figures: readonly Part[] } {
  const figures: Part[] = [];
  const texts: string[] = [];
  let isData = false;
  eachLine(output, (line, number) => {
    requireShort(line, number);
    const at = line.indexOf("|");
    if (!isData) texts.push((at < 0 ? line : line.slice(0, at)).trim());
    if (isData) figures.push({ data: line, line: number });
    else if (at >= 0) figures.push({ data: line.slice(at + 1), line: number });
    // After the second `|`, everything is performance data.
    isData ||= at >= 0 && number > 1;
  });
  return { text: texts[0] ?? "", figures };
}

const LABEL = /\s*(?:'((?:[^']|'')*)'|([^\s'=]+))=(\S*)/;
const VALUE = /^([-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?|U)((?:[^\d\s;'".,:+-][^\d\s;'"]*)?)$/;

function figuresOf(data: string, line: number): readonly ReadonlyMap<string, FieldValue>[] {
  const figures: ReadonlyMap<string, FieldValue>[] = [];
  const pattern = new RegExp(LABEL, "y");
  let at = 0;
  while (data.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const [all, quoted, plain, text = ""] = pattern.exec(data) ?? [];
    if (all === undefined) throw wrong(data.slice(at).trim(), line);
    at += all.length;
    figures.push(figureOf(quoted?.replaceAll("''", "'") ?? plain ?? "", text, line));
  }
  return figures;
}

function wrong(text: string, line: number): ParseError {
  return new ParseError(
    `found ${quote(text)}, wanted performance data: label=value[unit];[warn];[crit];[min];[max]`,
    line,
  );
}

function figureOf(label: string, text: string, line: number): ReadonlyMap<string, FieldValue> {
  const [first = "", warning = "", critical = "", minimum = "", maximum = "", ...more] = text.split(";");
  const [, figure, suffix = ""] = VALUE.exec(first) ?? [];
  if (figure === undefined || more.join("") !== "") throw wrong(`${label}=${text}`, line);
  const [factor, unit] = (Object.hasOwn(UNITS, suffix) ? UNITS[suffix] : undefined) ?? [1, suffix];
  /** Ranges (`10:20`, `@5`) can't be a single number. */
  const scaled = (word: string) =>
    /^[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)$/.test(word) ? inBaseUnit(Number(word.replace(",", ".")), factor) : undefined;
  return new Map<string, FieldValue>([
    ["label", label],
    ["value", figure === "U" ? undefined : inBaseUnit(Number(figure.replace(",", ".")), factor)],
    ["unit", unit],
    ["warning", scaled(warning)],
    ["critical", scaled(critical)],
    ["minimum", scaled(minimum)],
    ["maximum", scaled(maximum)],
  ]);
}
