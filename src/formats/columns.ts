import { orNear } from "../nearest.ts";
import { ParseError, quote } from "../text.ts";
import type { CsvFormat, FormatProblem, TableFormat } from "./format.ts";
import type { Row, RowFormat, Visitor } from "./record.ts";

/** What is wrong with the columns that a configuration names; undefined if nothing is. */
export function columnsProblem({ columns = [""] }: TableFormat | CsvFormat): FormatProblem | undefined {
  const path = ["parser", "columns"];
  if (columns.length === 0) return { path, message: "found no column, wanted one at least" };
  const again = columns.findIndex((name, i) => columns.indexOf(name) < i);
  if (again < 0) return undefined;
  return { path: [...path, again], message: `found column ${quote(columns[again] ?? "")} twice, wanted each once` };
}

/** What is wrong with the name of a field, where the configuration says which columns there are. */
export function columnFault({ columns, header }: TableFormat | CsvFormat): NonNullable<RowFormat["fault"]> {
  return (field) => {
    const number = /^[1-9]\d{0,4}$/.test(field) ? Number(field) : 0;
    if (columns === undefined) {
      if (header !== false || number > 0) return undefined;
      return `found field ${quote(field)}, wanted the number of a column: without header and columns they have no names`;
    }
    if (columns.includes(field) || (number > 0 && number <= columns.length)) return undefined;
    return `found field ${quote(field)}${orNear(field, columns)} one of columns: ${columns.join(", ")}`;
  };
}

/** Takes the lines of a table one by one, header first, and passes its rows on. */
export type ColumnReader = (cells: readonly string[], line: number) => void;

/** A reader of lines that are split into cells. @throws ParseError for a row of another length, and a duplicate column. */
export function columnReader(
  { columns, header = columns === undefined }: TableFormat | CsvFormat,
  visitor: Visitor,
): ColumnReader {
  let places: ReadonlyMap<string, number> | undefined;
  let isHeader = header;

  return (cells, line) => {
    if (places === undefined) {
      const names = columns ?? (isHeader ? cells : cells.map((_, i) => String(i + 1)));
      places = placesOf(names, line);
      visitor.columns?.(names);
    }
    if (isHeader) {
      isHeader = false;
      return;
    }
    if (cells.length !== places.size) throw ragged(cells, places.size, line);
    visitor.row(rowOf(cells, places, line));
  };
}

function placesOf(names: readonly string[], line: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    if (places.has(name)) {
      throw new ParseError(
        `found column ${quote(name)} twice, wanted each once: name them with "columns" in the configuration`,
        line,
      );
    }
    places.set(name, i);
  }
  return places;
}

function ragged(cells: readonly string[], width: number, line: number): ParseError {
  return new ParseError(`found ${cells.length} cells in ${quote(cells.join(" "))}, wanted ${width}`, line);
}

function rowOf(cells: readonly string[], places: ReadonlyMap<string, number>, line: number): Row {
  const placeOf = (field: string) => places.get(field) ?? (/^[1-9]\d{0,4}$/.test(field) ? Number(field) - 1 : -1);
  return {
    line,
    get: (field) => cells[placeOf(field)],
    fields: () => Object.fromEntries([...places].map(([name, place]) => [name || String(place + 1), cells[place]])),
  };
}
