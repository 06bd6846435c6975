import { pointLabels } from "../family_rules.ts";
import type { Family, Labels, MetricType, Sample } from "../metric.ts";
import { OverflowError, ParseError, quote } from "../text.ts";
import { type Series, seriesKey } from "./page_scanner.ts";

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
};

/** Which names a family has: its samples', and those that nothing may have beside it (null). */
export type Names = readonly (readonly [name: string, suffix: Suffix | null])[];

/** The families of a page as they are read, each name and each series once. */
export type PageFamilies = {
  /** Begins a family. @throws ParseError if one of its names is another's. */
  readonly begin: (family: Omit<OpenFamily, "samples" | "lines">, names: Names, line: number) => OpenFamily;
  /** The family of a series, and which part of it this is; undefined if there is none yet. */
  readonly ownerOf: (series: string) => { readonly family: OpenFamily; readonly suffix: Suffix | null } | undefined;
  /** Adds a sample to a family. @throws ParseError if its series is there already, OverflowError for one too many. */
  readonly add: (family: OpenFamily, sample: Sample, series: Series, line: number) => void;
  readonly all: () => readonly OpenFamily[];
};

/** @param maxSeries how many samples may be added. */
export function createPageFamilies(maxSeries: number): PageFamilies {
  const families: OpenFamily[] = [];
  const owners = new Map<string, { readonly family: OpenFamily; readonly suffix: Suffix | null }>();
  /** The last time of each series; NaN for one without a time. */
  const seen = new Map<string, number>();
  let total = 0;

  function begin(head: Omit<OpenFamily, "samples" | "lines">, names: Names, line: number): OpenFamily {
    const family = { ...head, samples: [], lines: [] };
    for (const [name, suffix] of names) {
      const owner = owners.get(name);
      if (owner) throw new ParseError(clash(head.name, name, owner.family), line);
      owners.set(name, { family, suffix });
    }
    families.push(family);
    return family;
  }

  function add(family: OpenFamily, sample: Sample, { key }: Series, line: number): void {
    const before = seen.get(key);
    const time = sample.timestampMs ?? Number.NaN;
    if (before !== undefined && !(time > before)) throw new ParseError(again(key, before, time), line);
    seen.set(key, time);
    family.samples.push(sample);
    family.lines.push(line);
    total += 1;
    if (total > maxSeries) throw new OverflowError(maxSeries);
  }

  return { begin, ownerOf: (series) => owners.get(series), add, all: () => families };
}

function clash(name: string, shared: string, { name: other, samples }: OpenFamily): string {
  if (name === other)
    return samples.length > 0
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

/** Holds that a bucket has its bound, and a value of a summary its quantile. @throws ParseError without one. */
export function requireBound(type: MetricType, suffix: Suffix, labels: Labels, line: number): void {
  const name = suffix === "_bucket" ? "le" : type === "summary" && suffix === undefined ? "quantile" : undefined;
  if (name === undefined) return;
  const bound = labels[name];
  if (bound === undefined) throw new ParseError(`found no label ${name}, wanted one with a number`, line);
  if (!BOUND.test(bound)) throw new ParseError(`found ${name}=${quote(bound)}, wanted a number`, line);
}

/** A family as the exposition has it. */
export function closedFamily({ name, type, samples }: OpenFamily, help: string, unit?: string): Family {
  return { name, help, type, ...(unit && { unit }), samples, verbatim: true };
}

/** Holds that samples of one set of labels follow each other. @throws ParseError for those that don't. */
export function requireTogether(family: OpenFamily): void {
  const done = new Set<string>();
  let current: string | undefined;
  for (const [i, sample] of family.samples.entries()) {
    const key = seriesKey("", pointLabels(family.type, sample));
    if (key !== current && done.has(key)) {
      throw new ParseError(
        `found samples of ${quote(family.name)} with the same labels apart, wanted them together`,
        family.lines[i] ?? 0,
      );
    }
    done.add(key);
    current = key;
  }
}
