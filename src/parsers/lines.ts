import { ParseError, quote } from "../text.ts";
import { decode, splitLines } from "./text.ts";

/** A line of an output and where it stands, so that parts of one output can be read apart. */
export type Line = {
  /** Without spaces at its end. */
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** Whether its line end was there. Only the last line can lack it; see {@link requireLineEnd}. */
  readonly ended: boolean;
};

/** The lines of an output that are not blank. */
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

/** The lines of the bytes of an output that are not blank. */
export function linesOf(stdout: Uint8Array): Line[] {
  return writtenLines(decode(stdout));
}

/**
 * Lines that have the path of a file in front, as `grep -H ""` prints them, by that path and without it.
 * @param pattern matches a line; its groups are the path and what follows the colon.
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
 * Checks that a line is whole of which a beginning would look whole as well and say something else.
 *
 * `$(…)`, `printf` and the like strip the last line end of an output, so its last line is taken without it if it has
 * all that its form asks for. That the last figure may have lost digits is accepted: the command ended well. A line
 * has to pass here if its form leaves more than that open: a heading without rows (nothing there, or cut before the
 * rows), a field without a value, a name that becomes a label.
 * @throws ParseError where the line end is missing.
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
 * Takes the outputs of several programs, printed one after the other, apart.
 * @param programOf the program that a line tells by its shape; a line that tells none belongs to the program before.
 * @throws ParseError when the first line tells no program.
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
