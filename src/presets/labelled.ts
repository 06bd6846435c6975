import { type Family, family, type Labels } from "../metric.ts";
import type { MetricRow } from "./preset.ts";

/** How the samples of one item (a device, a node, a group) come about. */
type Item<T> = {
  readonly labels: (item: T) => Labels;
  /** The figure that a row's `from` names; undefined if the item has none. */
  readonly figure: (item: T, from: string) => number | undefined;
};

/** One family for each row, with a sample of each item that has the figure. Families without samples are left out. */
export function labelledFamilies<T>(
  rows: readonly MetricRow[],
  items: readonly T[],
  { labels, figure }: Item<T>,
): Family[] {
  return rows
    .map((row) =>
      family(
        row,
        items.map((item) => [labels(item), figure(item, row.from)]),
      ),
    )
    .filter((found) => found.samples.length > 0);
}
