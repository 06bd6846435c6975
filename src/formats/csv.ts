import { CsvError, parse } from "csv-parse/sync";
import { ParseError, quote as quoted } from "../text.ts";
import { columnReader } from "./columns.ts";
import { decodeText } from "./decode.ts";
import type { CsvFormat } from "./format.ts";
import type { RowFormat } from "./record.ts";

/** No cell of figures is longer. */
const CELL_LIMIT = 100_000;

const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "found a quote without its end, wanted cells that end",
  CSV_INVALID_CLOSING_QUOTE: "found text after the quote that ends a cell, wanted the next cell",
  INVALID_OPENING_QUOTE: "found a quote inside of a cell, wanted it around the cell and doubled within",
  CSV_MAX_RECORD_SIZE: `found a row of more than ${CELL_LIMIT} characters, wanted a shorter one`,
};

/** Rows of cells between commas, by RFC 4180. */
export function csvFormat(format: CsvFormat): RowFormat {
  const { delimiter = ",", quote = '"', comment, skip = 0 } = format;
  const options = {
    delimiter,
    quote: quote === "" ? false : quote,
    ...(comment && { comment, comment_no_infix: true }),
    trim: true,
    skip_empty_lines: true,
    from_line: skip + 1,
    max_record_size: CELL_LIMIT,
    relax_column_count: true,
  } as const;
  return {
    none: "found no row, wanted comma-separated values",
    each: ({ stdout }, visitor) => {
      const read = columnReader(format, visitor);
      try {
        parse(decodeText(stdout), {
          ...options,
          on_record: (cells: readonly string[], { lines }) => {
            read(
              cells.map((cell) => cell.trim()),
              lines,
            );
            return null;
          },
        });
      } catch (error) {
        if (!(error instanceof CsvError)) throw error;
        throw new ParseError(
          FAULTS[error.code] ?? `found ${quoted(error.message)}, wanted comma-separated values`,
          (error as { lines?: number }).lines,
        );
      }
    },
  };
}
