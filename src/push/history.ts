import { escapeNames } from "../exposition/names.ts";
import { legalPage } from "../exposition/page.ts";
import type { Family, Sample } from "../metric.ts";
import type { Batch, PushedFamily, PushedSample } from "./batch.ts";

/**
 * Keeps the series of the last batch, to find out which have ended and when counters began. Series with their own timestamps don't
 * end.
 */
export type History = {
  /** Makes the batch of a page. */
  readonly next: (families: readonly Family[], atMs: number) => Batch;
  /** Makes a batch that ends all series. */
  readonly end: (atMs: number) => Batch;
};

type Series = { readonly family: Family; readonly sample: PushedSample };

/** Counters that began when the exporter was started. For others the start is when they were first seen. */
const OWN = /^(?:memory_exporter|process|nodejs|promhttp)_/;

/** @param startedMs when the exporter was started, in milliseconds since the epoch. */
export function createHistory(startedMs: number): History {
  let last = new Map<string, Series>();
  let lastMs = startedMs;

  function started(family: Family, sample: Sample, before: PushedSample | undefined, atMs: number): PushedSample {
    if (!counts(family, sample)) return sample;
    if (before?.startMs === undefined) return { ...sample, startMs: OWN.test(family.name) ? startedMs : atMs };
    // A counter that has decreased was reset after the last batch.
    return { ...sample, startMs: sample.value < before.value ? lastMs : before.startMs };
  }

  function next(families: readonly Family[], atMs: number): Batch {
    const series = new Map<string, Series>();
    const page = legalPage(escapeNames(families, "underscores")).map((family) => {
      const samples = new Map<string, PushedSample>();
      for (const sample of family.samples) {
        const key = keyOf(family, sample);
        const pushed = started(family, sample, last.get(key)?.sample, atMs);
        // If a series has several timestamps, the latest is last.
        samples.set(key, pushed);
        series.set(key, { family, sample: pushed });
      }
      return { ...family, samples: [...samples.values()] };
    });
    const gone = [...last].filter(([key, ended]) => !series.has(key) && ended.sample.timestampMs === undefined);
    last = series;
    lastMs = atMs;
    return { atMs, families: page, gone: inFamilies(gone.map(([, ended]) => ended)) };
  }

  return { next, end: (atMs) => next([], atMs) };
}

/** Whether a sample counts up from some start. */
function counts({ type }: Family, { suffix }: Sample): boolean {
  if (type === "counter") return suffix === undefined;
  return (type === "histogram" || type === "summary") && suffix !== undefined && suffix !== "_created";
}

function keyOf({ type, name }: Family, { labels, suffix }: Sample): string {
  return `${type} ${name}${suffix ?? ""} ${JSON.stringify(labels)}`;
}

function inFamilies(series: readonly Series[]): readonly PushedFamily[] {
  const families = new Map<Family, PushedSample[]>();
  for (const { family, sample } of series) {
    const samples = families.get(family);
    if (samples) samples.push(sample);
    else families.set(family, [sample]);
  }
  return [...families].map(([family, samples]) => ({ ...family, samples }));
}
