import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** A process: its name as printed, and its memory. */
export type Process = {
  readonly name: string;
  readonly residentBytes: number;
  /** Proportional set size: each shared page is divided by the number of processes that share it. Undefined if it isn't known. */
  readonly proportionalBytes: number | undefined;
};

const ROW = /^\s*(\d{1,20}|\d{1,6}(?:\.\d)?[mgtp])(?: (.*))?$/s;
const HEADING = /^\s*[A-Z]+\s+[A-Z]+$/;
/** What `--forest` draws before a name. */
const BRANCH = /^[ |]*\\_ /;

/**
 * Parses the list of `ps -o rss,comm`, with or without its heading, which sort(1) moves: KiB, then a name, which may have spaces or be empty.
 * BusyBox prints large sizes with a suffix. Source: ps(1) of procps-ng, POSIX, BusyBox and the BSDs.
 * @throws ParseError for any other list, one without any name, and one without its last line end: the last name may be cut off.
 */
export function parsePs(lines: readonly Line[]): readonly Process[] {
  const heading = lines.findIndex(({ text }) => HEADING.test(text));
  const rows = lines.filter((_, index) => index !== heading);
  if (rows.length === 0) throw new ParseError("found no process, wanted the list of ps -o rss,comm");
  const processes = rows.map((line) => {
    const [, size = "", name = ""] = ROW.exec(line.text) ?? [];
    if (size === "") throw new ParseError(`found ${quote(line.text)}, wanted a size and a name`, line.number);
    requireLineEnd(line);
    const scale = { unit: 1024, base: 1024, human: true } as const;
    const bytes = sizeInBytes(size.toUpperCase(), scale, line.number, "as resident size");
    if (bytes === undefined) throw new ParseError(`found ${quote(size)}, wanted a resident size`, line.number);
    return { name: name.replace(BRANCH, ""), residentBytes: bytes, proportionalBytes: undefined };
  });
  if (processes.every(({ name }) => name === "")) throw new ParseError("found no name, wanted those of processes");
  return processes;
}
