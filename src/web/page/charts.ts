import { type History, type PastSeries, SLOTS, STEP_SECONDS } from "../../gather/history.ts";
import { countersOf, type Figure, gaugesOf, SHOWN_NAMES } from "./figures.ts";

/** Values at one time by column. A missing one is a gap. */
export type Values = { readonly [column: string]: number | undefined };

/** Values and their time in seconds since the epoch. */
export type Row = { readonly time: number; readonly values: Values };

/** Columns over time. Rows may have further columns. A row without values is a gap in all lines. */
export type Chart = { readonly columns: readonly string[]; readonly rows: readonly Row[] };

/** The charts. Those without values are missing. */
export type Charts = { readonly memory?: Chart; readonly swap?: Chart; readonly pressure?: Chart };

const COLUMNS: Readonly<Record<keyof Charts, readonly Figure[]>> = {
  memory: ["used", "buffers", "cache", "free", "available", "total"],
  swap: ["swap_in", "swap_out"],
  pressure: ["waiting", "stalled"],
};

/** The charts of the last six hours. */
export function chartsOf(history: Pick<History, "named" | "newest">): Charts {
  const newest = history.newest();
  if (newest === undefined) return {};
  const past = new Map<string, PastSeries>();
  for (const name of SHOWN_NAMES) {
    const series = history.named(name);
    if (series) past.set(name, series);
  }
  const gauges: Row[] = [];
  const counters: Row[] = [];
  for (let slot = newest - SLOTS + 1; slot <= newest; slot += 1) {
    const lookup = (name: string) => {
      const value = past.get(name)?.at(slot);
      return value === undefined || Number.isNaN(value) ? undefined : value;
    };
    const time = slot * STEP_SECONDS;
    gauges.push({ time, values: gaugesOf(lookup) });
    counters.push({ time, values: countersOf(lookup) });
  }
  const rates = growthOf(counters.filter(hasValue));
  return {
    ...chartOf("memory", gauges),
    ...chartOf("swap", rates),
    ...chartOf("pressure", rates),
  };
}

/** One series over the last `seconds`, in the column `value`. */
export function pastValues({ at }: Pick<PastSeries, "at">, newest: number, seconds: number): Chart {
  const slots = Math.ceil(seconds / STEP_SECONDS);
  const all = Array.from({ length: slots }, (_, index) => newest - slots + 1 + index);
  const rows = all.map((slot) => ({ time: slot * STEP_SECONDS, values: valueIn(at(slot)) }));
  return { columns: ["value"], rows: withGaps(rows.filter(hasValue)) };
}

function valueIn(value: number): Values {
  return Number.isNaN(value) ? {} : { value };
}

/** Increase of counters per second since the row before. Undefined after a counter reset. */
function growthOf(rows: readonly Row[]): readonly Row[] {
  const before = new Map<string, { readonly time: number; readonly value: number }>();
  return rows.map(({ time, values }) => {
    const grown: { [column: string]: number } = {};
    for (const [column, value = 0] of Object.entries(values)) {
      const last = before.get(column);
      before.set(column, { time, value });
      if (last && value >= last.value) grown[column] = (value - last.value) / (time - last.time);
    }
    return { time, values: grown };
  });
}

/** A chart, if any of its columns has a value. */
function chartOf(name: keyof Charts, rows: readonly Row[]): Charts {
  const columns = COLUMNS[name];
  const withValues = rows.filter(({ values }) => columns.some((column) => values[column] !== undefined));
  return withValues.length === 0 ? {} : { [name]: { columns, rows: withGaps(withValues) } };
}

function hasValue({ values }: Row): boolean {
  for (const _ in values) return true;
  return false;
}

/** Distances of rows up to this one, or up to 2.5 times the usual distance, are no gap. */
const JOINED_SECONDS = 60;

/** Inserts an empty row into each gap. */
function withGaps(rows: readonly Row[]): readonly Row[] {
  const distances = rows.slice(1).map(({ time }, index) => time - (rows[index]?.time ?? time));
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
  const joined = Math.max(JOINED_SECONDS, 2.5 * usual);
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    if (before === undefined || row.time - before.time <= joined) return [row];
    return [{ time: before.time + STEP_SECONDS, values: {} }, row];
  });
}

/** The rows since a time, averaged to at most `most` rows. Gaps are kept. */
export function rowsSince({ rows }: Chart, since: number, most: number): readonly Row[] {
  const wanted = rows.filter(({ time }) => time >= since);
  const size = Math.ceil(wanted.length / most);
  if (size <= 1) return wanted;
  let stretch = 0;
  const groups = Map.groupBy(wanted, (row) => {
    if (!hasValue(row)) stretch += 1;
    return `${stretch} ${hasValue(row) ? Math.floor(row.time / (size * STEP_SECONDS)) : "gap"}`;
  });
  return [...groups.values()].map(meanOf);
}

function meanOf(rows: readonly Row[]): Row {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { values } of rows) {
    for (const [column, value = 0] of Object.entries(values)) {
      const { sum, count } = sums.get(column) ?? { sum: 0, count: 0 };
      sums.set(column, { sum: sum + value, count: count + 1 });
    }
  }
  const means = [...sums].map(([column, { sum, count }]) => [column, sum / count] as const);
  return { time: rows[0]?.time ?? 0, values: Object.fromEntries(means) };
}
