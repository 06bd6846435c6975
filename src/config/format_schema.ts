import * as v from "valibot";
import { CONVERSIONS, MAPPED_TYPES } from "../formats/format.ts";
import { presets } from "../presets/table.ts";
import { quote } from "../text.ts";
import { fields, found, isLeaf, isMapping, list, orNear } from "./schema.ts";
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

/** `parser` and `metrics` of a command: what src/formats takes, as it is written. */

const METRIC = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const labelNames = "a label name (letters, digits and _, not beginning with a digit or __)";
const fieldName = /^.+$/s;

const labels = optional(record(labelNames, LABEL, anyWords), "Labels that every sample gets, and their values.");
const comment = optional(words, "Lines that begin with this are passed over.");

const columns = {
  columns: optional(list(words), "Names of the columns, in the place of those of the header."),
  header: optional(boolean, "Whether the first line names the columns.", "`true` without `columns`"),
  skip: optional(whole(0, 1_000_000), "So many lines at the top are passed over, before the header.", "`0`"),
  comment,
} as const;

const format = <const Name extends string>(name: Name) => required(oneOf([name]), "The format.");

/** The keys of `parser`, by format. */
export const FORMATS = {
  prometheus: {
    about:
      "Text format 0.0.4 or OpenMetrics 1.0, handed on as it is: names, types, help, labels, values. `once`, `parse` and `try` print names beyond ASCII in quotes, as Prometheus 3 writes them; a scrape gets them as its Accept header asks (`escaping=`), with underscores by default. One line that is wrong fails the run. Takes no `metrics`.",
    schema: fields({ format: format("prometheus"), labels }),
  },
  keyvalue: {
    about: "Lines of a name and a value (`MemTotal: 16 GB`, `key=value`). Each name is a field. One record.",
    schema: fields({
      format: format("keyvalue"),
      separator: optional(words, "What stands between name and value. Blanks around it don't count.", "`=`"),
      comment,
      paragraphs: optional(boolean, "Each part between blank lines is a record of its own.", "`false`"),
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
        "What stands between cells. Two blanks stand for two or more; a border of it at both ends of a line is dropped.",
        "blanks and tabs",
      ),
      rest: optional(boolean, "The last column takes the rest of its line, blanks and all.", "`false`"),
    }),
  },
  csv: {
    about:
      "RFC 4180. Blanks around cells are dropped. A field is a column: its name, or its number from 1. Each row is a record.",
    schema: fields({
      format: format("csv"),
      ...columns,
      delimiter: optional(matching("one character", /^.$/su), "What stands between cells.", "`,`"),
      quote: optional(matching("one character, or none", /^.?$/su), 'What cells can stand in. `""` for none.', '`"`'),
    }),
  },
  json: {
    about:
      "One JSON document. A record is a node that `path` finds; a field is the name of a member of it, or a path of its own that begins with `$`.",
    schema: fields({
      format: format("json"),
      path: optional(words, "The records: a JSONPath (RFC 9535).", "`$`"),
      lines: optional(boolean, "Each line is a document of its own.", "`false`"),
    }),
  },
  regex: {
    about: "Each line that a pattern finds is a record, each named group (`(?P<name>…)`) a field.",
    schema: fields({
      format: format("regex"),
      pattern: required(words, "The pattern, in the syntax of RE2, which Prometheus uses too: it takes linear time."),
      unmatched: optional(oneOf(["skip", "error"]), "What lines are that it doesn't find.", "`skip`"),
    }),
  },
  nagios: {
    about:
      "The exit status and the performance data of a plugin for Nagios. Fields of the check: `status`, `state`, `text`; of each figure: `label`, `value`, `unit`, `warning`, `critical`, `minimum`, `maximum`, in base units. Without `metrics`: `nagios_status` and `nagios_value`. Exit statuses 0 to 3 are no failure.",
    schema: fields({ format: format("nagios"), labels }),
  },
  influx: {
    about:
      "Line protocol, which scripts for telegraf print. Fields: `measurement`, the tags, the fields. Without `metrics` each number becomes `measurement_field` with the tags as labels.",
    schema: fields({ format: format("influx"), labels }),
  },
} as const;

/** A preset by its name, as a format: reads what a command prints that prints as the preset's own. */
const presetNames = presets.map(({ name }) => name);
const presetFormat = fields({ format: required(oneOf(presetNames), "A preset: reads what its own commands print.") });

export const FORMAT_NAMES: readonly string[] = [...Object.keys(FORMATS), ...presetNames];

const schemas: Readonly<Record<string, v.GenericSchema>> = Object.fromEntries(
  Object.entries(FORMATS).map(([name, { schema }]) => [name, schema]),
);
type AnyFormat = (typeof FORMATS)[keyof typeof FORMATS]["schema"] | typeof presetFormat;

const noFormat = v.custom<never>(
  () => false,
  ({ input }) => {
    const name = isMapping(input) ? input.get("format") : input;
    const wanted = `one of ${FORMAT_NAMES.join(", ")}`;
    if (name === undefined) return `missing key "format", wanted ${wanted}`;
    return isLeaf(name)
      ? `unknown format ${quote(name.text)}${orNear(name.text, FORMAT_NAMES)} ${wanted}`
      : found(wanted)({ input: name });
  },
);

/** `parser`: the format decides about the other keys. */
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
    "Its name. That of a counter ends in `_total`.",
  ),
  help: required(words, "What the metric means, for people."),
  type: optional(oneOf(MAPPED_TYPES), "Its type.", "`gauge`"),
  unit: optional(
    matching("a unit (small letters)", /^[a-z]+(_[a-z]+)*$/),
    "Its unit (`bytes`, `seconds`), which is the end of its name, before `_total`. For OpenMetrics.",
  ),
  value: required(
    choice(
      { scalar: words, mapping: fields({ number: required(decimal, "The value of every record.") }) },
      "a field, or {number: N}",
    ),
    "The field that has the value, or `{number: 1}` for a metric that is about its labels.",
  ),
  convert: optional(oneOf(CONVERSIONS), "How a text becomes a number, where it isn't a plain decimal number."),
  scale: optional(decimal, "The value is multiplied by it, after the conversion.", "`1`"),
  enum: optional(record("a word", fieldName, decimal), "What words of the field mean: `{ok: 0, degraded: 1}`."),
  absent: optional(
    list(anyWords),
    "Texts of the field that stand for no value: `['-', N/A]`. Such a record gives no sample of the metric.",
  ),
  labels: optional(record(labelNames, LABEL, words), "Labels from fields: `{label: field}`."),
  constants: optional(record(labelNames, LABEL, anyWords), "Labels with values of their own: `{label: text}`."),
  when: optional(
    record(
      "the name of a field",
      fieldName,
      choice({ scalar: anyWords, list: list(anyWords) }, "a text, or a list of them"),
    ),
    "Only records whose fields have these values: `{state: [ONLINE, DEGRADED]}`.",
  ),
  missing: optional(oneOf(["absent", "error"]), "What a record without the field is.", "`error`"),
});
