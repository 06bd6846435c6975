import { counted, ParseError, quote } from "../text.ts";

/**
 * The layout of a report. It identifies the program:
 * - `tabs`: toybox
 * - `thirteen`: columns of 13 characters, BusyBox up to 1.22
 * - `eleven`: columns of 11, procps up to 3.3.9 and BusyBox up to 1.29
 * - `twelve`: columns of 12, procps up to 3.3.16 and BusyBox from 1.30
 * - `shifted`: the same, one character to the right, procps from 3.3.17
 * - `translated`: columns of 12 with a heading in another language, procps
 * - `line`: `free -L`, procps from 4.0.4
 */
export type FreeLayout = "tabs" | "thirteen" | "eleven" | "twelve" | "shifted" | "translated" | "line";

/** Columns of a report. The heading of `cached` is "cached" or "cache", that of `buff_cache` is "buff/cache". */
export type FreeColumn = "total" | "used" | "free" | "shared" | "buffers" | "cached" | "buff_cache" | "available";

/** Rows of a report. The label of `buffers_cache` is "-/+ buffers/cache", that of `committed` is "Comm". */
export type FreeRow = "mem" | "swap" | "total" | "low" | "high" | "committed" | "buffers_cache";

/** A word, and the offset after it. */
export type Cell = { readonly text: string; readonly end: number };

/** A figure as printed. */
export type Figure = {
  readonly row: FreeRow;
  readonly column: FreeColumn;
  readonly text: string;
  /** 1-based line. */
  readonly line: number;
};

/** A line of the output. */
export type FreeLine = {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** Whether it has a line end. */
  readonly ended: boolean;
};

/** The heading of a report: its columns, and the offset at which each of them ends. */
export type Heading = {
  readonly layout: FreeLayout;
  /** Undefined for an unknown column. */
  readonly columns: readonly (FreeColumn | undefined)[];
  readonly ends: readonly number[];
};

const COLUMNS: ReadonlyMap<string, FreeColumn> = new Map([
  ["total", "total"],
  ["used", "used"],
  ["free", "free"],
  ["shared", "shared"],
  ["buffers", "buffers"],
  ["cached", "cached"],
  ["cache", "cached"],
  ["buff/cache", "buff_cache"],
  ["buffer/cache", "buff_cache"],
  ["available", "available"],
]);

/** Layouts by the end of the first heading and the width of the second column. */
const LAYOUTS: ReadonlyMap<string, FreeLayout> = new Map([
  ["21 12", "tabs"],
  ["18 13", "thirteen"],
  ["19 13", "thirteen"],
  ["18 11", "eleven"],
  ["19 12", "twelve"],
  ["20 12", "shifted"],
]);

const FIVE: readonly FreeColumn[] = ["total", "used", "free", "shared", "buffers"];
const SIX: readonly FreeColumn[] = [...FIVE, "cached"];
const WIDE: readonly FreeColumn[] = [...SIX, "available"];
const NARROW: readonly FreeColumn[] = ["total", "used", "free", "shared", "buff_cache", "available"];

/** The columns that each layout can have. With `eleven`, "available" was added by a patch of Red Hat. */
const COLUMN_SETS: Readonly<Partial<Record<FreeLayout, readonly (readonly FreeColumn[])[]>>> = {
  tabs: [FIVE],
  thirteen: [FIVE],
  eleven: [SIX, WIDE],
  twelve: [NARROW, WIDE],
  shifted: [NARROW, WIDE],
};

/** All headings that known programs print, for rows that came without one. */
export function possibleHeadings(wide: boolean): Heading[] {
  return [...LAYOUTS].flatMap(([places, layout]) => {
    const [first = 0, pitch = 0] = places.split(" ").map(Number);
    const sets = (COLUMN_SETS[layout] ?? []).filter((set) => layout === "eleven" || set !== (wide ? NARROW : WIDE));
    return sets.map((columns) => ({ layout, columns, ends: columns.map((_, i) => first + pitch * i) }));
  });
}

/** The words of a text from an offset on. */
export function cellsOf(text: string, from = 0): Cell[] {
  const words = /\S+/g;
  words.lastIndex = from;
  const cells: Cell[] = [];
  for (let match = words.exec(text); match; match = words.exec(text))
    cells.push({ text: match[0], end: words.lastIndex });
  return cells;
}

/** Whether a line may be the English heading of a report. A quick test for lines of any length. */
export function looksLikeHeading(text: string): boolean {
  return text.includes("total") && text.includes("used") && text.includes("free");
}

/**
 * The English heading of a report; undefined for any other line. The first column is total, then used and free follow in any
 * order. Unknown columns are accepted among the others.
 * @throws ParseError for a missing or duplicate column, and for positions that no known program uses.
 */
