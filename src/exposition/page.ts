/** What all formats share: which samples may stand on a page, and in what order. */

import type { Family, Labels, MetricType, Sample } from "../metric.ts";

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Names that begin with two underscores are Prometheus' own (`__name__`). */
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The names that samples may have, as ends of the family's name; the place in the list is their order on the page. */
const SUFFIXES: Readonly<Record<MetricType, readonly (Sample["suffix"] | "")[]>> = {
  gauge: [""],
  counter: [""],
  untyped: [""],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

/** A sample with what it is compared by: samples of one histogram or summary have the same group. */
type Line = { readonly group: string; readonly rank: number; readonly bound: number; readonly sample: Sample };

/**
 * The families as they may stand on a page: by name, series by labels, buckets by `le`, labels by name.
 * A name given twice becomes one family; of a series given twice the first stands. Left out is what would make the
 * page illegal or say nothing: NaN, counters below zero, illegal names, suffixes that the type doesn't have,
 * a second type for a name, a family named like a part of a histogram, families without samples. That the buckets of a histogram add up isn't checked.
 * NUL and lone surrogates in texts become U+FFFD.
 * @param ready what an earlier call gave: they stay the same objects unless another family has their name.
 */
export function legalPage(families: readonly Family[], ready: readonly Family[] = []): readonly Family[] {
  const isReady = new Set(ready);
  const page: Family[] = [];
  const taken = new Set<string>();
  for (const same of byName([...families, ...ready])) {
    const [first] = same;
    if (first === undefined || taken.has(first.name)) continue;
    const legal = same.length === 1 && isReady.has(first) ? first : mergedFamily(same);
    if (legal === undefined) continue;
    for (const suffix of SUFFIXES[legal.type]) if (suffix !== "") taken.add(legal.name + suffix);
    page.push(legal);
  }
  return page;
}

/** The families of each name, names in order. */
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
  let merged: { readonly head: Family; readonly lines: Line[] } | undefined;
  for (const family of families) {
    const lines = legalLines(family);
    if (lines.length === 0) continue;
    if (merged === undefined) merged = { head: family, lines };
    else if (merged.head.type === family.type) addNewGroups(merged.lines, lines);
  }
  return merged && withLines(merged.head, merged.lines);
}

function withLines({ name, help, type, unit }: Family, lines: readonly Line[]): Family | undefined {
  if (lines.length === 0) return undefined;
  const samples = inOrder(lines).map((line) => line.sample);
  const head = { name, help: wellFormed(help), type };
  return unit ? { ...head, unit, samples } : { ...head, samples };
}

function addNewGroups(lines: Line[], more: readonly Line[]): void {
  const groups = new Set(lines.map((line) => line.group));
  for (const line of more) if (!groups.has(line.group)) lines.push(line);
}

function legalLines(family: Family): Line[] {
  const lines: Line[] = [];
  if (!METRIC_NAME.test(family.name)) return lines;
  for (const sample of family.samples) {
    const line = lineOf(family.type, sample);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

/** Sorted, and without the later ones of each series. */
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

function lineOf(type: MetricType, sample: Sample): Line | undefined {
  const { labels, value, suffix } = sample;
  const rank = SUFFIXES[type].indexOf(suffix ?? "");
  if (rank < 0 || Number.isNaN(value)) return undefined;
  if (value < 0 && (type === "counter" || suffix === "_bucket" || suffix === "_count")) return undefined;
  const boundName = boundLabel(type, suffix);
  const bound = boundName === undefined ? 0 : boundOf(labels[boundName]);
  if (Number.isNaN(bound) || (boundName === "quantile" && (bound < 0 || bound > 1))) return undefined;
  const names = Object.keys(labels);
  if (names.length === 0) return { group: "", rank, bound, sample };
  const legal = legalLabels(labels, names, boundName);
  if (legal === undefined) return undefined;
  const group = groupOf(legal);
  if (legal === labels) return { group, rank, bound, sample };
  const shown = boundName === undefined ? legal : { ...legal, [boundName]: numberText(bound) };
  return { group, rank, bound, sample: { ...sample, labels: shown } };
}

/** The labels in order, well-formed, without that of the bound: those that were given if they are so. Undefined for illegal names. */
function legalLabels(labels: Labels, names: readonly string[], boundName?: string): Labels | undefined {
  if (!names.every((name) => name === boundName || LABEL_NAME.test(name))) return undefined;
  const isInOrder = names.every((name, i) => i === 0 || (names[i - 1] ?? "") < name);
  if (boundName === undefined && isInOrder && names.every((name) => isWellFormed(labels[name] ?? ""))) return labels;
  const legal: Record<string, string> = {};
  for (const name of names.toSorted()) if (name !== boundName) legal[name] = wellFormed(labels[name] ?? "");
  return legal;
}

/** Labels as one text. An empty label is the same as none. */
function groupOf(labels: Labels): string {
  let group = "";
  for (const name of Object.keys(labels)) if (labels[name] !== "") group += `${name}\0${labels[name]}\0`;
  return group;
}

function compareLines(a: Line, b: Line): number {
  if (a.group !== b.group) return compare(a.group, b.group);
  return a.rank - b.rank || (a.bound === b.bound ? 0 : a.bound - b.bound);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The label that holds the bound of this sample, if it has one. */
export function boundLabel(type: MetricType, suffix: Sample["suffix"]): "le" | "quantile" | undefined {
  if (type === "histogram" && suffix === "_bucket") return "le";
  return type === "summary" && suffix === undefined ? "quantile" : undefined;
}

/** The bound as a number, NaN if it is none. */
function boundOf(text: string | undefined): number {
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  return text !== undefined && /^[-+]?\.?\d[\d.eE+-]*$/.test(text) ? Number(text) : Number.NaN;
}

/** Prometheus takes NUL for the end of the page, and UTF-8 has no lone surrogates. */
function isWellFormed(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function wellFormed(text: string): string {
  return isWellFormed(text) ? text : text.toWellFormed().replaceAll("\0", "\ufffd");
}

/** A number of both text formats: `0.25`, `+Inf`. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

/** `{a="1",b="2"}`, or nothing without labels. */
export function labelsText(labels: Labels): string {
  let text = "";
  for (const name of Object.keys(labels)) {
    text += `${text === "" ? "{" : ","}${name}="${escapeQuoted(labels[name] ?? "")}"`;
  }
  return text && `${text}}`;
}

/** Backslash, line feed and quote escaped, as label values have them, and HELP in OpenMetrics. */
export function escapeQuoted(text: string): string {
  if (!/[\\\n"]/.test(text)) return text;
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
