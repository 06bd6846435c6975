/** Samples as lines of a page: which are valid, and their order. */

import { boundLabel, isSamePoint } from "../family_rules.ts";
import type { Labels, MetricType, Sample } from "../metric.ts";
import { numberText } from "./series.ts";

/** Names that begin with two underscores are reserved (`__name__`). */
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The allowed suffixes of samples by type, in their order on the page. */
export const SUFFIXES: Readonly<Record<MetricType, readonly (Sample["suffix"] | "")[]>> = {
  gauge: [""],
  counter: ["", "_created"],
  untyped: [""],
  histogram: ["_bucket", "_sum", "_count", "_created"],
  summary: ["", "_sum", "_count", "_created"],
  gaugehistogram: ["_bucket", "_gsum", "_gcount"],
  stateset: [""],
  info: [""],
};

/** A sample and its sort keys. Samples of one histogram or summary have the same group. */
export type Line = {
  readonly group: string;
  readonly at: number;
  readonly rank: number;
  readonly bound: number;
  readonly sample: Sample;
};

/**
 * The line of a sample; undefined if it isn't valid.
 * @param verbatim whether it is passed through
 * @param before the previous line, whose group may be the same
 */
export function lineOf(type: MetricType, sample: Sample, verbatim?: boolean, before?: Line): Line | undefined {
  const { labels, value, suffix } = sample;
  const rank = SUFFIXES[type].indexOf(suffix ?? "");
  if (rank < 0 || (!verbatim && !isLegal(type, value, suffix))) return undefined;
  const boundName = boundLabel(type, suffix);
  const bound = boundName === undefined ? 0 : boundOf(labels[boundName]);
  if (Number.isNaN(bound) || (!verbatim && boundName === "quantile" && (bound < 0 || bound > 1))) return undefined;
  const at = sample.timestampMs ?? 0;
  if (verbatim && before && isSamePoint(type, before.sample, sample))
    return { group: before.group, at, rank, bound, sample };
  const asFound = verbatim || boundName !== undefined ? undefined : groupAsFound(labels);
  if (asFound !== undefined) return { group: asFound, at, rank, bound, sample };
  const names = Object.keys(labels);
  if (verbatim) return { group: groupOf(labels, names.sort(), boundName), at, rank, bound, sample };
  const legal = legalLabels(labels, names, boundName);
  if (legal === undefined) return undefined;
  const group = groupOf(legal, Object.keys(legal));
  const shown = boundName === undefined ? legal : { ...legal, [boundName]: numberText(bound) };
  return { group, at, rank, bound, sample: { ...sample, labels: shown } };
}

/** The key for labels that are valid and in order as they are, as most are. Undefined for others. */
function groupAsFound(labels: Labels): string | undefined {
  let group = "";
  let before = "";
  for (const name in labels) {
    const value = labels[name] ?? "";
    if (name <= before || !LABEL_NAME.test(name) || !isWellFormed(value)) return undefined;
    if (value !== "") group += `${name}\0${value}\0`;
    before = name;
  }
  return group;
}

/** Whether a value is valid for a type. Counters can't be negative, and NaN is left out. */
export function isLegal(type: MetricType, value: number, suffix?: Sample["suffix"]): boolean {
  if (Number.isNaN(value)) return false;
  return value >= 0 || !(type === "counter" || suffix === "_bucket" || suffix === "_count");
}

/** The labels in order, well-formed and without the bound. Undefined for invalid names. */
function legalLabels(labels: Labels, names: readonly string[], boundName?: string): Labels | undefined {
  if (!names.every((name) => name === boundName || LABEL_NAME.test(name))) return undefined;
  const legal: Record<string, string> = {};
  for (const name of names.toSorted()) if (name !== boundName) legal[name] = wellFormed(labels[name] ?? "");
  return legal;
}

/** A key for a set of labels. An empty label is the same as none. @param names in order. */
function groupOf(labels: Labels, names: readonly string[], without?: string): string {
  let group = "";
  for (const name of names) {
    if (labels[name] !== "" && name !== without) group += `${name}\0${labels[name]}\0`;
  }
  return group;
}

/** The order of samples in a family. 0 means the same series at the same time. */
export function compareLines(a: Line, b: Line): number {
  if (a.group !== b.group) return compare(a.group, b.group);
  return a.at - b.at || a.rank - b.rank || (a.bound === b.bound ? 0 : a.bound - b.bound);
}

/** The order of names and labels: by UTF-16 code units. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A bound as a number; NaN if it is invalid. */
export function boundOf(text: string | undefined): number {
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  return text !== undefined && /^[-+]?\.?\d[\d.eE+-]*$/.test(text) ? Number(text) : Number.NaN;
}

/** Whether a text has no NUL, which ends a page for Prometheus, and no lone surrogates, which UTF-8 can't encode. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Replaces NUL and lone surrogates by U+FFFD. */
export function wellFormed(text: string): string {
  return isWellFormed(text) ? text : text.toWellFormed().replaceAll("\0", "\ufffd");
}
