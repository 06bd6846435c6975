import { ParseError, quote } from "../text.ts";
import { sizeInBytes, wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/** What `sysctl` printed: the line of each name and the value on it. */
export type Sysctl = ReadonlyMap<string, { readonly value: string; readonly line: Line }>;

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
 * Lines of sysctl(8) of macOS and FreeBSD, with or without `-e`. Values are not looked at.
 * @throws ParseError for a line of another shape (the output of `sysctl -n`) and a name that comes twice.
 */
export function parseSysctl(lines: readonly Line[]): Sysctl {
  const values = new Map<string, { value: string; line: Line }>();
  for (const line of lines) {
    const [name, value] = splitNameAndValue(line.text) ?? [];
    if (name === undefined || value === undefined) {
      throw new ParseError(`found ${quote(line.text)}, wanted "name: value" of sysctl`, line.number);
    }
    if (values.has(name)) throw new ParseError(`found ${quote(name)} twice, wanted it once`, line.number);
    values.set(name, { value, line });
  }
  return values;
}

function splitNameAndValue(text: string): [string, string] | undefined {
  const end = text.search(/[:=]/);
  const name = text.slice(0, end).trimEnd();
  if (end < 0 || !NAME.test(name)) return undefined;
  return [name, text.slice(end + 1).trimStart()];
}

/** A whole number of `sysctl`, or undefined when the name isn't there. @throws ParseError when it isn't a whole number. */
export function sysctlNumber(sysctl: Sysctl, name: string): number | undefined {
  const found = sysctl.get(name);
  if (!found) return undefined;
  const figure = wholeNumber(found.value);
  if (figure !== undefined) return figure;
  throw new ParseError(`found ${quote(found.value)} as ${name}, wanted a whole number`, found.line.number);
}

/**
 * A size of `sysctl` in bytes; undefined when the name isn't there, or the figure is negative or wrapped below zero.
 * @throws ParseError when it isn't a whole number.
 */
export function sysctlBytes(sysctl: Sysctl, name: string, unit: number): number | undefined {
  const found = sysctl.get(name);
  if (!found) return undefined;
  return sizeInBytes(found.value, { unit, base: 1024, human: false }, found.line.number, `as ${name}`);
}

/**
 * The swap that macOS has: the value of `vm.swapusage`. M counts in 1024*1024; the decimal point follows the user's locale.
 * Source: `S_xswusage` in sysctl.c of Apple's system_cmds, which prints two digits after the point.
 * @throws ParseError for any other form, such as figures without their unit.
 */
export function parseSwapUsage(value: string, line: Line): SwapUsage {
  const match = SWAP_USAGE.exec(value);
  if (!match) {
    throw new ParseError(
      `found ${quote(value)} as vm.swapusage, wanted "total = 1.00M  used = …  free = …"`,
      line.number,
    );
  }
  const [total = 0, used = 0, free = 0] = match.slice(1).map((word) => mebibytes(word));
  return { total, used, free };
}

function mebibytes(word: string): number {
  return Math.round(Number(word.replace(",", ".")) * 2 ** 20);
}
