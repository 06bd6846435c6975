import { ParseError, quote } from "../text.ts";
import { type Scale, sizeInBytes } from "./figure.ts";
import { type FreeOptions, freeOptions, procpsRows } from "./free_options.ts";
import { readOneLine, readRowsAlone, readTable, readTranslated } from "./free_report.ts";
import { type FreeCall, freeScale, type PrintedReport } from "./free_scale.ts";
import {
  type Figure,
  type FreeColumn,
  type FreeLayout,
  type FreeLine,
  type FreeRow,
  readHeading,
} from "./free_table.ts";
import { splitLines, withoutColours } from "./text.ts";

/** Bytes by row and column, as far as they were printed. Figures that are negative or wrapped around are left out. */
export type FreeReport = Readonly<Partial<Record<FreeRow, FreeCells>>>;
export type FreeCells = Readonly<Partial<Record<FreeColumn, number | undefined>>>;

/** How the command was called. */
export type FreeCommandLine = {
  /** The words of the command line, beginning with the program. Empty if it isn't known: then figures need suffixes. */
  readonly words: readonly string[];
  /** `busybox` or `toybox` if `free` was called as one of their applets. */
  readonly multicall?: string | undefined;
  /** Whether the command line filters lines (`| grep Mem`). */
  readonly partial?: boolean;
};

/**
 * Parses the output of `free` of procps 2 to 4, BusyBox and toybox, with any options and in any language that keeps the
 * columns of procps. If there are several reports (`-s`, `-c`), the last complete one is used.
 * Source: free(1) and free.c of procps-ng, procps/free.c of BusyBox, toys/other/free.c of toybox.
 * @throws ParseError for anything else, and for a report that is cut off, damaged, or whose unit isn't certain.
 */
export function parseFree(text: string, asked: FreeCommandLine): FreeReport {
  const isUnknown = asked.words.length === 0;
  const options = freeOptions(isUnknown ? ["free", "-h"] : asked.words);
  const call: FreeCall = { options, isUnknown, multicall: asked.multicall };
  const isPartial = asked.partial === true;
  const lines = writtenLines(withoutColours(text));
  if (lines.length === 0) throw new ParseError("found no text, wanted a report of free");
  if (options.line)
    return lastReport(
      lines.map((line) => [line]),
      options,
      (chunk) => finish(readOneLine(chunk), call),
    );
  const finished = (shown: PrintedReport) => finish({ ...shown, isPartial }, call);
  const headings = lines.flatMap((line, i) => (readHeading(line) ? [i] : []));
  if (headings.length > 0) {
    const tables = headings.map((start, i) => lines.slice(start, headings[i + 1]));
    return lastReport(tables, options, (chunk) => finished(readTable(chunk, options, isPartial)));
  }
  if (isPartial) return finished(readRowsAlone(lines, options));
  const reports = options.repeated ? splitReports(lines, procpsRows(options).length + 1) : [lines];
  return lastReport(reports, options, (chunk) => finished(readTranslated(chunk, options)));
}

function writtenLines(text: string): FreeLine[] {
  const lines = splitLines(text);
  const lastEnded = text.endsWith("\n");
  const written: FreeLine[] = [];
  for (const [i, line] of lines.entries()) {
    if (line !== "" && line.trim() !== "") {
      written.push({ text: line, number: i + 1, ended: lastEnded || i < lines.length - 1 });
    }
  }
  return written;
}

/** Reads the last of several reports, or the one before it if the last is cut off. */
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

function splitReports(lines: readonly FreeLine[], length: number): FreeLine[][] {
  const reports: FreeLine[][] = [];
  for (let start = 0; start < lines.length; start += length) reports.push(lines.slice(start, start + length));
  return reports;
}

/** Converts figures to bytes, after checking that the report is complete and its unit certain. */
function finish(shown: PrintedReport, call: FreeCall): FreeReport {
  const options = call.isUnknown ? shownOptions(call.options, shown) : call.options;
  const scale = freeScale({ ...call, options }, shown);
  if (call.isUnknown) requireOwnUnits(shown.figures);
  const report = readAll(shown.figures, call.isUnknown ? SUFFIXED : scale);
  const hasTotal = shown.figures.some(({ row, column }) => row === "mem" && column === "total");
  if (hasTotal && report.mem?.total === undefined) {
    throw new ParseError("found a total of memory below zero, wanted a size", shown.figures[0]?.line);
  }
  return withoutPlaceholders(report, shown.layout);
}

/** The options that a report must have been printed with, if the command line isn't known. */
function shownOptions(options: FreeOptions, { figures, wide }: PrintedReport): FreeOptions {
  const has = (row: FreeRow) => figures.some((figure) => figure.row === row);
  return { ...options, wide, lohi: has("low"), total: has("total"), committed: has("committed") };
}

/** Checks that each figure has an unambiguous unit. `G` alone has meant powers of 1000 and of 1024. @throws ParseError */
function requireOwnUnits(figures: readonly Figure[]): void {
  const isSure = (text: string) => /[KMGTPE]iB?$|\dB$/.test(text);
  const unsure = figures.find(({ text }) => !isSure(text) && !/^0+$/.test(text));
  const [first] = figures;
  const blamed = unsure ?? (figures.some(({ text }) => isSure(text)) ? undefined : first);
  if (blamed === undefined) return;
  const { text, column, line } = blamed;
  throw new ParseError(`found ${quote(text)} in column "${column}", wanted a figure with its unit, like 15Gi`, line);
}

/** For figures with suffixes although `-h` wasn't given, as an alias can add it. Only Ki, Mi, … are unambiguous. */
const SUFFIXED: Scale = { unit: 1, base: 1024, human: true, suffixes: {} };

function readAll(figures: readonly Figure[], asked: Scale): FreeReport {
  const scale = !asked.human && figures.some((figure) => /iB?$/.test(figure.text)) ? SUFFIXED : asked;
  const report: Partial<Record<FreeRow, Partial<Record<FreeColumn, number>>>> = {};
  for (const { row, column, text, line } of figures) {
    const place = `in column "${column}"`;
    if (scale.human && /^-?0*[1-9]\d*$/.test(text)) {
      throw new ParseError(`found ${quote(text)} ${place}, wanted a figure with a suffix`, line);
    }
    const bytes = sizeInBytes(text, scale, line, place);
    report[row] ??= {};
    if (bytes !== undefined) report[row][column] = bytes;
  }
  return report;
}

/** If the kernel doesn't report available memory, BusyBox prints 0 for it, and a row "-/+ buffers/cache". */
function withoutPlaceholders(report: FreeReport, layout: FreeLayout): FreeReport {
  if (layout !== "twelve" || report.buffers_cache === undefined || report.mem?.available !== 0) return report;
  const { available: _, ...mem } = report.mem;
  return { ...report, mem };
}
