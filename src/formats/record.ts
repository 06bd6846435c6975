import type { Output } from "../source.ts";
import type { FieldValue } from "./format.ts";

/** A record of an output: a row, a node, a line. */
export type Row = {
  /** 1-based line of the output; 0 if it isn't known. */
  readonly line: number;
  /** The value of a field; undefined if the row doesn't have it. */
  readonly get: (field: string) => FieldValue;
  /** A hint for a missing field, in brackets after its name. */
  readonly advice?: (field: string) => string;
  /** All fields, for display. */
  readonly fields: () => Readonly<Record<string, FieldValue>>;
};

/** Receives the rows of an output. */
export type Visitor = {
  /** Called before the rows if they have columns, so that unknown fields can be reported. */
  readonly columns?: (names: readonly string[]) => void;
  readonly row: (row: Row) => void;
};

/** A format that gives rows. */
export type RowFormat = {
  /**
   * Passes each row of an output to a visitor, until it throws.
   * @throws ParseError for an output in another format.
   */
  readonly each: (output: Output, visitor: Visitor) => void;
  /** The error message for an output without rows and columns; undefined if that is valid. */
  readonly none?: string | undefined;
  /** The error message for a field that no row can have; undefined if the name is valid. */
  readonly fault?: (field: string) => string | undefined;
};

/** A row of named values. */
export function namedRow(line: number, values: ReadonlyMap<string, FieldValue>): Row {
  return { line, get: (field) => values.get(field), fields: () => Object.fromEntries(values) };
}
