import { type History, type PastSeries, SLOTS, STEP_SECONDS } from "../../gather/history.ts";
import { countersOf, type Figure, type Figures, gaugesOf, type Lookup, SHOWN_NAMES } from "./figures.ts";

/** The values of one moment by column; one that isn't there is a gap. */
export type Values = { readonly [column: string]: number | undefined };

/** Seconds since the epoch, and what was then. */
export type Row = { readonly time: number; readonly values: Values };

/** Columns over time. A row without any value ends the lines before it: nothing was gathered for longer than usual. */
export type Chart = { readonly columns: readonly string[]; readonly rows: readonly Row[] };

/** What is drawn. A chart that has no values is not there. */
export type Charts = { readonly memory?: Chart; readonly swap?: Chart; readonly pressure?: Chart };

const COLUMNS: Readonly<Record<keyof Charts, readonly Figure[]>> = {
  memory: ["used", "buffers", "cache", "free", "available", "total", "swap_used"],
  swap: ["swap_in", "swap_out"],
  pressure: ["waiting", "stalled"],
};

/** The six hours until now, of each chart. */
export function chartsOf(history: Pick<History, "named" | "newest">): Charts {
  const newest = history.newest();
  if (newest === undefined) return {};
  const past = new Map<string, PastSeries>();
  for (const name of SHOWN_NAMES) {
    const series = history.named(name);
    if (series) past.set(name, series);
  }
  const lookupIn = (slot: number): Lookup => {
    return (name) => {
      const value = past.get(name)?.at(slot);
      return value === undefined || Number.isNaN(value) ? undefined : value;
    };
  };
  const slots = Array.from({ length: SLOTS }, (_, index) => newest - SLOTS + 1 + index);
  const gauges = slots.map((slot) => ({ slot, figures: gaugesOf(lookupIn(slot)) }));
  const rates = growthOf(slots.map((slot) => ({ slot, figures: countersOf(lookupIn(slot)) })));
  const found = Object.entries(COLUMNS).map(([name, columns]) => {
    return [name, chartOf(columns, name === "memory" ? gauges : rates)] as const;
  });
  return Object.fromEntries(found.filter(([, chart]) => chart.rows.length > 0));
}

/** The values of one series over the last seconds, as a chart of the column `value`. */
export function pastValues({ at }: Pick<PastSeries, "at">, newest: number, seconds: number): Chart {
  const slots = Math.ceil(seconds / STEP_SECONDS);
  const all = Array.from({ length: slots }, (_, index) => newest - slots + 1 + index);
  const rows = all.map((slot) => ({ time: slot * STEP_SECONDS, values: valueIn(at(slot)) }));
  return { columns: ["value"], rows: withGaps(rows.filter(hasValue)) };
}

function valueIn(value: number): Values {
  return Number.isNaN(value) ? {} : { value };
}

type Moment = { readonly slot: number; readonly figures: Figures };

/** How much counters grew in a second since the moment before; a counter that began anew says nothing. */
function growthOf(moments: readonly Moment[]): readonly Moment[] {
  const before = new Map<string, { readonly slot: number; readonly value: number }>();
  return moments.map(({ slot, figures }) => {
    const grown = Object.entries(figures).flatMap(([figure, value]) => {
      const last = before.get(figure);
      before.set(figure, { slot, value });
      if (last === undefined || value < last.value) return [];
      return [[figure, (value - last.value) / (slot - last.slot) / STEP_SECONDS] as const];
    });
    return { slot, figures: Object.fromEntries(grown) };
  });
}

function chartOf(columns: readonly Figure[], moments: readonly Moment[]): Chart {
  const rows = moments.map(({ slot, figures }) => ({
    time: slot * STEP_SECONDS,
    values: Object.fromEntries(columns.flatMap((figure) => (figure in figures ? [[figure, figures[figure]]] : []))),
  }));
  return { columns, rows: withGaps(rows.filter(hasValue)) };
}

function hasValue({ values }: Row): boolean {
  for (const _ in values) return true;
  return false;
}

/** Between rows that are at most this far apart there is no gap, nor within two and a half times the usual distance. */
const JOINED_SECONDS = 60;

/** An empty row in every stretch in which nothing was gathered though it usually is. */
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

/** The rows from some time on, at most so many: of those beyond that the means of neighbours. Gaps stay. */
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
  const columns = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  const means = [...columns].map((column) => {
    const told = rows.flatMap(({ values }) => values[column] ?? []);
    return [column, told.reduce((sum, value) => sum + value, 0) / told.length] as const;
  });
  return { time: rows[0]?.time ?? 0, values: Object.fromEntries(means) };
}
