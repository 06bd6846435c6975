import { boundLabel, isSamePoint, pointLabels } from "../family_rules.ts";
import { type Family, type Labels, linedFamily, type MetricType, type Sample } from "../metric.ts";
import { OverflowError, ParseError, quote } from "../text.ts";
import { type Cursor, readSeries, type Series, seriesKey } from "./page_scanner.ts";
import { isPlainNumber, orderedSeries, plainSeries } from "./plain_sample.ts";

type Suffix = Sample["suffix"];

/** A family that is being read. */
export type OpenFamily = {
  readonly name: string;
  readonly type: MetricType;
  /** Whether it has a TYPE. */
  readonly typed: boolean;
  readonly samples: Sample[];
  /** The line of each sample. */
  readonly lines: number[];
  /** Its lines so far, instead of samples, as long as they are consecutive and need no rewriting. */
  plain: Part | undefined;
};

/** Consecutive lines of a text. */
type Part = { readonly start: number; readonly line: number; readonly count: number; readonly end: number };

type FamilyHead = Pick<OpenFamily, "name" | "type" | "typed">;

/** The names of a family: those of its samples with their suffix, and those that are reserved (null). */
export type Names = readonly (readonly [name: string, suffix: Suffix | null])[];

export type Owner = { readonly family: OpenFamily; readonly suffix: Suffix | null };

/** The families of a page that is being read. Names and series are unique. */
export type PageFamilies = {
  /** Begins a family. @throws ParseError if one of its names is taken. */
  readonly begin: (family: FamilyHead, names: Names, line: number) => OpenFamily;
  /** The family of a series name, and the suffix; undefined if there is none yet. */
  readonly ownerOf: (series: string) => Owner | undefined;
  /** Adds a sample to a family. @throws ParseError for a duplicate series, OverflowError for too many samples. */
  readonly add: (family: OpenFamily, sample: Sample, series: Series, line: number) => void;
  /** Adds the line of a sample if it needs no rewriting, and returns whether it did. Throws as `add`. @param name at the cursor */
  readonly addPlain: (family: OpenFamily, cursor: Cursor, name: string) => boolean;
  readonly all: () => readonly OpenFamily[];
};

/** @param maxSeries maximum number of samples. */
export function createPageFamilies(text: string, maxSeries: number): PageFamilies {
  const families: OpenFamily[] = [];
  const owners = new Map<string, Owner>();
  /** The last timestamp of each series; NaN without one. */
  const seen = new Map<string, number>();
  let total = 0;

  function begin(head: FamilyHead, names: Names, line: number): OpenFamily {
    const family = { ...head, samples: [], lines: [], plain: undefined };
    for (const [name, suffix] of names) {
      const owner = owners.get(name);
      if (owner) throw new ParseError(clash(head.name, name, owner.family), line);
      owners.set(name, { family, suffix });
    }
    families.push(family);
    return family;
  }

  function count(key: string, time: number, line: number): void {
    const before = seen.get(key);
    if (before !== undefined && !(time > before)) throw new ParseError(again(key, before, time), line);
    seen.set(key, time);
    total += 1;
    if (total > maxSeries) throw new OverflowError(maxSeries);
  }

  function add(family: OpenFamily, sample: Sample, { key }: Series, line: number): void {
    count(key, sample.timestampMs ?? Number.NaN, line);
    parseLines(family, text);
    family.samples.push(sample);
    family.lines.push(line);
  }

  function addPlain(family: OpenFamily, { at: start, end, line }: Cursor, name: string): boolean {
    const { type, plain, samples } = family;
    const isNext = plain ? plain.end + 1 === start : samples.length === 0;
    if (!isNext || !PLAIN.has(type)) return false;
    const nameEnd = start + name.length;
    const series = plainSeries(text, nameEnd);
    if (!series || !isPlainNumber(text, series.end, end, type !== "counter")) return false;
    const key = series.isInOrder ? text.slice(start, series.end) : orderedSeries(text, start, nameEnd);
    if (key === undefined) return false;
    count(key, Number.NaN, line);
    family.plain = { start: plain?.start ?? start, line: plain?.line ?? line, count: (plain?.count ?? 0) + 1, end };
    return true;
  }

  return { begin, ownerOf: (series) => owners.get(series), add, addPlain, all: () => families };
}

/** Types whose samples have the name of their family. */
const PLAIN: ReadonlySet<MetricType> = new Set<MetricType>(["gauge", "counter", "untyped"]);

/** Converts the lines of a family to samples. */
function parseLines(family: OpenFamily, text: string): void {
  const { plain } = family;
  if (plain === undefined) return;
  family.plain = undefined;
  for (const [i, sample] of samplesOf(text.slice(plain.start, plain.end)).entries()) {
    family.samples.push(sample);
    family.lines.push(plain.line + i);
  }
}

/** Parses lines that need no rewriting. */
function samplesOf(text: string): Sample[] {
  return text.split("\n").map((line) => {
    const cursor: Cursor = { text: line, at: 0, end: line.length, line: 1, strict: true };
    const { labels } = readSeries(cursor);
    return { labels, value: Number(line.slice(cursor.at)) };
  });
}

function clash(name: string, shared: string, { name: other, samples, plain }: OpenFamily): string {
  if (name === other)
    return plain || samples.length > 0
      ? `found TYPE of ${quote(name)} after samples of it, wanted it before`
      : `found TYPE of ${quote(name)} twice, wanted it once`;
  return `found metric ${quote(name)}, wanted another name: ${quote(shared)} is one of ${quote(other)}`;
}

function again(key: string, before: number, time: number): string {
  if (Number.isNaN(before) || Number.isNaN(time)) return `found series ${quote(key)} twice, wanted it once`;
  return `found series ${quote(key)} at time ${time} after ${before}, wanted times that grow`;
}

const BOUND = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|\+?Inf)$/;

/** The error of a sample that has the name of its family although its type requires suffixes. */
export function notItself({ name, type }: OpenFamily, sample: string, line: number): ParseError {
  return new ParseError(
    `found a sample ${quote(sample)} of the ${type} ${quote(name)}, wanted those of its type`,
    line,
  );
}

/** Checks that a bucket has `le`, and a value of a summary `quantile`. @throws ParseError */
export function requireBound(type: MetricType, suffix: Suffix, labels: Labels, line: number): void {
  const name = boundLabel(type, suffix);
  if (name === undefined) return;
  const bound = labels[name];
  if (bound === undefined) throw new ParseError(`found no label ${name}, wanted one with a number`, line);
  if (!BOUND.test(bound)) throw new ParseError(`found ${name}=${quote(bound)}, wanted a number`, line);
}

/** The finished family. */
export function closedFamily(
  { name, type, samples, plain }: OpenFamily,
  page: string,
  help: string,
  unit?: string,
): Family {
  const head = { name, help, type, ...(unit && { unit }) };
  if (plain === undefined) return { ...head, samples, verbatim: true };
  const text = page.slice(plain.start, plain.end);
  return linedFamily(head, { text, count: plain.count }, () => samplesOf(text));
}

/** Checks that samples with the same labels are consecutive. @throws ParseError */
export function requireTogether(family: OpenFamily): void {
  const done = new Set<string>();
  let before: Sample | undefined;
  for (const [i, sample] of family.samples.entries()) {
    if (before && isSamePoint(family.type, before, sample)) continue;
    const key = seriesKey("", pointLabels(family.type, sample));
    if (done.has(key)) {
      throw new ParseError(
        `found samples of ${quote(family.name)} with the same labels apart, wanted them together`,
        family.lines[i] ?? 0,
      );
    }
    done.add(key);
    before = sample;
  }
}
