import * as v from "valibot";
import { CONVERSIONS, MAPPED_TYPES } from "../formats/format.ts";
import { nearest, orNear } from "../nearest.ts";
import { presets } from "../presets/table.ts";
import { quote } from "../text.ts";
import { fields, found, isLeaf, isMapping, list } from "./schema.ts";
import {
  anyWords,
  boolean,
  choice,
  decimal,
  matching,
  oneOf,
  optional,
  record,
  required,
  whole,
  words,
} from "./words.ts";

/** The schema of `parser` and `metrics` of a command, which are passed to src/formats. */

const METRIC = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const labelNames = "a label name (letters, digits and _, not beginning with a digit or __)";
const fieldName = /^.+$/s;

const labels = optional(record(labelNames, LABEL, anyWords), "Labels to add to every sample.");
const comment = optional(words, "Lines that begin with this text are ignored.");

const columns = {
  columns: optional(list(words), "Names of the columns, instead of those in the header."),
  header: optional(boolean, "Whether the first line has the names of the columns.", "`true` without `columns`"),
  skip: optional(whole(0, 1_000_000), "Number of lines to skip at the top, before the header.", "`0`"),
  comment,
} as const;

const format = <const Name extends string>(name: Name) => required(oneOf([name]), "Name of the format.");

/** The keys of `parser`, by format. */
export const FORMATS = {
  prometheus: {
    about:
      "Text format 0.0.4 or OpenMetrics 1.0, passed through unchanged: names, types, help, labels and values. Timestamps are passed through too: Prometheus doesn't mark such series as stale when they vanish. One invalid line fails the run. Takes no `metrics`. Names beyond ASCII are printed in quotes by `once`, `parse` and `try`, as Prometheus 3 writes them; scrapes get them as their Accept header asks (`escaping=`), and with underscores by default.",
    schema: fields({ format: format("prometheus"), labels }),
  },
  keyvalue: {
    about: "Lines of a name and a value (`MemTotal: 16 GB`, `key=value`). Each name is a field. One record.",
    schema: fields({
      format: format("keyvalue"),
      separator: optional(words, "Separator of name and value. Blanks around it are ignored.", "`=`"),
      comment,
      paragraphs: optional(boolean, "Whether blank lines separate records.", "`false`"),
    }),
  },
  table: {
    about:
      "Rows of words, as `ps`, `df` and `zpool list` print them. A field is a column: its name, or its number from 1. Each row is a record.",
    schema: fields({
      format: format("table"),
      ...columns,
      separator: optional(
        words,
        "Separator of cells. Two blanks mean two or more. Where lines begin and end with the separator, as in a table with borders, those are ignored.",
        "blanks and tabs",
      ),
      rest: optional(boolean, "Whether the last column takes the rest of the line, including blanks.", "`false`"),
    }),
  },
  csv: {
    about:
      "Comma-separated values (RFC 4180). Blanks around cells are ignored. A field is a column: its name, or its number from 1. Each row is a record.",
    schema: fields({
      format: format("csv"),
      ...columns,
      delimiter: optional(
        matching("one character", /^.$/su, 'one character, like ";", or "\\t" in double quotes'),
        "Separator of cells.",
        "`,`",
      ),
      quote: optional(
        matching("one character, or none", /^.?$/su),
        'Character that quotes cells. `""` for none.',
        '`"`',
      ),
    }),
  },
  json: {
    about:
      "One JSON document. Each node that `path` selects is a record. A field is the name of a member of that node, or a JSONPath that begins with `$`, relative to the node.",
    schema: fields({
      format: format("json"),
      path: optional(words, "JSONPath (RFC 9535) that selects the records.", "`$`"),
      lines: optional(boolean, "Whether each line is a JSON document.", "`false`"),
    }),
  },
  regex: {
    about: "Each line in which the pattern is found is a record. Each named group (`(?P<name>…)`) is a field.",
    schema: fields({
      format: format("regex"),
      pattern: required(words, "Pattern in RE2 syntax, as Prometheus uses it. Matching takes linear time."),
      unmatched: optional(
        oneOf(["skip", "error"]),
        "Whether lines without a match are skipped or fail the run.",
        "`skip`",
      ),
    }),
  },
  nagios: {
    about:
      "Exit status and performance data of a Nagios plugin. The check has the fields `status`, `state` and `text`. Each figure has `label`, `value`, `unit`, `warning`, `critical`, `minimum`, `maximum`, in base units. Without `metrics`: `nagios_status` and `nagios_value`. Exit statuses 0 to 3 count as success.",
    schema: fields({ format: format("nagios"), labels }),
  },
  influx: {
    about:
      "Influx line protocol, as scripts for Telegraf print it. The fields of a record are `measurement`, its tags and its fields. Without `metrics` each number becomes `measurement_field` with the tags as labels.",
    schema: fields({ format: format("influx"), labels }),
  },
} as const;

