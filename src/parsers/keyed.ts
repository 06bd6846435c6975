import { ParseError, quote } from "../text.ts";
import { sizeInBytes, wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/**
 * Reads lines that consist of a unique name and a value.
 * @param read returns name and value of a line; undefined if it has another form.
 * @param wanted the form of a line, for messages: `"name: value" of sysctl`.
 * @throws ParseError for a line of another form and for a duplicate name.
 */
export function readKeyed<T>(
  lines: readonly Line[],
  read: (line: Line) => readonly [name: string, value: T] | undefined,
  wanted: string,
): Map<string, T> {
  const values = new Map<string, T>();
  for (const line of lines) {
    const found = read(line);
    if (!found) throw new ParseError(`found ${quote(line.text)}, wanted ${wanted}`, line.number);
    addOnce(values, ...found, line.number);
  }
  return values;
}

/** Adds a value. @throws ParseError for a duplicate name. */
export function addOnce<T>(values: Map<string, T>, name: string, value: T, line: number): void {
  if (values.has(name)) throw new ParseError(`found ${quote(name)} twice, wanted it once`, line);
  values.set(name, value);
}

/** A value as printed. It is parsed when it is used, so that unused values can have any form. */
export type Field = { readonly text: string; readonly line: number };
export type Fields = ReadonlyMap<string, Field>;

/** The same for a pattern with two groups: name and value. @throws ParseError */
export function readFields(lines: readonly Line[], pattern: RegExp, wanted: string): Map<string, Field> {
  const read = ({ text, number }: Line): [string, Field] | undefined => {
    const [, name, value] = pattern.exec(text) ?? [];
    return name === undefined ? undefined : [name, { text: value ?? "", line: number }];
  };
  return readKeyed(lines, read, wanted);
}

/** A whole number; undefined if it is missing or negative. @throws ParseError for anything else. */
export function countOf(fields: Fields, name: string): number | undefined {
  const field = fields.get(name);
  if (!field) return undefined;
  const count = wholeNumber(field.text.replace(/^-/, ""));
  if (count !== undefined) return field.text.startsWith("-") ? undefined : count;
  throw new ParseError(`found ${quote(field.text)} as ${name}, wanted a whole number`, field.line);
}

/**
 * A size in bytes; undefined if it is missing, negative or wrapped around.
 * @throws ParseError for anything but a whole number.
 */
export function bytesOf(fields: Fields, name: string, unit: number): number | undefined {
  const field = fields.get(name);
  return field && sizeInBytes(field.text, { unit, base: 1024, human: false }, field.line, `as ${name}`);
}
