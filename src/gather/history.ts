import type { Labels, MetricHead, Sample } from "../metric.ts";
import type { Result } from "./result.ts";

/** Seconds between two slots of the history. */
export const STEP_SECONDS = 15;
/** Six hours of slots. */
export const SLOTS = 1440;
/** Maximum number of series. Together with those that are always kept, all values take less than 2 MiB. */
export const MAX_SERIES = 150;
/** Maximum number of names that are always kept. */
export const MAX_ALWAYS = 30;
/** A series without a value in this number of slots, five minutes, can be replaced by a new one. */
const GONE_SLOTS = 20;
/** Maximum length of the name and labels of a series. */
const MAX_KEY_LENGTH = 1000;

/** A series of the last six hours. */
export type PastSeries = {
  readonly source: string;
  readonly head: MetricHead;
  readonly labels: Labels;
  /** The value in a slot; NaN if there is none. */
  readonly at: (slot: number) => number;
};

/** Values of the last six hours, at most one in 15 s: the first of each slot. */
export type History = {
  /** Adds the values of a gathering. A slot without a gathering is a gap. */
  readonly record: (results: readonly Result[], nowMs?: number) => void;
  /** In the order in which they first appeared. */
  readonly series: () => readonly PastSeries[];
  /** The series with a name and without labels. */
  readonly named: (name: string) => PastSeries | undefined;
  /** The slot that was written last. Slot N begins N times 15 s after the epoch. Undefined before the first. */
  readonly newest: () => number | undefined;
  /** Bytes of all values. */
  readonly bytes: () => number;
};

type Kept = Omit<PastSeries, "at"> & {
  /** The value of slot N is at N modulo SLOTS. */
  readonly values: Float64Array;
  /** The slot that was written last. */
  last: number;
};

/** A history. @param always names of series without labels that are always kept, at most `MAX_ALWAYS` */
export function createHistory(always: readonly string[] = []): History {
  if (always.length > MAX_ALWAYS) throw new RangeError(`At most ${MAX_ALWAYS} names can always be kept`);
  const wanted = new Set(always);
  const byKey = new Map<string, Kept>();
  /** Sources with values in the newest slot. */
  const recorded = new Set<string>();
  let newest: number | undefined;
  /** Whether there was no room for a series in the newest slot. Then there is none for later ones either. */
  let isFull = false;

  /** Advances to the current slot. If the clock was set back, the history is deleted, since it would be in the future. */
  function advance(nowMs: number): number {
    const slot = Math.floor(nowMs / 1000 / STEP_SECONDS);
    if (newest !== undefined && (slot === newest || slot === newest - 1)) return newest;
    if (newest !== undefined && slot < newest) byKey.clear();
    recorded.clear();
    isFull = false;
    newest = slot;
    return slot;
  }

  function keep(key: string, slot: number, head: MetricHead, labels: Labels, source: string): Kept | undefined {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    if (!wanted.has(key) && (isFull || !hasPlace(slot))) return undefined;
    const values = new Float64Array(SLOTS).fill(Number.NaN);
    const { name, help, type, unit } = head;
    const one: Kept = { source, head: { name, help, type, ...(unit && { unit }) }, labels, values, last: slot - 1 };
    byKey.set(key, one);
    return one;
  }

  /** Makes room for a series by removing the one that has been gone for the longest time. Returns whether there is room. */
  function hasPlace(slot: number): boolean {
    const others = [...byKey].filter(([key]) => !wanted.has(key));
    if (others.length < MAX_SERIES) return true;
    const [oldest] = others.sort(([, a], [, b]) => a.last - b.last);
    isFull = oldest === undefined || oldest[1].last > slot - GONE_SLOTS;
    return !isFull && byKey.delete(oldest?.[0] ?? "");
  }

  function recordResult({ source, families }: Result, slot: number): void {
    for (const family of families) {
      for (const sample of family.samples) {
        const key = isPlain(sample) ? keyOf(family.name, sample.labels) : "";
        if (key === "" || key.length > MAX_KEY_LENGTH) continue;
        const one = keep(key, slot, family, sample.labels, source);
        // If several sources give the same series, the first one is used.
        if (one && one.last < slot) write(one, slot, sample.value);
      }
    }
  }

  const pastOf = ({ source, head, labels, values, last }: Kept): PastSeries => {
    const first = Math.max(last, newest ?? last) - SLOTS;
    const at = (slot: number) => (slot > last || slot <= first ? Number.NaN : (values[slot % SLOTS] ?? Number.NaN));
    return { source, head, labels, at };
  };

  return {
    record(results, nowMs = Date.now()) {
      const slot = advance(nowMs);
      for (const result of results) {
        if (result.outcome !== "ok" || recorded.has(result.source)) continue;
        recorded.add(result.source);
        recordResult(result, slot);
      }
    },
    series: () => [...byKey.values()].map(pastOf),
    named(name) {
      const one = byKey.get(name);
      return one && pastOf(one);
    },
    newest: () => newest,
    bytes: () => byKey.size * SLOTS * Float64Array.BYTES_PER_ELEMENT,
  };
}

/** Whether a sample is kept: not parts of histograms, values with a timestamp, and NaN. */
function isPlain({ suffix, timestampMs, value }: Sample): boolean {
  return suffix === undefined && timestampMs === undefined && Number.isFinite(value);
}

/** The key of a series: only the name if it has no labels. */
function keyOf(name: string, labels: Labels): string {
  for (const _ in labels) return name + JSON.stringify(labels);
  return name;
}

/** Writes a value and the gaps before it. */
function write(one: Kept, slot: number, value: number): void {
  for (let gap = Math.max(one.last, slot - SLOTS) + 1; gap < slot; gap += 1) one.values[gap % SLOTS] = Number.NaN;
  one.values[slot % SLOTS] = value;
  one.last = slot;
}
