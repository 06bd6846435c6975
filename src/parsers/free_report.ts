import { counted, ParseError, quote } from "../text.ts";
import { isNewRow, type Label, readLabel, requirePadding } from "./free_labels.ts";
import { readFreeLine } from "./free_line.ts";
import { type FreeOptions, procpsRows } from "./free_options.ts";
import type { PrintedReport } from "./free_scale.ts";
import {
  type Cell,
  cellsOf,
  type Figure,
  type FreeColumn,
  type FreeLine,
  type FreeRow,
  type Heading,
  possibleHeadings,
  readFigures,
  readHeading,
} from "./free_table.ts";

/** A line below the heading. */
type Labelled = { readonly line: FreeLine; readonly label: Label };

/** Reads the report of `free -L`, which is one line. @throws ParseError */
export function readOneLine([line]: readonly FreeLine[]): PrintedReport {
  if (line === undefined) throw new ParseError("found no line, wanted one");
  return { layout: "line", wide: false, figures: readFreeLine(line), lastEnded: true };
}

/**
 * Reads a report with an English heading. If its labels are English, other lines are ignored. If none of them is, rows are
 * identified by their order.
 * @throws ParseError
 */
export function readTable(
  [headingLine, ...lines]: readonly FreeLine[],
  options: FreeOptions,
  isPartial = false,
): PrintedReport {
  const heading = headingLine && readHeading(headingLine);
  if (heading === undefined) throw new ParseError("found no headings, wanted those of free");
  const body = lines.map((line) => ({ line, label: readLabel(line) }));
  if (!isPartial && body.every(({ label }) => label.row === undefined || label.row === "committed")) {
    return readInOrder(heading, body, options);
  }
  return readByLabel(heading, body, isPartial);
}

/**
 * Reads rows with English labels but without their heading (`free -m | grep Mem`). Columns are identified by their position.
 * @throws ParseError if no known layout fits the rows, or several do with different results.
 */
export function readRowsAlone(lines: readonly FreeLine[], { wide }: FreeOptions): PrintedReport {
  const body = lines.map((line) => ({ line, label: readLabel(line) }));
  const able = possibleHeadings(wide).flatMap((heading) => {
    try {
      return [readByLabel(heading, body, true)];
    } catch (error) {
      if (error instanceof ParseError) return [];
      throw error;
    }
  });
  const [first, ...others] = able.filter(({ figures }) => figures.length > 0);
  const isOne = others.every(({ figures }) => JSON.stringify(figures) === JSON.stringify(first?.figures));
  if (first && isOne) return first;
  const [line] = lines;
  throw new ParseError(`found ${quote(line?.text.trim() ?? "")}, wanted rows as free prints them`, line?.number);
}

const ENGLISH_HEADINGS = ["used", "free", "shared", "available"];

/** Reads a report with a translated heading. Columns are identified by their position, which must be that of procps. @throws ParseError */
export function readTranslated([headingLine, ...lines]: readonly FreeLine[], options: FreeOptions): PrintedReport {
  const columns: FreeColumn[] = options.wide
    ? ["total", "used", "free", "shared", "buffers", "cached", "available"]
    : ["total", "used", "free", "shared", "buff_cache", "available"];
  const words = headingLine ? cellsOf(headingLine.text).map((cell) => cell.text) : [];
  if (words.length < columns.length || words.some((word) => ENGLISH_HEADINGS.includes(word) || /\d/.test(word))) {
    throw new ParseError(
      `found ${quote(headingLine?.text.trim() ?? "")}, wanted the headings of free`,
      headingLine?.number,
    );
  }
  const heading: Heading = { layout: "translated", columns, ends: columns.map((_, i) => 20 + 12 * i) };
  return readInOrder(
    heading,
    lines.map((line) => ({ line, label: readLabel(line) })),
    options,
  );
}

function readByLabel(heading: Heading, body: readonly Labelled[], isPartial = false): PrintedReport {
  const seen = new Set<FreeRow>();
  const figures: Figure[] = [];
  let newRow: FreeLine | undefined;
  for (const { line, label } of body) {
    if (label.row === undefined) {
      if (isNewRow(line, label)) newRow = line;
      continue;
    }
    if (seen.has(label.row)) {
      throw new ParseError(`found ${quote(line.text.trim())} again, wanted each row once`, line.number);
    }
    seen.add(label.row);
    figures.push(...readRow(label.row, heading, { line, label }, true).figures);
  }
  if (newRow && !isPartial && !seen.has("swap")) {
    throw new ParseError(`found ${quote(newRow.text.trim())} and no row "Swap", wanted one`, newRow.number);
  }
  return { layout: heading.layout, wide: isWide(heading), figures, lastEnded: body.at(-1)?.line.ended === true };
}

/** Reads rows with labels in any language, in the order in which procps prints them with these options. */
function readInOrder(heading: Heading, body: readonly Labelled[], options: FreeOptions): PrintedReport {
  const rows = procpsRows(options);
  if (rows.length !== body.length) {
    throw new ParseError(
      `found ${counted(body.length, "line")} under the headings, wanted ${rows.length}`,
      body.at(-1)?.line.number,
    );
  }
  const read = body.map(({ line, label }, i) => {
    const row = rows[i] ?? "mem";
    if (label.row !== undefined && label.row !== row) {
      throw new ParseError(`found the row ${quote(label.text)} out of its order`, line.number);
    }
    return { line, label, ...readRow(row, heading, { line, label }, false) };
  });
  requirePadding(read);
  return {
    layout: heading.layout,
    wide: isWide(heading),
    figures: read.flatMap((one) => one.figures),
    lastEnded: true,
  };
}

/** Reads a row. Mem has all columns, "-/+ buffers/cache" has used and free, others have total, used and free. */
function readRow(
  row: FreeRow,
  heading: Heading,
  { line, label }: Labelled,
  byLabel: boolean,
): { readonly figures: Figure[]; readonly first: Cell } {
  const [from, to] = row === "mem" ? [0, heading.ends.length] : row === "buffers_cache" ? [1, 3] : [0, 3];
  const pitch = (heading.ends[1] ?? 0) - (heading.ends[0] ?? 0);
  const cells = readFigures(line, label.end, heading.ends.slice(from, to), pitch, byLabel);
  const figures = heading.columns.slice(from, to).flatMap((column, i): Figure[] => {
    if (column === undefined) return [];
    return [{ row, column, text: cells[i]?.text ?? "", line: line.number }];
  });
  return { figures, first: cells[0] ?? { text: "", end: 0 } };
}

function isWide({ columns }: Heading): boolean {
  return columns.includes("buffers") && columns.includes("available");
}
