import { ParseError, quote } from "../text.ts";
import { type Field, type Fields, readKeyed } from "./keyed.ts";
import type { Line } from "./lines.ts";

/** What `sysctl` printed: the value of each name, as it is printed. */
export type Sysctl = Fields;

/** The values of macOS' `vm.swapusage`, in bytes. */
export type SwapUsage = { readonly total: number; readonly used: number; readonly free: number };

const NAME = /^[A-Za-z][\w%-]*(?:\.[\w%-]+)+$/;
const SWAP_USAGE =
  /^total = (\d{1,15}[.,]\d{2})M {1,4}used = (\d{1,15}[.,]\d{2})M {1,4}free = (\d{1,15}[.,]\d{2})M(?: {1,4}\(encrypted\))?$/;

/** Whether a line is one of `sysctl`: a name with a dot, then `: `, `=` or ` = `. */
export function isSysctlLine(line: Line): boolean {
  return splitNameAndValue(line.text) !== undefined;
}

/**
 * Lines of sysctl(8) of macOS and FreeBSD, with or without `-e`. Values are not looked at; those that go on in further
 * lines, as some of `sysctl -a` do, are ignored.
 * @throws ParseError where the first line isn't a name and its value (the output of `sysctl -n`), and for a name that comes twice.
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
 * The swap that macOS has: the value of `vm.swapusage`. M counts in 1024*1024; the decimal point follows the user's locale.
 * Source: `S_xswusage` in sysctl.c of Apple's system_cmds, which prints two digits after the point.
 * @throws ParseError for any other form, such as figures without their unit.
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
