import type { Output } from "../source.ts";
import type { FieldValue } from "./format.ts";

/** A part of an output that metrics are made of: a row, a node, a line. */
export type Row = {
  /** 1-based line of the output; 0 where it has none. */
  readonly line: number;
  /** The value of a field; undefined if the row hasn't got it. */
  readonly get: (field: string) => FieldValue;
  /** What to say of a field that the row hasn't got, in brackets behind its name. */
  readonly advice?: (field: string) => string;
  /** All that it holds, for people. */
  readonly fields: () => Readonly<Record<string, FieldValue>>;
};

/** Who takes the rows of an output. */
export type Visitor = {
  /** The rows that follow have columns: fields that none of them can have are to be complained about now. */
  readonly columns?: (names: readonly string[]) => void;
  readonly row: (row: Row) => void;
};

/** A format that gives rows, made ready. */
export type RowFormat = {
  /**
   * Hands each row of an output to a visitor; what it throws ends the reading.
   * @throws ParseError for an output that isn't of the format.
   */
  readonly each: (output: Output, visitor: Visitor) => void;
  /** What a whole output lacks that has neither a row nor columns; undefined if it needs none. */
  readonly none?: string | undefined;
  /** What is wrong with the name of a field that no row can have, whatever the output; undefined if nothing is. */
  readonly fault?: (field: string) => string | undefined;
};

/** A row of named values. */
export function namedRow(line: number, values: ReadonlyMap<string, FieldValue>): Row {
  return { line, get: (field) => values.get(field), fields: () => Object.fromEntries(values) };
}
