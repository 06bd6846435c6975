import { counted, ParseError, quote } from "../text.ts";
import { type Line, requireLineEnd } from "./lines.ts";
import { offScreen, onScreen } from "./screen.ts";

/** A column of the tables of a program. */
export type Column = {
  readonly align: "left" | "right";
  /** Whether cells may be empty or have several words. Otherwise they have one word. */
  readonly loose: boolean;
  /** Whether a cell can be empty nevertheless, if that follows from the positions of the others. */
  readonly canBeEmpty?: boolean;
  /** What its cells are used for. */
  readonly use: "figure" | "label" | "none";
};

/** How a table is printed. */
export type TableStyle = {
  /** The columns, if the table has no heading. */
  readonly columns: readonly string[] | undefined;
  /** One space between cells, and none within them (`--raw`). */
  readonly raw: boolean;
};

/** A row: its cells by column. Cells that can't be separated are missing. */
export type Row = { readonly cells: Readonly<Partial<Record<string, string>>>; readonly line: Line };

type Named = Column & { readonly name: string };
/** Positions of a column: cells are between `from` and `to`, the heading is from `start` to `end`. */
type Zone = { readonly from: number; readonly to: number; readonly start: number; readonly end: number };

/**
 * Parses a table of util-linux, as `swapon --show` and `zramctl` print it. Cells can be empty, so they are found by the position
 * of their heading. Without a heading, they are counted from both ends up to the loose columns.
 * Source: libsmartcols of util-linux.
 * @throws ParseError for an unknown column, cells that aren't below their heading, and a last line without its line end if rows,
 * used cells or the end of a label may be missing.
 */
export function parseTable(
  lines: readonly Line[],
  known: Readonly<Record<string, Column>>,
  style: TableStyle,
): readonly Row[] {
  const names = style.columns ?? lines[0]?.text.trim().split(/ +/) ?? [];
  const columns = names.map((name, i) => {
    if (names.indexOf(name) !== i || !/^[A-Z][A-Z0-9%:-]*$/.test(name)) {
      throw new ParseError(
        `found column ${quote(name)}, wanted the heading of a table, each column once`,
        lines[0]?.number,
      );
    }
    return { name, ...(known[name] ?? newColumn(lines, name)) };
  });
  const rows = style.columns ? lines : lines.slice(1);
  if (rows.length === 0 && lines[0]) requireLineEnd(lines[0]);
  if (style.raw) return rows.map((line) => toRow(line, columns, splitRaw(line.text, columns.length)));
  if (style.columns) return rows.map((line) => toRow(line, columns, splitByWords(line.text.trim(), columns)));
  const drawn = lines.map((line) => ({ ...line, text: onScreen(line.text) }));
  const zones = findZones(drawn, columns);
  return rows.map((line, i) => {
    const cells = splitByZones(drawn[i + 1] ?? line, columns, zones);
    return toRow(line, columns, cells.map(offScreen));
  });
}

/** A column of a newer version. It isn't used. Its alignment is that of its cells. */
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

/** Empty cells at the end of a line are missing, since trailing spaces are removed. */
function splitRaw(text: string, columns: number): readonly string[] {
  const cells = text.split(" ");
  while (cells.length < columns) cells.push("");
  return cells;
}

/**
 * If there are as many words as columns that can't be empty, each has one word. Otherwise the columns before the first loose one
 * and after the last one have a word each, and a single loose column gets the rest.
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

/** All lines have a space between two columns. Cells begin (left-aligned) or end (right-aligned) where their heading does. */
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

/** Cells out of alignment aren't separated, since the width of the characters before them isn't known. */
function splitByZones({ text }: Line, columns: readonly Named[], zones: readonly Zone[]): readonly string[] {
  const cells = zones.map(({ from, to, start, end }, i) => {
    const cell = text.slice(from, to);
    const word = cell.trim();
    const aligned = columns[i]?.align === "left" ? text[start] !== " " : from + cell.trimEnd().length === end;
    return word === "" || aligned ? word : undefined;
  });
  return cells.every((cell) => cell !== undefined) ? cells : [];
}
