import { ParseError, quote } from "../text.ts";
import { type Field, type Fields, readKeyed } from "./keyed.ts";
import type { Line } from "./lines.ts";

/** Output of `sysctl`: values by name, as printed. */
export type Sysctl = Fields;

/** The value of `vm.swapusage` on macOS, in bytes. */
export type SwapUsage = { readonly total: number; readonly used: number; readonly free: number };

const NAME = /^[A-Za-z][\w%-]*(?:\.[\w%-]+)+$/;
const SWAP_USAGE =
  /^total = (\d{1,15}[.,]\d{2})M {1,4}used = (\d{1,15}[.,]\d{2})M {1,4}free = (\d{1,15}[.,]\d{2})M(?: {1,4}\(encrypted\))?$/;

/** Whether a line is in the format of `sysctl`: a name with a dot, then `: `, `=` or ` = `. */
export function isSysctlLine(line: Line): boolean {
  return splitNameAndValue(line.text) !== undefined;
}

/**
 * Parses the output of sysctl(8) of macOS and FreeBSD, with or without `-e`. Continuation lines, which some values of
 * `sysctl -a` have, are ignored.
 * @throws ParseError for a duplicate name, and if the first line has no name, as with `sysctl -n`.
 */
export function parseSysctl(lines: readonly Line[]): Sysctl {
  const named = lines.filter((line, i) => i === 0 || isSysctlLine(line));
  return readKeyed(named, readLine, '"name: value" of sysctl');
}

function readLine({ text, number }: Line): [string, Field] | undefined {
  const [name, value] = splitNameAndValue(text) ?? [];
  return name === undefined || value === undefined ? undefined : [name, { text: value, line: number }];
}

function splitNameAndValue(text: string): [string, string] | undefined {
  const end = text.search(/[:=]/);
  const name = text.slice(0, end).trimEnd();
  if (end < 0 || !NAME.test(name)) return undefined;
  return [name, text.slice(end + 1).trimStart()];
}

/**
 * Parses `vm.swapusage` of macOS. M is 1024*1024 bytes. The decimal point depends on the locale.
 * Source: `S_xswusage` in sysctl.c of Apple's system_cmds, which prints two digits after the point.
 * @throws ParseError for any other value, such as figures without a unit.
 */
export function parseSwapUsage({ text, line }: Field): SwapUsage {
  const match = SWAP_USAGE.exec(text);
  if (!match) {
    throw new ParseError(`found ${quote(text)} as vm.swapusage, wanted "total = 1.00M  used = …  free = …"`, line);
  }
  const [total = 0, used = 0, free = 0] = match.slice(1).map((word) => mebibytes(word));
  return { total, used, free };
}

function mebibytes(word: string): number {
  return Math.round(Number(word.replace(",", ".")) * 2 ** 20);
}
