import type { Labels } from "../metric.ts";
import { ParseError, quote } from "../text.ts";
import { isBefore, orderedSeries, plainSeries } from "./plain_sample.ts";

/** A position in a line of a page. */
export type Cursor = {
  readonly text: string;
  /** Offset of the end of the line. */
  end: number;
  /** 1-based. */
  line: number;
  at: number;
  /** OpenMetrics allows only single spaces, and no comma after the last label. */
  readonly strict: boolean;
};

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

/** An error with the text at the cursor. */
export function unexpected({ text, at, end, line }: Cursor, wanted: string): ParseError {
  return new ParseError(
    `found ${at < end ? quote(text.slice(at, end)) : "the end of the line"}, wanted ${wanted}`,
    line,
  );
}

/** Skips spaces and tabs. */
export function skipBlanks(cursor: Cursor): void {
  const { text, end } = cursor;
  let code = text.charCodeAt(cursor.at);
  while (cursor.at < end && (code === SPACE || code === TAB)) code = text.charCodeAt(++cursor.at);
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** Reads an ASCII name; empty if there is none. @param colons whether colons are allowed, as in metric names. */
function plainName(cursor: Cursor, colons: boolean): string {
  const { text, end } = cursor;
  const start = cursor.at;
  let code = text.charCodeAt(start);
  let at = start;
  while (at < end && (isNameStart(code) || (colons && code === 58) || (at > start && code >= 48 && code <= 57))) {
    code = text.charCodeAt(++at);
  }
  cursor.at = at;
  return text.slice(start, at);
}

/** The ASCII name at the cursor, which isn't moved; empty if there is none. */
export function nameAt(cursor: Cursor): string {
  const { at } = cursor;
  const name = plainName(cursor, true);
  cursor.at = at;
  return name;
}

/** Reads a quoted text. A backslash before other characters than `"`, `\` and `n` is kept. */
function quoted(cursor: Cursor): string {
  const { text, end } = cursor;
  const start = cursor.at + 1;
  let escapes = false;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      cursor.at = at + 1;
      const raw = text.slice(start, at);
      return escapes ? unescapeText(raw) : raw;
    }
    if (code === BACKSLASH) {
      escapes = true;
      at += 1;
    }
  }
  throw unexpected(cursor, "a text that ends in a quote");
}

/** Unescapes a label value, or HELP in OpenMetrics. */
export function unescapeText(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, code: string) => (code === "n" ? "\n" : code));
}

/** Reads the metric name of a comment, with or without quotes. */
export function commentName(cursor: Cursor): string {
  const name = codeAt(cursor) === QUOTE ? quoted(cursor) : plainName(cursor, true);
  if (name === "") throw unexpected(cursor, "the name of a metric");
  return name;
}

/** Name and labels of a sample. `key` is unique for each series. */
export type Series = { readonly name: string; readonly labels: Labels; readonly key: string };

const NO_LABELS: Labels = Object.freeze({});

/** Reads the series of a sample. */
export function readSeries(cursor: Cursor): Series {
  const start = cursor.at;
  const name = plainName(cursor, true);
  const nameEnd = cursor.at;
  if (!cursor.strict) skipBlanks(cursor);
  if (codeAt(cursor) !== BRACE_OPEN) {
    if (name === "") throw unexpected(cursor, "a sample");
    cursor.at = nameEnd;
    return { name, labels: NO_LABELS, key: name };
  }
  const found = readLabels(cursor);
  if (found.name !== undefined && name !== "") throw twoNames(name, found.name, cursor);
  const named = found.name ?? name;
  if (named === "") throw new ParseError("found labels without a name, wanted the name of a metric", cursor.line);
  return {
    name: named,
    labels: found.labels,
    key: plainKey(cursor.text, start, nameEnd) ?? seriesKey(named, found.labels),
  };
}

/** The key of a series whose text needs no rewriting; undefined for others. */
function plainKey(text: string, start: number, nameEnd: number): string | undefined {
  const plain = nameEnd > start ? plainSeries(text, nameEnd) : undefined;
  if (plain === undefined) return undefined;
  return plain.isInOrder ? text.slice(start, plain.end) : orderedSeries(text, start, nameEnd);
}

