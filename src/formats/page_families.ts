import { boundLabel, isSamePoint, pointLabels } from "../family_rules.ts";
import { type Family, type Labels, linedFamily, type MetricType, type Sample } from "../metric.ts";
import { OverflowError, ParseError, quote } from "../text.ts";
import { type Cursor, readSeries, type Series, seriesKey } from "./page_scanner.ts";
import { isPlainNumber, orderedSeries, plainSeries } from "./plain_sample.ts";

type Suffix = Sample["suffix"];

/** A family while its page is read. */
export type OpenFamily = {
  readonly name: string;
  readonly type: MetricType;
  /** Whether a TYPE was there. */
  readonly typed: boolean;
  readonly samples: Sample[];
  /** Where each sample stands. */
  readonly lines: number[];
  /** Its lines so far, in the place of samples, while they stand together and are as they will be written. */
  plain: Part | undefined;
};

/** A part of a text that begins with a line. */
type Part = { readonly start: number; readonly line: number; readonly count: number; readonly end: number };

type FamilyHead = Pick<OpenFamily, "name" | "type" | "typed">;

/** Which names a family has: its samples', and those that nothing may have beside it (null). */
export type Names = readonly (readonly [name: string, suffix: Suffix | null])[];

export type Owner = { readonly family: OpenFamily; readonly suffix: Suffix | null };

/** The families of a page as they are read, each name and each series once. */
export type PageFamilies = {
  /** Begins a family. @throws ParseError if one of its names is another's. */
  readonly begin: (family: FamilyHead, names: Names, line: number) => OpenFamily;
  /** The family of a series, and which part of it this is; undefined if there is none yet. */
  readonly ownerOf: (series: string) => Owner | undefined;
  /** Adds a sample to a family. @throws ParseError if its series is there already, OverflowError for one too many. */
  readonly add: (family: OpenFamily, sample: Sample, series: Series, line: number) => void;
  /** Adds the sample in a line if it needn't be taken apart. Throws as `add` does. @param name at the cursor */
  readonly addPlain: (family: OpenFamily, cursor: Cursor, name: string) => boolean;
  readonly all: () => readonly OpenFamily[];
};

/** @param maxSeries how many samples may be added. */
export function createPageFamilies(text: string, maxSeries: number): PageFamilies {
  const families: OpenFamily[] = [];
  const owners = new Map<string, Owner>();
  /** The last time of each series; NaN for one without a time. */
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
    takeApart(family, text);
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

/** Makes samples of lines. */
function takeApart(family: OpenFamily, text: string): void {
  const { plain } = family;
  if (plain === undefined) return;
  family.plain = undefined;
  for (const [i, sample] of samplesOf(text.slice(plain.start, plain.end)).entries()) {
    family.samples.push(sample);
    family.lines.push(plain.line + i);
  }
}

/** The samples of lines that are as they will be written. */
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

/** The error of a sample that has the name of a family whose samples have names of their own. */
export function notItself({ name, type }: OpenFamily, sample: string, line: number): ParseError {
  return new ParseError(
    `found a sample ${quote(sample)} of the ${type} ${quote(name)}, wanted those of its type`,
    line,
  );
}

/** Checks that a bucket has its bound, and a value of a summary its quantile. @throws ParseError without one. */
export function requireBound(type: MetricType, suffix: Suffix, labels: Labels, line: number): void {
  const name = boundLabel(type, suffix);
  if (name === undefined) return;
  const bound = labels[name];
  if (bound === undefined) throw new ParseError(`found no label ${name}, wanted one with a number`, line);
  if (!BOUND.test(bound)) throw new ParseError(`found ${name}=${quote(bound)}, wanted a number`, line);
}

/** A family as the exposition has it. */
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

/** Checks that samples of one set of labels follow each other. @throws ParseError for those that don't. */
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
