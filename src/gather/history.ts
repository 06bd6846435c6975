import type { Labels, MetricHead, Sample } from "../metric.ts";
import type { Result } from "./result.ts";

/** Seconds between two slots of the history. */
export const STEP_SECONDS = 15;
/** Six hours of slots. */
export const SLOTS = 1440;
/** The most series that are kept; with those that always are, all values stay below 2 MiB. */
export const MOST_SERIES = 150;
/** The most names that may be always kept. */
export const MOST_ALWAYS = 30;
/** A series that had no value for so many slots, five minutes, gives way to a new one. */
const GONE_SLOTS = 20;
/** Series whose name and labels are longer are not kept. */
const LONGEST_KEY = 1000;

/** One series over the last six hours. */
export type PastSeries = {
  readonly source: string;
  readonly head: MetricHead;
  readonly labels: Labels;
  /** The value in a slot; NaN where there was none. */
  readonly at: (slot: number) => number;
};

/** What the series of the last six hours were, at most one value in 15 s: the first one of each slot. */
export type History = {
  /** Takes the values of a gathering. A slot in which nothing was gathered stays a gap. */
  readonly record: (results: readonly Result[], nowMs?: number) => void;
  /** In the order in which they first came. */
  readonly series: () => readonly PastSeries[];
  /** The series of a name without labels. */
  readonly named: (name: string) => PastSeries | undefined;
  /** The slot that was written last; slot N begins N times 15 s after 1970. Undefined before the first. */
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

/** A history. @param always names of series without labels that always find a place, at most `MOST_ALWAYS` */
export function createHistory(always: readonly string[] = []): History {
  if (always.length > MOST_ALWAYS) throw new RangeError(`At most ${MOST_ALWAYS} names can always be kept`);
  const wanted = new Set(always);
  const byKey = new Map<string, Kept>();
  /** The sources whose values the newest slot has. */
  const recorded = new Set<string>();
  let newest: number | undefined;
  /** Whether no place was found in the newest slot: then there is none for those that come after. */
  let isFull = false;

  /** Goes on to the slot of now. A clock that was set back makes all that was kept lie in the future: it is forgotten. */
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

  /** Whether there is a place for one more, once that which is gone for the longest time has left. */
  function hasPlace(slot: number): boolean {
    const others = [...byKey].filter(([key]) => !wanted.has(key));
    if (others.length < MOST_SERIES) return true;
    const [oldest] = others.sort(([, a], [, b]) => a.last - b.last);
    isFull = oldest === undefined || oldest[1].last > slot - GONE_SLOTS;
    return !isFull && byKey.delete(oldest?.[0] ?? "");
  }

  function recordResult({ source, families }: Result, slot: number): void {
    for (const family of families) {
      for (const sample of family.samples) {
        const key = isPlain(sample) ? keyOf(family.name, sample.labels) : "";
        if (key === "" || key.length > LONGEST_KEY) continue;
        const one = keep(key, slot, family, sample.labels, source);
        // Where several sources tell the same series, the first one counts.
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

/** Parts of histograms, values of another time and those that are no number are left out. */
function isPlain({ suffix, timestampMs, value }: Sample): boolean {
  return suffix === undefined && timestampMs === undefined && Number.isFinite(value);
}

/** A series by its name alone where it has no labels. */
function keyOf(name: string, labels: Labels): string {
  for (const _ in labels) return name + JSON.stringify(labels);
  return name;
}

/** Writes a value, and gaps before it. */
function write(one: Kept, slot: number, value: number): void {
  for (let gap = Math.max(one.last, slot - SLOTS) + 1; gap < slot; gap += 1) one.values[gap % SLOTS] = Number.NaN;
  one.values[slot % SLOTS] = value;
  one.last = slot;
}