function twoNames(one: string, other: string, { line }: Cursor): ParseError {
  return new ParseError(`found the names ${quote(one)} and ${quote(other)}, wanted one`, line);
}

/** The key of a series: labels in order, without empty ones. */
export function seriesKey(name: string, labels: Labels): string {
  let key = "";
  for (const label of Object.keys(labels).sort((a, b) => (isBefore(a, b) ? -1 : 1))) {
    const value = labels[label] ?? "";
    if (value !== "") key += `${key === "" ? "{" : ","}${shown(label)}="${escaped(value)}"`;
  }
  return shown(name) + (key && `${key}}`);
}

function escaped(value: string): string {
  if (!/["\\\n]/.test(value)) return value;
  return value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n");
}

function shown(name: string): string {
  return /^[\w:]*$/.test(name) ? name : JSON.stringify(name);
}

/** The character code at the cursor, 0 at the end of the line. */
function codeAt({ text, at, end }: Cursor): number {
  return at < end ? text.charCodeAt(at) : 0;
}

type Found = {
  /** A quoted text without a value, which is the metric name. */
  readonly name: string | undefined;
  readonly labels: Labels;
};

/** Reads labels after the opening brace. */
export function readLabels(cursor: Cursor): Found {
  const { strict } = cursor;
  const labels: Record<string, string> = {};
  let metric: string | undefined;
  let previous = "";
  cursor.at += 1;
  for (let isFirst = true; ; isFirst = false) {
    if (!strict) skipBlanks(cursor);
    if (codeAt(cursor) === BRACE_CLOSE && (isFirst || !strict)) break;
    const isQuoted = codeAt(cursor) === QUOTE;
    const name = isQuoted ? quoted(cursor) : plainName(cursor, false);
    if (name === "") throw unexpected(cursor, "the name of a label");
    if (!strict) skipBlanks(cursor);
    if (isQuoted && codeAt(cursor) !== EQUALS) {
      if (metric !== undefined) throw twoNames(metric, name, cursor);
      metric = name;
    } else {
      if (name.startsWith("__")) throw reserved(name, cursor);
      if (!(previous < name) && Object.hasOwn(labels, name))
        throw new ParseError(`found label ${quote(name)} twice, wanted it once`, cursor.line);
      labels[name] = labelValue(cursor);
      if (previous < name) previous = name;
      if (!strict) skipBlanks(cursor);
    }
    const code = codeAt(cursor);
    if (code === BRACE_CLOSE) break;
    if (code !== COMMA) throw unexpected(cursor, '"," or "}"');
    cursor.at += 1;
  }
  cursor.at += 1;
  return { name: metric, labels };
}

function labelValue(cursor: Cursor): string {
  if (codeAt(cursor) !== EQUALS) throw unexpected(cursor, '"=" and the value of a label');
  cursor.at += 1;
  if (!cursor.strict) skipBlanks(cursor);
  if (codeAt(cursor) !== QUOTE) throw unexpected(cursor, "the value of a label in quotes");
  return quoted(cursor);
}

function reserved(name: string, { line }: Cursor): ParseError {
  return new ParseError(`found label ${quote(name)}, wanted one without "__" in front`, line);
}

/** Reads up to a blank or the end of the line. */
export function readWord(cursor: Cursor): string {
  const { text, end } = cursor;
  const start = cursor.at;
  let at = start;
  for (let code = text.charCodeAt(at); at < end && code !== SPACE && code !== TAB; code = text.charCodeAt(++at));
  cursor.at = at;
  return text.slice(start, at);
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** A decimal number in Go's syntax. Undefined for anything else, and for a number that is too large for a float. */
export function readNumber(word: string): number | undefined {
  if (DECIMAL.test(word)) {
    const value = Number(word);
    return Number.isFinite(value) ? value : undefined;
  }
  const infinite = INFINITE.exec(word);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^nan$/i.test(word) ? Number.NaN : undefined;
}
