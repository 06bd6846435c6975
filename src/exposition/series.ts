/** What the text formats share: how a series and a number are written. */

import type { Labels } from "../metric.ts";
import { isPlainLabel, isPlainMetric } from "./names.ts";

/** `a{b="1",c="2"}`, or the name alone without labels. Names beyond ASCII: `{"a.b","c.d"="1"}`. */
export function seriesText(name: string, labels: Labels): string {
  const isPlain = isPlainMetric(name);
  const parts = isPlain ? [name] : ["{", quoted(name)];
  let between = isPlain ? "{" : ",";
  for (const label of Object.keys(labels)) {
    parts.push(between, isPlainLabel(label) ? label : quoted(label), '="', escapeQuoted(labels[label] ?? ""), '"');
    between = ",";
  }
  if (parts.length > 1) parts.push("}");
  return parts.join("");
}

/** The name of a metric as comments have it. */
export function metricText(name: string): string {
  return isPlainMetric(name) ? name : quoted(name);
}

function quoted(text: string): string {
  return `"${escapeQuoted(text)}"`;
}

/** A number of both text formats: `0.25`, `+Inf`, `NaN`, `-0`. */
export function numberText(value: number): string {
  if (value === 0) return 1 / value < 0 ? "-0" : "0";
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

/** Backslash, line feed and quote escaped, as label values have them, and HELP in OpenMetrics. */
export function escapeQuoted(text: string): string {
  if (!/[\\\n"]/.test(text)) return text;
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
