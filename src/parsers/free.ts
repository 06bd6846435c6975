import { type Scale, sizeInBytes } from "./figure.ts";
import { readFreeLine } from "./free_line.ts";
import { type FreeOptions, freeOptions } from "./free_options.ts";
import { type FreeCall, type FreeLook, freeScale, isBusybox } from "./free_scale.ts";
import {
  cellsOf,
  type Figure,
  type FreeColumn,
  type FreeLine,
  type FreeRow,
  type Heading,
  readFigures,
  readHeading,
  readLabel,
} from "./free_table.ts";
import { ParseError, quote, splitLines, withoutColours } from "./text.ts";

/** Bytes by row and column. Only what was printed; a negative or wrapped figure is left out. */
export type FreeReport = Readonly<Partial<Record<FreeRow, FreeCells>>>;
export type FreeCells = Readonly<Partial<Record<FreeColumn, number>>>;

/** How the report was asked for. */
export type FreeAsked = {
  /** The words of the command line of `free`, the program first. */
  readonly words: readonly string[];
  /** `busybox` or `toybox` if it was called as one of their applets. */
  readonly multicall?: string | undefined;
  /** What `free --version` or `busybox` prints, where it is known. */
  readonly version?: string | undefined;
};

/** A report whose figures aren't read yet. */
type Shown = {
  readonly look: FreeLook;
  readonly wide: boolean;
  readonly figures: readonly Figure[];
  readonly memEnded: boolean;
};

/**
 * Reads what `free` prints: procps 2 to 4, BusyBox, toybox; every unit, every row, any language whose figures stand
 * where procps puts them. Of a repeated report (`-s`, `-c`) the last whole one counts.
 * By free(1) and free.c of procps-ng, procps/free.c of BusyBox, toys/other/free.c of toybox.
 * @throws ParseError for anything else: nothing is read of a report that is cut, damaged or of uncertain unit.
 */
export function parseFree(text: string, asked: FreeAsked): FreeReport {
  const options = freeOptions(asked.words);
  const call: FreeCall = { options, multicall: asked.multicall, version: asked.version };
  const lines = writtenLines(withoutColours(text));
  if (lines.length === 0) throw new ParseError("found no text, wanted a report of free");
  if (options.line)
    return lastReport(
      lines.map((line) => [line]),
      options,
      (chunk) => finish(readOneLine(chunk), call),
    );
  const headings = lines.flatMap((line, i) => (readHeading(line) ? [i] : []));
  if (headings.length > 0) {
    const tables = headings.map((start, i) => lines.slice(start, headings[i + 1]));
    return lastReport(tables, options, (chunk) => finish(readTable(chunk, options), call));
  }
  const reports = options.repeated ? inReports(lines, rowsOf(options).length + 1) : [lines];
  return lastReport(reports, options, (chunk) => finish(readTranslated(chunk, options), call));
}

function writtenLines(text: string): FreeLine[] {
  const lines = splitLines(text);
  const lastEnded = text.endsWith("\n");
  return lines
    .map((line, i) => ({ text: line, number: i + 1, ended: lastEnded || i < lines.length - 1 }))
    .filter((line) => line.text.trim() !== "");
}

/** Reads the last of several reports, or the one before if the output ends inside the last. */
function lastReport(
  reports: readonly FreeLine[][],
  options: FreeOptions,
  read: (lines: FreeLine[]) => FreeReport,
): FreeReport {
  const [last = [], previous] = reports.slice(-2).reverse();
  if (previous === undefined) return read(last);
  if (!options.repeated) throw new ParseError("found a second report, wanted one without -s or -c", last[0]?.number);
  try {
    return read(last);
  } catch (error) {
    const isCut = last.length < previous.length || last.at(-1)?.ended === false;
    if (isCut && error instanceof ParseError) return read(previous);
    throw error;
  }
}

function inReports(lines: readonly FreeLine[], length: number): FreeLine[][] {
  const reports: FreeLine[][] = [];
  for (let start = 0; start < lines.length; start += length) reports.push(lines.slice(start, start + length));
  return reports;
}

function readOneLine([line]: readonly FreeLine[]): Shown {
  if (line === undefined) throw new ParseError("found no line, wanted one");
  return { look: "line", wide: false, figures: readFreeLine(line), memEnded: true };
}

/** The rows that procps prints for these options, in order. */
function rowsOf(options: FreeOptions): FreeRow[] {
  const lohi: FreeRow[] = options.lohi ? ["low", "high"] : [];
  const after: FreeRow[] = [
    ...(options.total ? ["total" as const] : []),
    ...(options.committed ? ["committed" as const] : []),
  ];
  return ["mem", ...lohi, "swap", ...after];
}

/** A report under English headings. Lines that are no rows are passed over, unless all labels are of another language. */
function readTable([headingLine, ...lines]: readonly FreeLine[], options: FreeOptions): Shown {
  const heading = headingLine && readHeading(headingLine);
  if (heading === undefined) throw new ParseError("found no headings, wanted those of free");
  const labels = lines.map((line) => readLabel(line).row);
  const isForeign = labels.every((row) => row === undefined || row === "committed");
  return readRows(heading, lines, isForeign ? rowsOf(options) : labels, !isForeign);
}

