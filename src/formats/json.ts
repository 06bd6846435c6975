import { ParseError, quote } from "../text.ts";
import { decodeText } from "./decode.ts";
import type { FieldValue, FormatProblem, JsonFormat } from "./format.ts";
import { compilePath, type JsonPath, withoutBraces } from "./json_path.ts";
import { parseJson } from "./json_text.ts";
import type { Row, RowFormat } from "./record.ts";
import { eachLine } from "./text_lines.ts";

/**
 * The format json, or a problem if its path is invalid.
 * @param fields the fields of all metrics, of which the JSONPaths are compiled
 */
export function jsonFormat(
  { path = "$", lines = false }: JsonFormat,
  fields: readonly string[],
): RowFormat | FormatProblem {
  const nodes = compilePath(path);
  if (typeof nodes === "string") return { path: ["parser", "path"], message: nodes };
  const paths = new Map<string, JsonPath>();
  const faults = new Map<string, string>();
  for (const field of fields.filter((one) => one.startsWith("$"))) {
    const compiled = compilePath(field);
    if (typeof compiled === "string") faults.set(field, compiled);
    else paths.set(field, compiled);
  }
  return {
    none: `found nothing at ${quote(path)}, wanted at least one value, or missing: absent in all metrics`,
    fault: (field) => (/^\s*\{/.test(field) ? withoutBraces(field) : faults.get(field)),
    each: ({ stdout }, { row }) => {
      const read = (text: string, line: number) => {
        nodes.each(parseJson(text, line), (node) => row(rowOf(node, lines ? line : 0, paths)));
      };
      const text = decodeText(stdout);
      if (!lines) read(text, 1);
      else eachLine(text, (one, line) => one.trim() !== "" && read(one, line));
    },
  };
}

function rowOf(node: unknown, line: number, paths: ReadonlyMap<string, JsonPath>): Row {
  return {
    line,
    get: (field) => {
      const path = paths.get(field);
      return scalar(path ? path.one(node) : memberOf(node, field), field, line);
    },
    advice: (field) => (/^[^$].*[.[]/.test(field) ? ` (a path begins with $: ${quote(`$.${field}`)})` : ""),
    fields: () => {
      if (typeof node !== "object" || node === null) return { $: shown(node) };
      return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, shown(value)]));
    },
  };
}

function memberOf(node: unknown, name: string): unknown {
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return undefined;
  return (node as Record<string, unknown>)[name];
}

function scalar(value: unknown, field: string, line: number): FieldValue {
  if (typeof value !== "object" || value === null) return value as FieldValue;
  throw new ParseError(
    `found ${Array.isArray(value) ? "a list" : "an object"} in ${quote(field)}, wanted one value`,
    line,
  );
}

/** A value for `try`. */
function shown(value: unknown): FieldValue {
  if (typeof value !== "object" || value === null) return value as FieldValue;
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
