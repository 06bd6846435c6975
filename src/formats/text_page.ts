import type { Family, MetricType, Sample } from "../metric.ts";
import { ParseError, quote } from "../text.ts";
import {
  closedFamily,
  createPageFamilies,
  type Names,
  notItself,
  type Owner,
  type PageFamilies,
  requireBound,
} from "./page_families.ts";
import {
  type Cursor,
  commentName,
  nameAt,
  readNumber,
  readSeries,
  readWord,
  skipBlanks,
  unexpected,
} from "./page_scanner.ts";

const TYPES: readonly MetricType[] = ["counter", "gauge", "histogram", "summary", "untyped"];

type Page = PageFamilies & { readonly helps: Map<string, string> };

/**
 * Parses a page of text format 0.0.4 as Prometheus does. Names may be UTF-8. In addition to Prometheus' checks, it requires one HELP
 * and one TYPE per name, TYPE before its samples, unique series, and no label that begins with `__`.
 * @throws ParseError with the line of the first error.
 */
export function readTextPage(text: string, maxSeries: number): readonly Family[] {
  const page = { ...createPageFamilies(text, maxSeries), helps: new Map<string, string>() };
  const cursor: Cursor = { text, at: 0, end: -1, line: 0, strict: false };
  while (cursor.end + 1 < text.length) {
    cursor.at = cursor.end + 1;
    cursor.end = text.indexOf("\n", cursor.at);
    cursor.line += 1;
    if (cursor.end < 0) throw unended(text.slice(cursor.at), cursor.line);
    readLine(cursor, page);
  }
  return page.all().map((family) => closedFamily(family, text, page.helps.get(family.name) ?? ""));
}

/** The error of a page without its last line end. */
export function unended(rest: string, line: number): ParseError {
  return new ParseError(`found ${quote(rest)} without a line end, wanted a whole page`, line);
}

function readLine(cursor: Cursor, page: Page): void {
  skipBlanks(cursor);
  if (cursor.at >= cursor.end) return;
  if (cursor.text[cursor.at] === "#") readComment(cursor, page);
  else readSample(cursor, page);
}

function readComment(cursor: Cursor, page: Page): void {
  cursor.at += 1;
  const start = cursor.at;
  skipBlanks(cursor);
  if (cursor.at === start) return;
  const word = readWord(cursor);
  if ((word !== "HELP" && word !== "TYPE") || cursor.at === cursor.end) return;
  skipBlanks(cursor);
  const name = commentName(cursor);
  const { text, at, end } = cursor;
  if (at < end && text[at] !== " " && text[at] !== "\t")
    throw unexpected(cursor, `a blank after the name ${quote(name)}`);
  skipBlanks(cursor);
  const rest = text.slice(cursor.at, end);
  if (word === "TYPE") beginFamily(name, rest, page, cursor);
  else addHelp(name, rest, page, cursor);
}

function addHelp(name: string, help: string, { helps }: Page, { line }: Cursor): void {
  if (helps.has(name)) throw new ParseError(`found HELP of ${quote(name)} twice, wanted it once`, line);
  helps.set(
    name,
    help.replace(/\\([\\n])/g, (_, code: string) => (code === "n" ? "\n" : code)),
  );
}

function beginFamily(name: string, word: string, page: Page, { line }: Cursor): void {
  const type = TYPES.find((known) => known === word.trimEnd());
  if (!type) throw new ParseError(`found type ${quote(word)}, wanted one of ${TYPES.join(", ")}`, line);
  page.begin({ name, type, typed: true }, namesOf(type, name), line);
}

function namesOf(type: MetricType, name: string): Names {
  const parts = [
    [`${name}_sum`, "_sum"],
    [`${name}_count`, "_count"],
  ] as const;
  if (type === "histogram") return [[name, null], [`${name}_bucket`, "_bucket"], ...parts];
  return type === "summary" ? [[name, undefined], ...parts] : [[name, undefined]];
}

function readSample(cursor: Cursor, page: Page): void {
  const { line, end } = cursor;
  const plainName = nameAt(cursor);
  if (plainName !== "") {
    const { family, suffix } = ownerOf(plainName, page, line);
    if (suffix === undefined && page.addPlain(family, cursor, plainName)) return;
  }
  const series = readSeries(cursor);
  const { name, labels } = series;
  const owner = ownerOf(name, page, line);
  if (owner.suffix === null) throw notItself(owner.family, name, line);
  requireBound(owner.family.type, owner.suffix, labels, line);
  skipBlanks(cursor);
  const value = readValue(cursor);
  skipBlanks(cursor);
  const timestampMs = cursor.at < end ? readTime(cursor) : undefined;
  skipBlanks(cursor);
  if (cursor.at < end) throw unexpected(cursor, "the end of the line after a timestamp");
  const { suffix } = owner;
  let sample: Sample = suffix === undefined ? { labels, value } : { labels, value, suffix };
  if (timestampMs !== undefined) sample = { ...sample, timestampMs };
  page.add(owner.family, sample, series, line);
}

/** The family of a series name. Without a TYPE, a new one begins. */
function ownerOf(name: string, page: Page, line: number): Owner {
  return (
    page.ownerOf(name) ?? {
      family: page.begin({ name, type: "untyped", typed: false }, [[name, undefined]], line),
      suffix: undefined,
    }
  );
}

/** Reads a number. @throws ParseError */
export function readValue(cursor: Cursor): number {
  const { at } = cursor;
  const value = readNumber(readWord(cursor));
  if (value !== undefined) return value;
  throw unexpected({ ...cursor, at }, "a number");
}

function readTime(cursor: Cursor): number {
  const { at } = cursor;
  const word = readWord(cursor);
  if (/^\d{1,16}$/.test(word) && Number.isSafeInteger(Number(word))) return Number(word);
  throw unexpected({ ...cursor, at }, "a timestamp in whole milliseconds");
}
