import { CsvError, parse } from "csv-parse/sync";
import { ParseError, quote as quoted } from "../text.ts";
import { columnFault, columnReader, columnsProblem } from "./columns.ts";
import { decodeText } from "./decode.ts";
import type { CsvFormat, FormatProblem } from "./format.ts";
import type { RowFormat } from "./record.ts";

/** Maximum length of a row. */
const CELL_LIMIT = 100_000;

const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "found a quote that isn't closed, wanted its end",
  CSV_INVALID_CLOSING_QUOTE: "found text after a closing quote, wanted the next cell",
  INVALID_OPENING_QUOTE: "found a quote within a cell, wanted quotes around the cell and doubled within it",
  CSV_MAX_RECORD_SIZE: `found a row of more than ${CELL_LIMIT} characters, wanted a shorter one`,
};

/** Comma-separated values (RFC 4180). */
export function csvFormat(format: CsvFormat): RowFormat | FormatProblem {
  const { delimiter = ",", quote = '"', comment, skip = 0 } = format;
  const problem = columnsProblem(format) ?? charactersProblem(delimiter, quote);
  if (problem) return problem;
  const options = {
    delimiter,
    quote: quote === "" ? false : quote,
    ...(comment && { comment, comment_no_infix: true }),
    trim: true,
    skip_empty_lines: true,
    max_record_size: CELL_LIMIT,
    relax_column_count: true,
  } as const;
  return {
    none: "found no row, wanted comma-separated values",
    fault: columnFault(format),
    each: ({ stdout }, visitor) => {
      const read = columnReader(format, visitor);
      try {
        parse(linesAfter(skip, decodeText(stdout)), {
          ...options,
          on_record: (cells: readonly string[], { lines }) => {
            read(
              cells.map((cell) => cell.trim()),
              skip + lines,
            );
            return null;
          },
        });
      } catch (error) {
        if (!(error instanceof CsvError)) throw error;
        throw new ParseError(
          FAULTS[error.code] ?? `found ${quoted(error.message)}, wanted comma-separated values`,
          skip + Number((error as { lines?: number }).lines),
        );
      }
    },
  };
}

function charactersProblem(delimiter: string, quote: string): FormatProblem | undefined {
  for (const [key, character] of Object.entries({ delimiter, quote })) {
    if (/[\r\n]/.test(character))
      return { path: ["parser", key], message: "found a line end, wanted another character" };
  }
  if (quote !== delimiter) return undefined;
  return {
    path: ["parser", "quote"],
    message: `found ${quoted(quote)}, which is the delimiter, wanted another character`,
  };
}

/** Skips the first lines of a text. */
function linesAfter(skip: number, text: string): string {
  let start = 0;
  for (let line = 0; line < skip; line++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return "";
    start = end + 1;
  }
  return text.slice(start);
}
