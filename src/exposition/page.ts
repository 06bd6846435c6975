/** What all formats share: which samples may stand on a page, and in what order. */

import type { Family, Labels, MetricType, Sample } from "../metric.ts";

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The names that samples may have, as ends of the family's name; the place in the list is their order on the page. */
const SUFFIXES: Readonly<Record<MetricType, readonly (Sample["suffix"] | "")[]>> = {
  gauge: [""],
  counter: [""],
  untyped: [""],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

/** The label that tells the samples of one histogram or summary apart. */
const BOUND_LABEL = { _bucket: "le", "": "quantile" } as const;

/** A sample with what it is compared by. Lines of one histogram or summary have the same group. */
type Line = { readonly group: string; readonly rank: number; readonly bound: number; readonly sample: Sample };

/**
 * The families as they may stand on a page: by name, series by labels, buckets by `le`, labels by name.
 * A name given twice becomes one family; of a series given twice the first stands. Left out is what would make the
 * page illegal or say nothing: NaN, counters below zero, illegal names, suffixes that the type doesn't have,
 * a second type for a name, a family named like a part of a histogram, families without samples.
 * NUL and lone surrogates in texts become U+FFFD.
 */
export function legalPage(families: readonly Family[]): readonly Family[] {
  const merged = new Map<string, { readonly head: Family; readonly lines: Line[] }>();
  for (const family of families) {
    const lines = METRIC_NAME.test(family.name) ? linesOf(family) : [];
    if (lines.length === 0) continue;
    const earlier = merged.get(family.name);
    if (earlier === undefined) merged.set(family.name, { head: family, lines });
    else if (earlier.head.type === family.type) addNewGroups(earlier.lines, lines);
  }
  const page: Family[] = [];
  const taken = new Set<string>();
  for (const { head, lines } of [...merged.values()].sort((a, b) => compare(a.head.name, b.head.name))) {
    if (taken.has(head.name)) continue;
    for (const suffix of SUFFIXES[head.type]) taken.add(head.name + suffix);
    if (lines.length > 1) lines.sort(compareLines);
    page.push({ ...head, help: wellFormed(head.help), samples: lines.map((line) => line.sample) });
  }
  return page;
}

function addNewGroups(lines: Line[], more: readonly Line[]): void {
  const groups = new Set(lines.map((line) => line.group));
  for (const line of more) if (!groups.has(line.group)) lines.push(line);
}

function linesOf(family: Family): Line[] {
  const lines: Line[] = [];
  const seen = new Set<string>();
  for (const sample of family.samples) {
    const line = lineOf(family.type, sample);
    if (line === undefined) continue;
    const series = `${line.rank} ${line.bound} ${line.group}`;
    if (seen.has(series)) continue;
    seen.add(series);
    lines.push(line);
  }
  return lines;
}

function lineOf(type: MetricType, sample: Sample): Line | undefined {
  const { value, suffix = "" } = sample;
  const rank = SUFFIXES[type].indexOf(suffix);
  if (rank < 0 || Number.isNaN(value)) return undefined;
  if (value < 0 && (type === "counter" || suffix === "_bucket" || suffix === "_count")) return undefined;
  const boundLabel = (type === "histogram" || type === "summary") && rank === 0 ? BOUND_LABEL[suffix as "_bucket"] : "";
  const bound = boundLabel ? boundOf(sample.labels[boundLabel]) : 0;
  if (Number.isNaN(bound)) return undefined;
  const labels: Record<string, string> = {};
  let group = "";
  for (const name of Object.keys(sample.labels).sort()) {
    if (!LABEL_NAME.test(name)) return undefined;
    if (name === boundLabel) continue;
    const text = wellFormed(sample.labels[name] ?? "");
    labels[name] = text;
    // An empty label is the same as none.
    if (text !== "") group += `${name}\0${text}\0`;
  }
  if (boundLabel) labels[boundLabel] = numberText(bound);
  return { group, rank, bound, sample: { labels, value, ...(suffix && { suffix }) } };
}

function compareLines(a: Line, b: Line): number {
  return compare(a.group, b.group) || a.rank - b.rank || (a.bound < b.bound ? -1 : 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `le` or `quantile` as a number, NaN if it is none. */
function boundOf(text: string | undefined): number {
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  return text !== undefined && /^[-+]?\.?\d[\d.eE+-]*$/.test(text) ? Number(text) : Number.NaN;
}

/** A number of the text format: `0.25`, `+Inf`. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

/** Prometheus takes NUL for the end of the page, and UTF-8 has no lone surrogates. */
function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

/** `{a="1",b="2"}`, or nothing without labels. Backslash, line feed and quote are escaped, as both text formats have it. */
export function labelsText(
  labels: Labels,
  write: (name: string, value: string) => string = (_, value) => value,
): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeQuoted(write(name, value))}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

/** Backslash, line feed and quote, as label values have them, and HELP in OpenMetrics. */
export function escapeQuoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
