/** Validity and order of samples, which are the same in all formats. */

import { type Family, seriesName } from "../metric.ts";
import { compare, compareLines, isLegal, isWellFormed, type Line, lineOf, SUFFIXES, wellFormed } from "./lines.ts";
import { isPlainMetric } from "./names.ts";

/**
 * A valid page: families sorted by name, series by labels, buckets by `le`, labels by name. Families of the same name are merged,
 * and of duplicate series the first is kept. Left out are NaN, negative counters, invalid names, suffixes that the type doesn't
 * have, a second type for a name, a family named like a part of another, and families without samples. Whether the buckets of a
 * histogram add up isn't checked.
 * Families that are passed through keep their values, UTF-8 names, the text of their bounds, and several timestamps of a series.
 * NUL and lone surrogates are replaced by U+FFFD.
 */
export function legalPage(families: readonly Family[]): readonly Family[] {
  const page: Family[] = [];
  const taken = new Set<string>();
  for (const same of byName(families)) {
    const [first] = same;
    if (first === undefined || taken.has(first.name)) continue;
    const legal = mergedFamily(same);
    if (legal === undefined) continue;
    for (const suffix of SUFFIXES[legal.type]) {
      if (suffix !== "" && suffix !== "_created") taken.add(seriesName(legal, suffix));
    }
    page.push(legal);
  }
  return page.some(hasCreated) ? withoutTwins(page) : page;
}

function hasCreated(family: Family): boolean {
  return family.verbatim === true && !family.lines && family.samples.some((sample) => sample.suffix === "_created");
}

/** Removes `_created` samples of which the page also has a family. */
function withoutTwins(page: readonly Family[]): readonly Family[] {
  const created = new Set(page.filter(hasCreated).map((family) => seriesName(family, "_created")));
  return page.filter((family) => !created.has(family.name));
}

/** Groups families by name, in order. */
function byName(families: readonly Family[]): readonly (readonly Family[])[] {
  const sorted = families.toSorted((a, b) => compare(a.name, b.name));
  const groups: Family[][] = [];
  for (const [i, family] of sorted.entries()) {
    if (family.name === sorted[i - 1]?.name) groups.at(-1)?.push(family);
    else groups.push([family]);
  }
  return groups;
}

function mergedFamily(families: readonly Family[]): Family | undefined {
  const [first] = families;
  if (families.length === 1 && first && (isPassedThrough(first) || isOneNumber(first))) return first;
  let merged: { readonly head: Family; readonly lines: Line[] } | undefined;
  for (const family of families) {
    const lines = legalLines(family);
    if (lines.length === 0) continue;
    if (merged === undefined) {
      merged = { head: family, lines };
    } else if (merged.head.type === family.type) {
      addNewGroups(merged.lines, lines);
      if (family.verbatim) merged = { head: { ...merged.head, verbatim: true }, lines: merged.lines };
    }
  }
  return merged && withLines(merged.head, merged.lines);
}

/** Whether a family is passed through and needs no sorting. The reader has checked that each series is unique. */
function isPassedThrough(family: Family): boolean {
  if (family.lines) return true;
  if (!family.verbatim || family.type === "summary" || family.samples.length === 0) return false;
  return family.samples.every(({ suffix, timestampMs }) => suffix === undefined && timestampMs === undefined);
}

/** Whether a family is one value without labels, as most are. It needs no sorting. */
function isOneNumber({ name, help, type, samples, verbatim }: Family): boolean {
  const [sample] = samples;
  if (sample === undefined || samples.length > 1 || verbatim || sample.suffix !== undefined) return false;
  if ((type !== "gauge" && type !== "counter") || Object.keys(sample.labels).length > 0) return false;
  return isLegal(type, sample.value) && isPlainMetric(name) && isWellFormed(help);
}

function withLines({ name, help, type, unit, verbatim }: Family, lines: readonly Line[]): Family {
  const samples = inOrder(lines).map((line) => line.sample);
  const head = { name, help: wellFormed(help), type, ...(verbatim && { verbatim }) };
  return unit ? { ...head, unit, samples } : { ...head, samples };
}

function addNewGroups(lines: Line[], more: readonly Line[]): void {
  const groups = new Set(lines.map((line) => line.group));
  for (const line of more) if (!groups.has(line.group)) lines.push(line);
}

function legalLines(family: Family): Line[] {
  const lines: Line[] = [];
  if (!isPlainMetric(family.name) && !family.verbatim) return lines;
  for (const sample of family.samples) {
    const line = lineOf(family.type, sample, family.verbatim, lines.at(-1));
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

/** Sorted, and without duplicate series. */
function inOrder(lines: readonly Line[]): readonly Line[] {
  if (lines.length < 2) return lines;
  const sorted = isSorted(lines) ? lines : lines.toSorted(compareLines);
  return sorted.filter((line, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || compareLines(previous, line) !== 0;
  });
}

function isSorted(lines: readonly Line[]): boolean {
  for (let i = 1; i < lines.length; i++) {
    const [previous, line] = [lines[i - 1], lines[i]];
    if (previous && line && compareLines(previous, line) > 0) return false;
  }
  return true;
}
