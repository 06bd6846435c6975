import { ParseError, quote } from "../text.ts";
import { NO_MEMORY_BYTES, sizeInBytes, wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/** A line of /proc/meminfo. */
export type MeminfoEntry = {
  /** As printed: `MemTotal`, `Active(anon)`. */
  readonly key: string;
  /** Bytes, or a count for a line without a unit. Undefined for a figure that is negative or wrapped around. */
  readonly value: number | undefined;
  readonly isBytes: boolean;
};

const KIBIBYTES = { unit: 1024, base: 1024, human: false } as const;
const LINE = /^([A-Za-z][!-9;-~]{0,63}):[ \t]*(-?\d{1,40})([ \t]{1,99}kB)?$/;
/** The table at the beginning of the file on Linux 2.4, NetBSD, Cygwin and others. */
const OLD_TABLE = /^(?:\s*total:\s+used:\s|(?:Mem|Swap):(?:\s+\d+){3})/;

/**
 * Parses /proc/meminfo. Its kB are 1024 bytes. There may be no space between key and figure. Since Linux 2.6, the first line is
 * MemTotal. Source: Documentation/filesystems/proc.rst of Linux.
 * @param isKnown whether a key is used. A line of any other key may lack its figure.
 * @param partial whether the command line filters lines.
 * @throws ParseError for any other text, a key with two values, and a last line that may be cut off.
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