export function readHeading(line: FreeLine): Heading | undefined {
  if (!looksLikeHeading(line.text)) return undefined;
  const cells = cellsOf(line.text.replace(/^\t+/, (tabs) => " ".repeat(8 * tabs.length)));
  const columns = cells.map((cell) => COLUMNS.get(cell.text));
  if (columns[0] !== "total" || !columns.includes("used") || !columns.includes("free")) return undefined;
  const beside = columns.slice(1, 3);
  const ends = cells.map((cell) => cell.end);
  const layout = LAYOUTS.get(`${ends[0]} ${(ends[1] ?? 0) - (ends[0] ?? 0)}`);
  const known = columns.filter((column) => column !== undefined);
  const isWhole = (set: readonly FreeColumn[]) =>
    set.length === known.length && set.every((column) => known.includes(column));
  const isKnown = beside.includes("used") && beside.includes("free") && layout && COLUMN_SETS[layout]?.some(isWhole);
  if (!isKnown) {
    throw new ParseError(
      `found the headings ${quote(line.text.trim())}, wanted them as a known free prints them`,
      line.number,
    );
  }
  return { layout, columns, ends };
}

/**
 * The figures of a row. Their positions are checked, so that a row that lost or gained a character is rejected: each figure ends
 * where its heading ends, unless a figure is wider than its column and shifts the others. Figures without a space between them
 * are separated at the columns if the row has the length of the heading.
 * @param from the end of the label. @param ends the ends of the columns. @param first whether the end of the first column is known.
 * @throws ParseError
 */
export function readFigures(
  line: FreeLine,
  from: number,
  ends: readonly number[],
  pitch: number,
  first: boolean,
): Cell[] {
  const cells = cellsOf(line.text, from);
  if (cells.length === ends.length) {
    requirePlaces(line, cells, ends, pitch, first);
    if (!line.ended) requireComplete(line, cells, ends);
    return cells;
  }
  const isUniform = ends.every((end, i) => i === 0 || end - (ends[i - 1] ?? 0) === pitch);
  if (cells.length > ends.length || !isUniform || line.text.trimEnd().length !== ends.at(-1)) {
    throw new ParseError(
      `found ${counted(cells.length, "figure")} in ${quote(line.text.trim())}, wanted ${ends.length}`,
      line.number,
    );
  }
  const slices = ends.map((end, i) => ({ text: line.text.slice(i === 0 ? from : ends[i - 1], end).trimStart(), end }));
  if (slices.some(({ text }) => text === "" || /\s/.test(text))) {
    throw new ParseError(
      `found an empty column in ${quote(line.text.trim())}, wanted ${counted(ends.length, "figure")}`,
      line.number,
    );
  }
  if (!line.ended) requireComplete(line, slices, ends);
  return slices;
}

function requirePlaces(
  line: FreeLine,
  cells: readonly Cell[],
  ends: readonly number[],
  pitch: number,
  first: boolean,
): void {
  for (const [i, cell] of cells.entries()) {
    if (i === 0 && !first) continue;
    if (!isInPlace(i, cells, ends, pitch)) {
      throw new ParseError(
        `found ${quote(cell.text)} out of its column, wanted it to end at character ${ends[i]}`,
        line.number,
      );
    }
  }
}

function isInPlace(i: number, cells: readonly Cell[], ends: readonly number[], pitch: number): boolean {
  const { text = "", end = 0 } = cells[i] ?? {};
  const column = ends[i] ?? 0;
  if (i === 0) {
    const before = column - end + text.length;
    return end === column || (end > column && (before === pitch || before === pitch - 1));
  }
  const gap = end - (cells[i - 1]?.end ?? 0);
  const width = column - (ends[i - 1] ?? 0);
  return gap === width || (gap > width && gap === text.length + 1);
}

/** Checks that the last figure of a row without a line end is complete: it ends in its column, or the figures add up. */
function requireComplete(line: FreeLine, cells: readonly Cell[], ends: readonly number[]): void {
  const last = cells.at(-1);
  const before = cells.at(-2);
  if (last === undefined || before === undefined) return;
  const width = (ends.at(-1) ?? 0) - (ends.at(-2) ?? 0);
  const hasMargin = last.end - before.end === width && last.text.length < width - 1;
  const [total, used, free] = cells.map((cell) => Number(cell.text));
  const addsUp = cells.length === 3 && total !== undefined && total === (used ?? 0) + (free ?? 0);
  if (!hasMargin && !addsUp)
    throw new ParseError(`found ${quote(line.text.trim())} without a line end, wanted a whole row`, line.number);
}
