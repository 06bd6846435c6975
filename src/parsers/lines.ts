import { ParseError, quote } from "../text.ts";
import { decode, splitLines } from "./text.ts";

/** A line of an output. Its number allows to parse parts of an output separately. */
export type Line = {
  /** Without trailing spaces. */
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** Whether it has a line end. Only the last line can lack it; see {@link requireLineEnd}. */
  readonly ended: boolean;
};

/** The lines of a text that aren't blank. */
export function writtenLines(text: string): Line[] {
  const lines = splitLines(text);
  const ends = text.split("\n").length - 1;
  const written: Line[] = [];
  for (const [i, line] of lines.entries()) {
    const kept = line.trimEnd();
    if (kept !== "") written.push({ text: kept, number: i + 1, ended: i < ends });
  }
  return written;
}

/** The lines of an output that aren't blank. */
export function linesOf(stdout: Uint8Array): Line[] {
  return writtenLines(decode(stdout));
}

/**
 * Groups lines as `grep -H ""` prints them by their path, and removes the path.
 * @param pattern matches a line; its groups are the path and the text after the colon.
 * @throws ParseError for a line without a path.
 */
export function linesByFile(lines: readonly Line[], pattern: RegExp): Map<string, Line[]> {
  const files = new Map<string, Line[]>();
  for (const line of lines) {
    const [, path, text = ""] = pattern.exec(line.text) ?? [];
    if (path === undefined) {
      throw new ParseError(`found ${quote(line.text)}, wanted the path of a file before it`, line.number);
    }
    const ofFile = files.get(path) ?? [];
    ofFile.push({ ...line, text });
    files.set(path, ofFile);
  }
  return files;
}

/**
 * Rejects a line that may be cut off, if its beginning would parse as something else.
 *
 * Scripts that use `$(…)` or `printf` print no last line end. So the last line of a successful command is accepted without it if
 * it is complete otherwise. This check is for lines for which that isn't certain: a heading without rows, a name without a
 * value, a name that becomes a label.
 * @throws ParseError if the line end is missing.
 */
export function requireLineEnd(line: Line): void {
  if (!line.ended)
    throw new ParseError(`found ${quote(line.text)} without a line end, wanted a whole line`, line.number);
}

/** A page size in bytes: a power of two, of 512 bytes or more. @throws ParseError for anything else. */
export function pageSizeInBytes(word: string, line: number): number {
  const size = /^\d{1,9}$/.test(word) ? Number(word) : 0;
  if (size < 512 || (size & (size - 1)) !== 0) {
    throw new ParseError(`found a page size of ${quote(word)}, wanted a power of two`, line);
  }
  return size;
}

/**
 * Splits the concatenated outputs of several programs.
 * @param programOf the program whose output begins with a line. Undefined if the line belongs to the same program as the line before.
 * @throws ParseError if the program of the first line isn't known.
 */
export function splitByProgram<Program extends string>(
  lines: readonly Line[],
  programOf: (line: Line) => Program | undefined,
  wanted: string,
): ReadonlyMap<Program, readonly Line[]> {
  const parts = new Map<Program, Line[]>();
  let current: Line[] | undefined;
  for (const line of lines) {
    const program = programOf(line);
    if (program !== undefined) {
      current = parts.get(program) ?? [];
      parts.set(program, current);
    }
    if (!current) throw new ParseError(`found ${quote(line.text)}, wanted ${wanted}`, line.number);
    current.push(line);
  }
  if (!current) throw new ParseError(`found no output, wanted ${wanted}`);
  return parts;
}
