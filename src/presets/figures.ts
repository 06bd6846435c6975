import { counter, type Family, family, gauge } from "../metric.ts";
import { ParseError } from "../text.ts";
import type { MetricRow } from "./preset.ts";

/** Figures by their key in the output, which is `from` in the rows of a preset. */
export type Figures = { readonly get: (from: string) => number | undefined };

/** The row of the gauge `memory_NAME_bytes`. */
export function bytesGauge(name: string, help: string, from: string): MetricRow {
  return { ...gauge(`memory_${name}_bytes`, help), from };
}

/** The row of the gauge `memory_NAME`. */
export function plainGauge(name: string, help: string, from: string): MetricRow {
  return { ...gauge(`memory_${name}`, help), from };
}

/** The row of the counter `memory_NAME_total`. */
export function eventCounter(name: string, help: string, from: string): MetricRow {
  return { ...counter(`memory_${name}_total`, help), from };
}

/** The rows of two counters of Linux that several presets give under the same names. */
export const swappedInPages = (from: string) => eventCounter("swapped_in_pages", "Pages read from swap.", from);
export const swappedOutPages = (from: string) => eventCounter("swapped_out_pages", "Pages written to swap.", from);

/** One family, without labels, for each row whose `from` has a figure. */
export function plainFamilies(rows: readonly MetricRow[], figures: Figures): Family[] {
  return rows.map((row) => family(row, [[{}, figures.get(row.from)]])).filter((found) => found.samples.length > 0);
}

/** @throws ParseError when no family has a figure. */
export function requireFamilies(families: readonly Family[], wanted: string): readonly Family[] {
  if (families.length === 0) throw new ParseError(`found no figure, wanted ${wanted}`);
  return families;
}