const ENGLISH_HEADINGS = ["used", "free", "shared", "available"];

/** A report under headings of another language: known by its place, if it is just as procps prints it. */
function readTranslated([headingLine, ...lines]: readonly FreeLine[], options: FreeOptions): Shown {
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
  const heading: Heading = { look: "translated", columns, ends: columns.map((_, i) => 20 + 12 * i) };
  return readRows(heading, lines, rowsOf(options), false);
}

/**
 * @param rows what each line is; lines that are undefined are passed over.
 * @param byLabel the labels are English and as wide as they should be; otherwise there is just one line for each row.
 */
function readRows(
  heading: Heading,
  lines: readonly FreeLine[],
  rows: readonly (FreeRow | undefined)[],
  byLabel: boolean,
): Shown {
  if (rows.length !== lines.length) {
    throw new ParseError(`found ${lines.length} lines under the headings, wanted ${rows.length}`, lines.at(-1)?.number);
  }
  const figures: Figure[] = [];
  const seen = new Set<FreeRow>();
  let memEnded = false;
  for (const [i, line] of lines.entries()) {
    const row = rows[i];
    if (row === undefined) continue;
    if (seen.has(row))
      throw new ParseError(`found ${quote(line.text.trim())} again, wanted each row once`, line.number);
    seen.add(row);
    figures.push(...readRow(row, line, heading, byLabel));
    if (row === "mem") memEnded = line.ended;
  }
  const wide = heading.columns.includes("buffers") && heading.columns.includes("available");
  return { look: heading.look, wide, figures, memEnded };
}

function readRow(row: FreeRow, line: FreeLine, heading: Heading, byLabel: boolean): Figure[] {
  const { label, row: named, end } = readLabel(line);
  if (named !== undefined && named !== row) {
    throw new ParseError(`found the row ${quote(label)} out of its order, wanted the rows of the options`, line.number);
  }
  const [from, to] = row === "mem" ? [0, heading.ends.length] : row === "buffers_cache" ? [1, 3] : [0, 3];
  const pitch = (heading.ends[1] ?? 0) - (heading.ends[0] ?? 0);
  const cells = readFigures(line, end, heading.ends.slice(from, to), pitch, byLabel);
  return heading.columns.slice(from, to).flatMap((column, i) => {
    const text = cells[i]?.text ?? "";
    return column
      ? [{ row, column, text, line: line.number, place: `in row ${quote(label)}, column ${quote(column)}` }]
      : [];
  });
}

/** Figures to bytes, once it is certain that the report is whole and what its unit is. */
function finish(shown: Shown, call: FreeCall): FreeReport {
  const rows = new Set(shown.figures.map((figure) => figure.row));
  if (!rows.has("mem")) throw new ParseError('found no row "Mem", wanted one');
  const isOfBusybox = call.multicall === "busybox" || shown.look === "thirteen" || isBusybox(call.version);
  if (!rows.has("swap") && !(isOfBusybox && shown.memEnded)) throw new ParseError('found no row "Swap", wanted one');
  const scale = freeScale(call, {
    look: shown.look,
    wide: shown.wide,
    lohi: rows.has("low") && rows.has("high"),
    total: rows.has("total"),
    committed: rows.has("committed"),
    figures: shown.figures.map((figure) => figure.text),
  });
  const report = readAll(shown.figures, scale);
  if (shown.look !== "line" && report.mem?.total === undefined) {
    throw new ParseError("found a total of memory below zero, wanted a size", shown.figures[0]?.line);
  }
  return withoutMadeUp(report, shown.look);
}

/** What reads figures with `Gi` and the like that weren't asked for: an alias adds `-h`. A bare letter could be of 1000. */
const SUFFIXED: Scale = { unit: 1, base: 1024, human: true, suffixes: {} };

function readAll(figures: readonly Figure[], asked: Scale): FreeReport {
  const scale = !asked.human && figures.some((figure) => figure.text.endsWith("i")) ? SUFFIXED : asked;
  const report: Partial<Record<FreeRow, Partial<Record<FreeColumn, number>>>> = {};
  for (const { row, column, text, line, place } of figures) {
    if (scale.human && /^-?0*[1-9]\d*$/.test(text)) {
      throw new ParseError(`found ${quote(text)} ${place}, wanted a figure with a suffix`, line);
    }
    const bytes = sizeInBytes(text, scale, line, place);
    report[row] ??= {};
    if (bytes !== undefined) report[row][column] = bytes;
  }
  return report;
}

/** BusyBox says 0 available where the kernel doesn't tell, and then has a row about buffers and cache. */
function withoutMadeUp(report: FreeReport, look: FreeLook): FreeReport {
  if (look !== "twelve" || report.buffers_cache === undefined || report.mem?.available !== 0) return report;
  const { available: _, ...mem } = report.mem;
  return { ...report, mem };
}