/** The name of a preset as a format: the output is read as the output of the preset's own commands. */
const presetNames = presets.map(({ name }) => name);
const presetFormat = fields({
  format: required(oneOf(presetNames), "Name of a preset. The output is read as the output of its own commands."),
});

export const FORMAT_NAMES: readonly string[] = [...Object.keys(FORMATS), ...presetNames];

const schemas: Readonly<Record<string, v.GenericSchema>> = Object.fromEntries(
  Object.entries(FORMATS).map(([name, { schema }]) => [name, schema]),
);
type AnyFormat = (typeof FORMATS)[keyof typeof FORMATS]["schema"] | typeof presetFormat;

const noFormat = v.custom<never>(
  () => false,
  ({ input }) => {
    if (!isMapping(input)) {
      const meant = isLeaf(input) ? nearest(input.text, FORMAT_NAMES) : undefined;
      return found(`a mapping, like {format: ${meant ?? "prometheus"}}`)({ input });
    }
    const name = input.get("format");
    const wanted = `one of ${FORMAT_NAMES.join(", ")}`;
    if (name === undefined) return `missing key "format", wanted ${wanted}`;
    return isLeaf(name)
      ? `unknown format ${quote(name.text)}${orNear(name.text, FORMAT_NAMES)} ${wanted}`
      : found(wanted)({ input: name });
  },
);

/** `parser`. The other keys depend on `format`. */
export const parserSchema = v.pipe(
  v.lazy((input): AnyFormat => {
    const name = isMapping(input) ? input.get("format") : undefined;
    if (!isLeaf(name)) return noFormat as never;
    if (Object.hasOwn(schemas, name.text)) return schemas[name.text] as AnyFormat;
    return presetNames.includes(name.text) ? presetFormat : (noFormat as never);
  }),
  v.metadata({ word: "a mapping", choices: [...Object.values(schemas), presetFormat] }),
);

/** One of `metrics`. */
export const metricSchema = fields({
  name: required(
    matching("a metric name (letters, digits and _, not beginning with a digit)", METRIC),
    "Name of the metric. The name of a counter ends in `_total`.",
  ),
  help: required(words, "Help text of the metric."),
  type: optional(oneOf(MAPPED_TYPES), "Type of the metric.", "`gauge`"),
  unit: optional(
    matching("a unit (small letters)", /^[a-z]+(_[a-z]+)*$/),
    "Unit of the metric for OpenMetrics, like `bytes` or `seconds`. The name ends in it, before `_total`.",
  ),
  value: required(
    choice(
      { scalar: words, mapping: fields({ number: required(decimal, "Value for every record.") }) },
      "a field, or {number: N}",
    ),
    "Field that holds the value, or `{number: 1}` for an info metric, whose labels matter.",
  ),
  convert: optional(
    oneOf(CONVERSIONS),
    "Conversion of the text to a number, see below. Not needed for plain decimal numbers.",
  ),
  scale: optional(decimal, "Factor by which the value is multiplied, after the conversion.", "`1`"),
  enum: optional(record("a word", fieldName, decimal), "Numbers for words of the field: `{ok: 0, degraded: 1}`."),
  absent: optional(
    list(anyWords),
    "Texts of the field that mean that there is no value: `['-', N/A]`. Such a record gives no sample.",
  ),
  labels: optional(record(labelNames, LABEL, words), "Labels from fields: `{label: field}`."),
  constants: optional(record(labelNames, LABEL, anyWords), "Labels with a fixed value: `{label: text}`."),
  when: optional(
    record(
      "the name of a field",
      fieldName,
      choice({ scalar: anyWords, list: list(anyWords) }, "a text, or a list of them"),
    ),
    "Use only records whose fields have these values: `{state: [ONLINE, DEGRADED]}`.",
  ),
  missing: optional(
    oneOf(["absent", "error"]),
    "Whether a record without the field gives no sample (`absent`) or fails the run (`error`). If all metrics have `absent`, an output without records is no failure either.",
    "`error`",
  ),
});
