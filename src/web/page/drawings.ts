import { binaryTicks, decimalTicks, STACK, stackOf } from "./browser/scales.js";
import { bytes, exact, percent, plainFigure } from "./browser/units.js";
import type { Charts, Row, Values } from "./charts.ts";
import type { Band, Line } from "./svg.ts";

/** How a chart is drawn: its texts, units and scale. */
export type Drawing = {
  readonly title: string;
  readonly about: string;
  /** Labels of the legend by column. */
  readonly labels: Readonly<Record<string, string>>;
  /** Formats a rounded value with its unit, and an exact one without it. */
  readonly short: (value: number) => string;
  readonly exact: (value: number) => string;
  readonly exactUnit: string;
  /** The value at the top of the picture. */
  readonly most: (rows: readonly Row[]) => number;
  readonly ticks: (most: number) => readonly number[];
  readonly bands: (rows: readonly Row[]) => readonly Band[];
  readonly lines: readonly string[];
};

export const DRAWINGS: Readonly<Record<keyof Charts, Drawing>> = {
  memory: {
    title: "Memory",
    about: "The line is the memory available to new programs without swapping.",
    labels: { used: "Used", buffers: "Buffers", cache: "Cache", free: "Free", available: "Available" },
    short: bytes,
    exact,
    exactUnit: "bytes",
    most: (rows) => highest(rows, (values) => Math.max(values.available ?? 0, ...stackOf(values))),
    ticks: binaryTicks,
    bands: stackBands,
    lines: ["available"],
  },
  swap: {
    title: "Swapping",
    about: "Pages read from swap (in) and written to it (out), per second.",
    labels: { swap_in: "In", swap_out: "Out" },
    short: (value) => `${plainFigure(value)}/s`,
    exact,
    exactUnit: "pages per second",
    most: (rows) => Math.max(1, highest(rows, largestOf("swap_in", "swap_out"))),
    ticks: decimalTicks,
    bands: () => [],
    lines: ["swap_in", "swap_out"],
  },
  pressure: {
    title: "Pressure",
    about: "The share of time in which some or all tasks waited for memory.",
    labels: { waiting: "Some wait", stalled: "All wait" },
    short: percent,
    exact: (value) => exact(value * 100),
    exactUnit: "percent",
    most: (rows) => Math.max(0.01, highest(rows, largestOf("waiting", "stalled"))),
    ticks: decimalTicks,
    bands: () => [],
    lines: ["waiting", "stalled"],
  },
};

/** The line of a column. */
export function lineOf(name: string, rows: readonly Row[]): Line {
  return { name, points: rows.map(({ time, values }) => ({ time, value: values[name] })) };
}

function stackBands(rows: readonly Row[]): readonly Band[] {
  return STACK.map((name, index) => ({
    name,
    points: rows.map(({ time, values }) => {
      const ends = stackOf(values);
      const between = [ends[index - 1] ?? 0, ends[index] ?? 0] as const;
      return { time, between: values.used === undefined ? undefined : between };
    }),
  }));
}

function largestOf(...columns: readonly string[]): (values: Values) => number {
  return (values) => Math.max(0, ...columns.map((column) => values[column] ?? 0));
}

function highest(rows: readonly Row[], of: (values: Values) => number): number {
  return rows.reduce((most, { values }) => Math.max(most, of(values)), 0);
}
