import { counted, ParseError, quote } from "../text.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** What is known of a column of a program's tables. */
export type Column = {
  readonly align: "left" | "right";
  /** Cells may be empty or hold several words. All others hold one word. */
  readonly loose: boolean;
  /** A cell can be empty all the same, where its place in the line tells so. */
  readonly canBeEmpty?: boolean;
  /** What its cells become, if anything. */
  readonly use: "figure" | "label" | "none";
};

/** How a table was asked for. */
export type TableStyle = {
  /** The columns in order, where the table has no heading. */
  readonly columns: readonly string[] | undefined;
  /** One space between cells (`--raw`) and none within. */
  readonly raw: boolean;
};

/** A row: its cells by the name of their column, and where it stands. Cells that can't be told apart are not there. */
export type Row = { readonly cells: Readonly<Partial<Record<string, string>>>; readonly line: Line };

type Named = Column & { readonly name: string };
/** Columns of characters: the cells lie from `from` up to `to`, the heading from `start` up to `end`. */
type Zone = { readonly from: number; readonly to: number; readonly start: number; readonly end: number };

/**
 * The rows of a table of util-linux, as `swapon --show` and `zramctl` print it. Empty cells make counting words wrong,
 * so cells are found by the place of their heading; without headings, from both ends up to the columns that are loose.
 * Source: libsmartcols of util-linux.
 * @throws ParseError for an unknown column, cells that don't stand below their heading, and without the last line end
 * for a heading that may have lost its rows and a row that may have lost cells of use, or the end of a label.
 */
export function parseTable(
  lines: readonly Line[],
  known: Readonly<Record<string, Column>>,
  style: TableStyle,
): readonly Row[] {
  const names = style.columns ?? lines[0]?.text.trim().split(/ +/) ?? [];
  const columns = names.map((name, i) => {
    const column = Object.hasOwn(known, name) ? known[name] : undefined;
    if (names.indexOf(name) !== i || !/^[A-Z][A-Z0-9%:-]*$/.test(name)) {
      throw new ParseError(
        `found column ${quote(name)}, wanted the heading of a table, each column once`,
        lines[0]?.number,
      );
    }
    return { name, ...(column ?? newColumn(lines, name)) };
  });
  const rows = style.columns ? lines : lines.slice(1);
  if (rows.length === 0 && lines[0]) requireLineEnd(lines[0]);
  if (style.raw) return rows.map((line) => toRow(line, columns, splitRaw(line.text, columns.length)));
  if (style.columns) return rows.map((line) => toRow(line, columns, splitByWords(line.text.trim(), columns)));
  const zones = findZones(lines, columns);
  return rows.map((line) => toRow(line, columns, splitByZones(line, columns, zones)));
}

/** A column of a version to come: aligned as its cells are, and of no use. */
function newColumn([head, ...rows]: readonly Line[], name: string): Column {
  const start = ` ${head?.text} `.indexOf(` ${name} `);
  const isLeft = rows.every(({ text }) => start >= 0 && /\S/.test(text.charAt(start)));
  return { align: isLeft ? "left" : "right", loose: true, use: "none" };
}

/** @throws ParseError for a cell that isn't what its column allows. */
function toRow(line: Line, columns: readonly Named[], cells: readonly (string | undefined)[]): Row {
  const wrong = columns.find(({ loose, canBeEmpty }, i) => {
    return !loose && !(canBeEmpty && cells[i] === "") && !/^\S+$/.test(cells[i] ?? "");
  });
  if (wrong || cells.length !== columns.length) {
    throw new ParseError(
      `found ${quote(line.text)}, wanted ${counted(columns.length, "cell")}, each below its heading`,
      line.number,
    );
  }
  const last = cells.findLastIndex((cell) => cell !== "");
  const mayBeCut = columns.slice(last + 1).some(({ use }) => use !== "none") || columns[last]?.use === "label";
  if (mayBeCut) requireLineEnd(line);
  return { line, cells: Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]])) };
}

/** Empty cells at the end of a line are lost where spaces at its end are. */
function splitRaw(text: string, columns: number): readonly string[] {
  const cells = text.split(" ");
  while (cells.length < columns) cells.push("");
  return cells;
}

/**
 * As many words as columns that can't be empty are theirs. Else those before the first loose column and after the last
 * one have a word each; a single loose one gets all that is left.
 */
function splitByWords(text: string, columns: readonly Named[]): readonly (string | undefined)[] {
  const first = columns.findIndex((column) => column.loose);
  const last = columns.findLastIndex((column) => column.loose);
  const words = text.split(/ +/);
  const filled = columns.filter(({ loose, canBeEmpty }) => !loose && !canBeEmpty);
  if (filled.length < columns.length && words.length === filled.length) {
    return columns.map((column) => words[filled.indexOf(column)] ?? "");
  }
  if (first < 0) return words;
  let rest = text;
  const front = columns.slice(0, first).map(() => {
    const at = `${rest} `.indexOf(" ");
    const word = rest.slice(0, at);
    rest = rest.slice(at).trimStart();
    return word;
  });
  const back = columns.slice(last + 1).map(() => {
    const at = rest.lastIndexOf(" ") + 1;
    const word = rest.slice(at);
    rest = rest.slice(0, at).trimEnd();
    return word;
  });
  const middle = first === last ? [rest] : columns.slice(first, last + 1).map(() => undefined);
  return [...front, ...middle, ...back.reverse()];
}

/** Between two columns is a space that all lines have. A right-aligned column ends with its heading, a left-aligned one begins with it. */
function findZones(lines: readonly Line[], columns: readonly Named[]): readonly Zone[] {
  const [head, ...rows] = lines;
  const taken = new Set<number>();
  for (const { text } of rows) {
    for (let i = Math.min(text.length, head?.text.length ?? 0) - 1; i >= 0; i -= 1) if (text[i] !== " ") taken.add(i);
  }
  let at = 0;
  const places = columns.map(({ name }) => {
    const start = head?.text.indexOf(name, at) ?? 0;
    at = start + name.length;
    return { start, end: at };
  });
  let from = 0;
  return places.map((place, i) => {
    const zone = { ...place, from, to: Number.POSITIVE_INFINITY };
    const next = places[i + 1];
    if (!next) return zone;
    const lowest = columns[i + 1]?.align === "left" ? next.start - 1 : place.end;
    let space = columns[i]?.align === "right" ? place.end : next.start - 1;
    while (space >= lowest && taken.has(space)) space -= 1;
    if (space < lowest) {
      const names = `${quote(columns[i]?.name ?? "")} and ${quote(columns[i + 1]?.name ?? "")}`;
      throw new ParseError(`found cells of ${names} that touch, wanted them apart`, head?.number);
    }
    from = space + 1;
    return { ...zone, to: space };
  });
}

/** Cells that don't stand where their column is aligned are not told apart: characters before them may be narrow or wide. */
function splitByZones({ text }: Line, columns: readonly Named[], zones: readonly Zone[]): readonly string[] {
  const cells = zones.map(({ from, to, start, end }, i) => {
    const cell = text.slice(from, to);
    const word = cell.trim();
    const aligned = columns[i]?.align === "left" ? text[start] !== " " : from + cell.trimEnd().length === end;
    return word === "" || aligned ? word : undefined;
  });
  return cells.every((cell) => cell !== undefined) ? cells : [];
}
