import { ParseError, quote } from "../text.ts";
import { NO_MEMORY_BYTES, sizeInBytes, wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/** A line of /proc/meminfo. */
export type MeminfoEntry = {
  /** As the kernel writes it: `MemTotal`, `Active(anon)`. */
  readonly key: string;
  /** Bytes, or a count for a line without a unit. Undefined for a figure below zero, also one that was wrapped. */
  readonly value: number | undefined;
  readonly isBytes: boolean;
};

const KIBIBYTES = { unit: 1024, base: 1024, human: false } as const;
const LINE = /^([A-Za-z][!-9;-~]{0,63}):[ \t]*(-?\d{1,40})( kB)?$/;
/** The table above the lines that Linux 2.4 had, and that NetBSD, Cygwin and others still print. */
const OLD_TABLE = /^(?:\s*total:\s+used:\s|(?:Mem|Swap):(?:\s+\d+){3})/;

/**
 * Reads /proc/meminfo, each key once, in the order of the file. Its kB are of 1024 bytes. A long figure can touch its key.
 * By Documentation/filesystems/proc.rst of the kernel, whose first line has always been MemTotal since 2.6.
 * @param isKnown whether a key is read: a line of another key without a figure is ignored.
 * @param partial whether the command line leaves lines out.
 * @throws ParseError for other text, a key with two values, a last line that may be cut.
 */
export function parseMeminfo(
  lines: readonly Line[],
  isKnown: (key: string) => boolean,
  partial = false,
): MeminfoEntry[] {
  const entries = new Map<string, MeminfoEntry>();
  for (const line of lines) {
    if (OLD_TABLE.test(line.text)) continue;
    const entry = readLine(line, isKnown);
    if (!entry) continue;
    if (entries.size === 0 && !partial) requireTotal(entry, line.number);
    const before = entries.get(entry.key);
    if (before && (before.value !== entry.value || before.isBytes !== entry.isBytes)) {
      throw new ParseError(`found ${quote(entry.key)} again with another figure, wanted it once`, line.number);
    }
    entries.set(entry.key, entry);
  }
  if (entries.size === 0) throw new ParseError("found no text, wanted the lines of /proc/meminfo");
  return [...entries.values()];
}

function readLine(line: Line, isKnown: (key: string) => boolean): MeminfoEntry | undefined {
  const { text, number, ended } = line;
  const match = LINE.exec(text);
  if (!match) {
    const [, other] = /^([A-Za-z][ -9;-~]{0,63}):/.exec(text) ?? [];
    if (other !== undefined && ended && !isKnown(other)) return undefined;
    throw new ParseError(`found ${quote(text)}, wanted a line like "MemTotal: 1 kB"`, number);
  }
  const [, key = "", word = "", unit] = match;
  if (unit) return { key, value: sizeInBytes(word, KIBIBYTES, number, `after "${key}"`), isBytes: true };
  if (!ended) throw new ParseError(`found ${quote(text)} without a line end, wanted a whole line`, number);
  return { key, value: countOf(word, number, key), isBytes: false };
}

function countOf(word: string, line: number, key: string): number | undefined {
  const count = wholeNumber(word.replace("-", ""));
  if (count === undefined)
    throw new ParseError(`found ${quote(word)} after ${quote(key)}, wanted a whole number`, line);
  return word.startsWith("-") || count >= NO_MEMORY_BYTES ? undefined : count;
}

function requireTotal({ key, value, isBytes }: MeminfoEntry, line: number): void {
  if (key !== "MemTotal" || value === undefined || !isBytes) {
    throw new ParseError(`found ${quote(key)} first, wanted MemTotal and a size`, line);
  }
}
