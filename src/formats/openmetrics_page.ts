import { faultOf } from "../family_rules.ts";
import type { Family, MetricType, Sample } from "../metric.ts";
import { ParseError, quote } from "../text.ts";
import { readRest } from "./openmetrics_sample.ts";
import {
  closedFamily,
  createPageFamilies,
  type Names,
  notItself,
  type OpenFamily,
  type PageFamilies,
  requireBound,
  requireTogether,
} from "./page_families.ts";
import { type Cursor, commentName, nameAt, readSeries, unescapeText, unexpected } from "./page_scanner.ts";
import { unended } from "./text_page.ts";

const TYPES: Readonly<Record<string, MetricType>> = {
  unknown: "untyped",
  gauge: "gauge",
  counter: "counter",
  stateset: "stateset",
  info: "info",
  histogram: "histogram",
  gaugehistogram: "gaugehistogram",
  summary: "summary",
};

/** The comments of a family. */
type Head = { readonly name: string; type?: MetricType; unit?: string; help?: string };

type Page = PageFamilies & {
  readonly heads: Map<OpenFamily, Head>;
  readonly names: Set<string>;
  /** Comments whose samples haven't been read yet. */
  head: Head | undefined;
  family: OpenFamily | undefined;
};

/**
 * Parses a page of OpenMetrics 1.0 strictly. Names may be UTF-8.
 * @throws ParseError with the line of the first error.
 */
export function readOpenMetricsPage(text: string, maxSeries: number): readonly Family[] {
  const page: Page = {
    ...createPageFamilies(text, maxSeries),
    heads: new Map(),
    names: new Set(),
    head: undefined,
    family: undefined,
  };
  const cursor: Cursor = { text, at: 0, end: -1, line: 0, strict: true };
  for (;;) {
    cursor.at = cursor.end + 1;
    const end = text.indexOf("\n", cursor.at);
    cursor.end = end < 0 ? text.length : end;
    cursor.line += 1;
    if (text.startsWith("# EOF", cursor.at) && cursor.end === cursor.at + 5) break;
    if (end < 0) throw unended(text.slice(cursor.at), cursor.line);
    if (text[cursor.at] === "#") readComment(cursor, page);
    else readSample(cursor, page);
  }
  if (cursor.end + 1 < text.length)
    throw new ParseError('found "# EOF" before the end, wanted it as the last line', cursor.line);
  closeFamily(page, cursor.line);
  return page.all().map((family) => checkedFamily(family, text, page.heads.get(family)));
}

/** Reads a comment. The comments of a metric must be together, before its samples. */
function readComment(cursor: Cursor, page: Page): void {
  const { text, at, end, line } = cursor;
  const word = /^# (TYPE|UNIT|HELP) /.exec(text.slice(at, at + 7))?.[1];
  if (!word) throw unexpected(cursor, "HELP, TYPE, UNIT or EOF after # and one space");
  cursor.at += 7;
  const name = commentName(cursor);
  if (text[cursor.at] !== " " || cursor.at >= end) throw unexpected(cursor, `one space after the name ${quote(name)}`);
  const rest = text.slice(cursor.at + 1, end);
  if (page.head?.name !== name) {
    if (page.names.has(name))
      throw new ParseError(
        `found ${word} of ${quote(name)} after other metrics or its samples, wanted all of a metric together`,
        line,
      );
    closeFamily(page, line);
    page.names.add(name);
    page.head = { name };
  }
  addToHead(page.head as Head, word, rest, line);
}

function addToHead(head: Head, word: string, rest: string, line: number): void {
  const key = word.toLowerCase() as "type" | "unit" | "help";
  if (head[key] !== undefined) throw new ParseError(`found ${word} of ${quote(head.name)} twice, wanted it once`, line);
  if (key === "help") {
    head.help = unescapeText(rest);
  } else if (key === "unit") {
    if (rest !== "" && !head.name.endsWith(`_${rest}`)) {
      throw new ParseError(`found unit ${quote(rest)} of ${quote(head.name)}, wanted the end of the name`, line);
    }
    head.unit = rest;
  } else {
    const type = Object.hasOwn(TYPES, rest) ? TYPES[rest] : undefined;
    if (!type) throw new ParseError(`found type ${quote(rest)}, wanted one of ${Object.keys(TYPES).join(", ")}`, line);
    head.type = type;
  }
  if (head.unit && (head.type === "info" || head.type === "stateset")) {
    throw new ParseError(`found a unit of the ${head.type} ${quote(head.name)}, wanted none`, line);
  }
}

/** Begins the family of the comments read so far. It may have no samples. */
function closeFamily(page: Page, line: number): void {
  if (page.head) openFamily(page, page.head, line);
  page.head = undefined;
  page.family = undefined;
}

function openFamily(page: Page, head: Head, line: number): OpenFamily {
  const type = head.type ?? "untyped";
  const name = type === "counter" ? `${head.name}_total` : type === "info" ? `${head.name}_info` : head.name;
  const family = page.begin({ name, type, typed: head.type !== undefined }, namesOf(type, head.name), line);
  page.heads.set(family, head);
  return family;
}

function namesOf(type: MetricType, name: string): Names {
  const part = (suffix: NonNullable<Sample["suffix"]>) => [name + suffix, suffix] as const;
  switch (type) {
    case "counter":
      return [[name, null], [`${name}_total`, undefined], part("_created")];
    case "info":
      return [
        [name, null],
        [`${name}_info`, undefined],
      ];
    case "histogram":
      return [[name, null], part("_bucket"), part("_sum"), part("_count"), part("_created")];
    case "gaugehistogram":
      return [[name, null], part("_bucket"), part("_gsum"), part("_gcount")];
    case "summary":
      return [[name, undefined], part("_sum"), part("_count"), part("_created")];
    default:
      return [[name, undefined]];
  }
}

function readSample(cursor: Cursor, page: Page): void {
  const { line } = cursor;
  const name = nameAt(cursor);
  if (name !== "") {
    const { family, suffix } = ownerOf(name, page, line);
    if (suffix === undefined && page.addPlain(family, cursor, name)) return;
  }
  const series = readSeries(cursor);
  const { family, suffix } = ownerOf(series.name, page, line);
  requireBound(family.type, suffix, series.labels, line);
  page.add(family, readRest(cursor, series.labels, family.type, suffix), series, line);
}

function ownerOf(name: string, page: Page, line: number): { family: OpenFamily; suffix: Sample["suffix"] } {
  if (page.head) {
    page.family = openFamily(page, page.head, line);
    page.head = undefined;
  }
  let owner = page.ownerOf(name);
  if (!owner) {
    page.names.add(name);
    page.family = openFamily(page, { name }, line);
    owner = { family: page.family, suffix: undefined };
  }
  const { family, suffix } = owner;
  if (suffix === null) throw notItself(family, name, line);
  if (family !== page.family)
    throw new ParseError(`found a sample of ${quote(name)} after other metrics, wanted all of a metric together`, line);
  return { family, suffix };
}

/** A family, checked by the rules of its type. */
function checkedFamily(open: OpenFamily, text: string, head: Head | undefined): Family {
  const family = closedFamily(open, text, head?.help ?? "", head?.unit);
  if (family.lines) return family;
  requireTogether(open);
  const fault = faultOf(family);
  if (fault) throw new ParseError(fault.message, open.lines[open.samples.indexOf(fault.sample)] ?? 0);
  return family;
}
