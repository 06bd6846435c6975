import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import type { Line } from "./lines.ts";

/** Virtual swap of Solaris in bytes: disk, and the part of memory that can serve as swap. Undefined for invalid sizes. */
export type SwapSummary = {
  /** In use now. */
  readonly allocated: number | undefined;
  /** Reserved for processes, but not allocated yet. */
  readonly reserved: number | undefined;
  /** Allocated and reserved together. */
  readonly used: number | undefined;
  /** Neither allocated nor reserved. */
  readonly available: number | undefined;
};

const SUMMARY =
  /^total: (\S{1,30})(?: bytes)? allocated \+ (\S{1,30}) reserved = (\S{1,30}) used, (\S{1,30}) available$/;

/** Whether a line is the output of `swap -s`. */
export function isSwapSummary(line: Line): boolean {
  return line.text.startsWith("total: ");
}

/**
 * Parses the line of `swap -s` (figures in `k`, 1024 bytes) and of `swap -sh` (suffixes K to E) of Solaris and illumos.
 * Source: swap(8), swap.c of illumos.
 * @throws ParseError for any other line, and for a figure without a suffix.
 */
export function parseSwapSummary(line: Line): SwapSummary {
  const match = SUMMARY.exec(line.text);
  if (!match) throw new ParseError(`found ${quote(line.text)}, wanted the line of swap -s`, line.number);
  const [, allocated = "", reserved = "", used = "", available = ""] = match;
  return {
    allocated: bytes(allocated, "as allocated", line.number),
    reserved: bytes(reserved, "as reserved", line.number),
    used: bytes(used, "as used", line.number),
    available: bytes(available, "as available", line.number),
  };
}

function bytes(word: string, place: string, line: number): number | undefined {
  if (word.endsWith("k")) return sizeInBytes(word.slice(0, -1), { unit: 1024, base: 1024, human: false }, line, place);
  if (/\d$/.test(word) && word !== "0") {
    throw new ParseError(`found ${quote(word)} ${place}, wanted a figure with its unit`, line);
  }
  return sizeInBytes(word, { unit: 1, base: 1024, human: true }, line, place);
}
