import { boundedFamily, type Family, type Labels } from "../metric.ts";
import type { MetricRow } from "./preset.ts";

/** How the samples of one item (a device, a node, a group) are made. */
type Item<T> = {
  readonly labels: (item: T) => Labels;
  /** The figure that a row's `from` names; undefined if the item has none. */
  readonly figure: (item: T, from: string) => number | undefined;
  readonly maxSeries: number | undefined;
};

/**
 * One family for each row, with a sample of each item that has the figure. Families without samples are left out.
 * @throws OverflowError as soon as a family has more samples than `maxSeries`.
 */
export function labelledFamilies<T>(
  rows: readonly MetricRow[],
  items: readonly T[],
  { labels, figure, maxSeries }: Item<T>,
): Family[] {
  function* samples(row: MetricRow): Generator<readonly [Labels, number | undefined]> {
    for (const item of items) yield [labels(item), figure(item, row.from)];
  }
  return rows.map((row) => boundedFamily(row, samples(row), maxSeries)).filter((found) => found.samples.length > 0);
}
