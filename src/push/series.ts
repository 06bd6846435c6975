import { type Labels, type MetricType, seriesName } from "../metric.ts";
import type { Batch, PushedFamily } from "./batch.ts";

/** A series of a batch with its sample, for remote write. */
export type Series = {
  /** Sorted by name, with `__name__`, and without empty ones. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Undefined for a series that has ended: its value is a staleness marker. */
  readonly value: number | undefined;
  /** In milliseconds since the epoch. */
  readonly atMs: number;
  /** Start time of a counter, in milliseconds since the epoch. */
  readonly startMs: number | undefined;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
};

/** All series of a batch. @param external labels to add to series that don't have them */
export function seriesOf({ atMs, families, gone }: Batch, external: Labels): readonly Series[] {
  return [
    ...families.flatMap((family) => seriesOfFamily(family, { atMs, external, ended: false })),
    ...gone.flatMap((family) => seriesOfFamily(family, { atMs, external, ended: true })),
  ];
}

type Common = { readonly atMs: number; readonly external: Labels; readonly ended: boolean };

function seriesOfFamily(family: PushedFamily, { atMs, external, ended }: Common): readonly Series[] {
  const { type, help, unit = "" } = family;
  return family.samples.map(({ labels, value, suffix, startMs, timestampMs }) => ({
    labels: sorted({ ...external, ...labels, __name__: seriesName(family, suffix) }),
    value: ended ? undefined : value,
    atMs: timestampMs ?? atMs,
    startMs,
    type,
    help,
    unit,
  }));
}

function sorted(labels: Labels): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
