import { ParseError, quote } from "../text.ts";
import { wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/** One line of a pressure file. */
export type Pressure = {
  /** Share of the time in which tasks waited, over the last 10, 60 and 300 seconds: 0 to 1. */
  readonly ratios: { readonly "10s": number; readonly "60s": number; readonly "300s": number };
  /** All of that time since the machine started, or the control group was made. */
  readonly seconds: number;
};

export type PressureFile = {
  /** At least one task waited for memory. */
  readonly some: Pressure;
  /** All tasks that could have run did. Not there on every kernel and for every resource. */
  readonly full: Pressure | undefined;
};

const LINE = /^(some|full) avg10=(\d{1,9}\.\d\d) avg60=(\d{1,9}\.\d\d) avg300=(\d{1,9}\.\d\d) total=(\d{1,20})$/;

/**
 * /proc/pressure/memory, or memory.pressure of a control group. Source: Documentation/accounting/psi.rst of Linux,
 * where averages are percentages and the total is in microseconds.
 * @throws ParseError for anything but the line `some` and at most one line `full` after it.
 */
export function parsePressure(lines: readonly Line[]): PressureFile {
  const [some, full, more] = lines;
  if (!some) throw new ParseError("found no output, wanted the lines of a pressure file");
  if (more) throw new ParseError(`found ${quote(more.text)}, wanted two lines at most`, more.number);
  return { some: readLine(some, "some"), full: full && readLine(full, "full") };
}

function readLine(line: Line, kind: "some" | "full"): Pressure {
  const [, found, short = "", middle = "", long = "", total = ""] = LINE.exec(line.text) ?? [];
  const microseconds = wholeNumber(total);
  if (found !== kind || microseconds === undefined) {
    throw new ParseError(`found ${quote(line.text)}, wanted "${kind} avg10=… avg60=… avg300=… total=…"`, line.number);
  }
  return { ratios: { "10s": ratio(short), "60s": ratio(middle), "300s": ratio(long) }, seconds: microseconds / 1e6 };
}

/** A percentage with two decimals; one division, so that the nearest number to the printed one comes out. */
function ratio(percent: string): number {
  return Number(percent.replace(".", "")) / 10_000;
}
