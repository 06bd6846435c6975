import { ParseError } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import { readKeyed } from "./keyed.ts";
import type { Line } from "./lines.ts";

/** One line of a pressure file. */
export type Pressure = {
  /** Share of the time in which tasks waited, over the last 10, 60 and 300 seconds: 0 to 1. */
  readonly ratios: { readonly "10s": number; readonly "60s": number; readonly "300s": number };
  /** All of that time since the machine started, or the control group was made. */
  readonly seconds: number;
};

export type PressureFile = {
  /** At least one task waited for memory. Undefined only where the command line left it out. */
  readonly some: Pressure | undefined;
  /** All tasks that could have run did. Not there on every kernel and for every resource. */
  readonly full: Pressure | undefined;
};

const LINE =
  /^(some|full) avg10=(\d{1,9}\.\d\d) avg60=(\d{1,9}\.\d\d) avg300=(\d{1,9}\.\d\d) total=(\d{1,20})(?: \w+=\S*)*$/;

/**
 * /proc/pressure/memory, or memory.pressure of a control group. Source: Documentation/accounting/psi.rst of Linux,
 * where averages are percentages and the total is in microseconds.
 * @param partial whether the command line leaves lines out.
 * @throws ParseError for anything but the line `some` and at most one line `full`, each once.
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

/** A percentage with two decimals; one division, so that the nearest number to the printed one comes out. */
function ratio(percent: string): number {
  return Number(percent.replace(".", "")) / 10_000;
}
