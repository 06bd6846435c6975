import { counted, ParseError, quote } from "../text.ts";

/**
 * What a report looks like, which tells who printed it:
 * `tabs` toybox; `thirteen` columns of 13, BusyBox to 1.22; `eleven` columns of 11, procps to 3.3.9 and BusyBox to 1.29;
 * `twelve` columns of 12, procps to 3.3.16 and BusyBox from 1.30; `shifted` the same one place to the right, procps from
 * 3.3.17; `translated` columns of 12 under words of another language, procps; `line` `free -L`, procps from 4.0.4.
 */
export type FreeLook = "tabs" | "thirteen" | "eleven" | "twelve" | "shifted" | "translated" | "line";

/** Columns of a report: `cached` is headed "cached" or "cache", `buff_cache` "buff/cache". */
export type FreeColumn = "total" | "used" | "free" | "shared" | "buffers" | "cached" | "buff_cache" | "available";

/** Rows of a report: `buffers_cache` is labelled "-/+ buffers/cache", `committed` "Comm". */
export type FreeRow = "mem" | "swap" | "total" | "low" | "high" | "committed" | "buffers_cache";

/** A word and the column of the screen after it. */
export type Cell = { readonly text: string; readonly end: number };

/** A figure as it is printed, not read yet. */
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
  /** Whether its line end was there. */
  readonly ended: boolean;
};

/** The heading of a report: what the columns are, and where each of them ends. */
export type Heading = {
  readonly look: FreeLook;
  /** Undefined for a heading that is not known. */
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

/** End of the first heading and width of the second column, by which reports are told apart. */
const LOOKS: ReadonlyMap<string, FreeLook> = new Map([
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

/** The columns that each look can have. `eleven` has "available" by a patch of Red Hat. */
const COLUMN_SETS: Readonly<Partial<Record<FreeLook, readonly (readonly FreeColumn[])[]>>> = {
  tabs: [FIVE],
  thirteen: [FIVE],
  eleven: [SIX, WIDE],
  twelve: [NARROW, WIDE],
  shifted: [NARROW, WIDE],
};

/** Every heading that a known program can have put above rows that came without it. */
export function possibleHeadings(wide: boolean): Heading[] {
  return [...LOOKS].flatMap(([places, look]) => {
    const [first = 0, pitch = 0] = places.split(" ").map(Number);
    const sets = (COLUMN_SETS[look] ?? []).filter((set) => look === "eleven" || set !== (wide ? NARROW : WIDE));
    return sets.map((columns) => ({ look, columns, ends: columns.map((_, i) => first + pitch * i) }));
  });
}

/** The words of a text with their ends, from a place on. */
export function cellsOf(text: string, from = 0): Cell[] {
  const words = /\S+/g;
  words.lastIndex = from;
  const cells: Cell[] = [];
  for (let match = words.exec(text); match; match = words.exec(text))
    cells.push({ text: match[0], end: words.lastIndex });
  return cells;
}

/** Whether a line may be the English heading of a report: quick, for lines of any length. */
export function looksLikeHeading(text: string): boolean {
  return text.includes("total") && text.includes("used") && text.includes("free");
}

/**
 * The English heading of a report; undefined for any other line. The first columns are total, and used and free in any
 * order; a column that is not known may stand among the others.
 * @throws ParseError for headings that lack one, have one twice, or stand elsewhere than any known program puts them.
 */
export function readHeading(line: FreeLine): Heading | undefined {
  if (!looksLikeHeading(line.text)) return undefined;
  const cells = cellsOf(line.text.replace(/^\t+/, (tabs) => " ".repeat(8 * tabs.length)));
  const columns = cells.map((cell) => COLUMNS.get(cell.text));
  if (columns[0] !== "total" || !columns.includes("used") || !columns.includes("free")) return undefined;
  const beside = columns.slice(1, 3);
  const ends = cells.map((cell) => cell.end);
  const look = LOOKS.get(`${ends[0]} ${(ends[1] ?? 0) - (ends[0] ?? 0)}`);
  const known = columns.filter((column) => column !== undefined);
  const isWhole = (set: readonly FreeColumn[]) =>
    set.length === known.length && set.every((column) => known.includes(column));
  const isKnown = beside.includes("used") && beside.includes("free") && look && COLUMN_SETS[look]?.some(isWhole);
  if (!isKnown) {
    throw new ParseError(
      `found the headings ${quote(line.text.trim())}, wanted them as a known free prints them`,
      line.number,
    );
  }
  return { look, columns, ends };
}

/**
 * The figures of a row, each held to the place where the program puts it, so that a lost or doubled character doesn't
 * pass: figures end where their headings end, unless one is wider than its column and moves the rest.
 * Figures that touch are told apart by the columns when the row is as long as they are.
 * @param from where the label ends. @param ends where the columns end. @param first place of the first figure is known.
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
    if (!line.ended) requireWhole(line, cells, ends);
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
  if (!line.ended) requireWhole(line, slices, ends);
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
        `found ${quote(cell.text)} beside its column, wanted it to end at character ${ends[i]}`,
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

/** Checks that a row without its line end wasn't cut in its last figure: it has a margin, or the figures add up. */
function requireWhole(line: FreeLine, cells: readonly Cell[], ends: readonly number[]): void {
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
