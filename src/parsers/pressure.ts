import { ParseError } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import { readKeyed } from "./keyed.ts";
import type { Line } from "./lines.ts";

/** One line of a pressure file. */
export type Pressure = {
  /** Ratio of time in which tasks waited, over the last 10, 60 and 300 seconds. */
  readonly ratios: { readonly "10s": number; readonly "60s": number; readonly "300s": number };
  /** Total waiting time since the machine booted, or since the control group was created. */
  readonly seconds: number;
};

export type PressureFile = {
  /** At least one task waited. Undefined only if the command line filters lines. */
  readonly some: Pressure | undefined;
  /** All non-idle tasks waited. Not available on every kernel and for every resource. */
  readonly full: Pressure | undefined;
};

const LINE =
  /^(some|full) avg10=(\d{1,9}\.\d\d) avg60=(\d{1,9}\.\d\d) avg300=(\d{1,9}\.\d\d) total=(\d{1,20})(?: \w+=\S*)*$/;

/**
 * Parses /proc/pressure/memory, or memory.pressure of a control group. Averages are percentages, the total is in microseconds.
 * Source: Documentation/accounting/psi.rst of Linux.
 * @param partial whether the command line filters lines.
 * @throws ParseError for anything but one line `some` and at most one line `full`.
 */
export function parsePressure(lines: readonly Line[], partial = false): PressureFile {
  if (lines.length === 0) throw new ParseError("found no output, wanted the lines of a pressure file");
  const kinds = readKeyed(lines, readLine, '"some avg10=… avg60=… avg300=… total=…", or the same of "full"');
  const [some, full] = [kinds.get("some"), kinds.get("full")];
  if (!some && !(partial && full)) throw new ParseError('found no line "some", wanted the lines of a pressure file');
  return { some, full };
}

function readLine({ text }: Line): [string, Pressure] | undefined {
  const [, kind, short = "", middle = "", long = "", total = ""] = LINE.exec(text) ?? [];
  const microseconds = wholeNumber(total);
  if (kind === undefined || microseconds === undefined) return undefined;
  const ratios = { "10s": ratio(short), "60s": ratio(middle), "300s": ratio(long) };
  return [kind, { ratios, seconds: microseconds / 1e6 }];
}

/** Divides only once, so that the result is the number nearest to the printed one. */
function ratio(percent: string): number {
  return Number(percent.replace(".", "")) / 10_000;
}
