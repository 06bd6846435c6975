import snappy from "snappyjs";
import type { Family, Sample } from "../metric.ts";

/** A sample to be pushed. */
export type PushedSample = Sample & {
  /** Start time of counters and parts of histograms, in milliseconds since the epoch. */
  readonly startMs?: number;
};

export type PushedFamily = Omit<Family, "samples"> & { readonly samples: readonly PushedSample[] };

/** The samples of one gathering, from which all protocols are encoded. */
export type Batch = {
  /** When it was gathered, in milliseconds since the epoch. */
  readonly atMs: number;
  readonly families: readonly PushedFamily[];
  /** Series that were pushed before and have ended. Their values have no meaning. */
  readonly gone: readonly PushedFamily[];
};

/** Number of samples in a batch, including staleness markers. */
export function countSamples({ families, gone }: Batch): number {
  return [...families, ...gone].reduce((sum, { samples }) => sum + samples.length, 0);
}

/** The samples of a batch from one place to before another, counted in the order of `families` and then of `gone`. */
export function sliceBatch({ atMs, families, gone }: Batch, from: number, to: number): Batch {
  let at = 0;
  const cut = (all: readonly PushedFamily[]) =>
    all.flatMap((family) => {
      const samples = family.samples.slice(Math.max(from - at, 0), Math.max(to - at, 0));
      at += family.samples.length;
      return samples.length === 0 ? [] : [{ ...family, samples }];
    });
  return { atMs, families: cut(families), gone: cut(gone) };
}

/** A batch as bytes, for the queue and the spool: JSON, compressed. */
export function pack(batch: Batch): Uint8Array<ArrayBuffer> {
  // JSON has no infinite numbers.
  const finite = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return snappy.compress(new TextEncoder().encode(JSON.stringify(batch, finite)));
}

/** Maximum size of a batch. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The inverse of `pack`. @throws Error for invalid bytes */
export function unpack(bytes: Uint8Array): Batch {
  const batch: Batch = JSON.parse(new TextDecoder().decode(snappy.uncompress(bytes, MAX_BYTES)));
  return { ...batch, families: batch.families.map(withNumbers), gone: batch.gone.map(withNumbers) };
}

function withNumbers(family: PushedFamily): PushedFamily {
  if (family.samples.every(({ value }) => typeof value === "number")) return family;
  return { ...family, samples: family.samples.map((sample) => ({ ...sample, value: Number(sample.value) })) };
}
