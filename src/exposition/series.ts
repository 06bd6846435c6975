/** Series and numbers in the text formats. */

import type { Labels } from "../metric.ts";
import { isPlainLabel, isPlainMetric } from "./names.ts";

/** `a{b="1",c="2"}`, only the name without labels, and `{"a.b","c.d"="1"}` for UTF-8 names. */
export function seriesText(name: string, labels: Labels): string {
  const isPlain = isPlainMetric(name);
  let text = isPlain ? name : `{${quoted(name)}`;
  let before = isPlain ? "{" : ",";
  for (const label in labels) {
    text += `${before}${isPlainLabel(label) ? label : quoted(label)}="${escapeQuoted(labels[label] ?? "")}"`;
    before = ",";
  }
  return before === "{" ? text : `${text}}`;
}

/** The name of a metric in comments. */
export function metricText(name: string): string {
  return isPlainMetric(name) ? name : quoted(name);
}

function quoted(text: string): string {
  return `"${escapeQuoted(text)}"`;
}

/** A number: `0.25`, `+Inf`, `NaN`, `-0`. */
export function numberText(value: number): string {
  if (value === 0) return 1 / value < 0 ? "-0" : "0";
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

/** Escapes backslash, line feed and quote, for label values, and for HELP in OpenMetrics. */
export function escapeQuoted(text: string): string {
  if (!/[\\\n"]/.test(text)) return text;
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
