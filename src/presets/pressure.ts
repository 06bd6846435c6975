import { type Family, family } from "../metric.ts";
import { type Pressure, parsePressure } from "../parsers/pressure.ts";
import { decode, ParseError, quote } from "../parsers/text.ts";
import { wholeLines } from "../parsers/whole_lines.ts";
import type { MetricRow, Output, Preset } from "./preset.ts";

function secondsCounter(name: string, help: string, from: string): MetricRow {
  return { name: `memory_pressure_${name}_seconds_total`, help, type: "counter", unit: "seconds", from };
}

function ratioGauge(name: string, help: string, from: string): MetricRow {
  return { name: `memory_pressure_${name}_ratio`, help, type: "gauge", unit: "ratio", from };
}

const WAITING = secondsCounter("waiting", "Time in which at least one task waited for memory.", "some total");
const WAITING_RATIO = ratioGauge("waiting", "Share of the last 10, 60, 300 seconds of it (0 to 1).", "some avg");
const STALLED = secondsCounter("stalled", "Time in which all tasks at once waited for memory.", "full total");
const STALLED_RATIO = ratioGauge("stalled", "Share of the last 10, 60, 300 seconds of it (0 to 1).", "full avg");

const MEMORY = /(?:\/pressure\/memory|(?:^|\/)memory\.pressure)$/;
const OTHER = /(?:\/pressure\/(?:cpu|io|irq)|(?:^|\/)(?:cpu|io|irq)\.pressure)$/;

/** Linux: pressure stall information, of the machine or of a control group. */
export const pressure: Preset = {
  name: "pressure",
  about: "Linux: how long tasks wait for memory, by /proc/pressure/memory",
  programs: ["cat"],
  asks: (words) => words.some((word) => MEMORY.test(word)),
  alternatives: [{ argv: ["cat", "/proc/pressure/memory"] }],
  read: readPressure,
  metrics: [WAITING, WAITING_RATIO, STALLED, STALLED_RATIO],
};

function readPressure({ stdout, words }: Output): readonly Family[] {
  const other = words.find((word) => OTHER.test(word));
  if (other) throw new ParseError(`found ${quote(other)} in the command line, wanted the pressure of memory`);
  const { some, full } = parsePressure(wholeLines(decode(stdout)));
  return [...families(WAITING, WAITING_RATIO, some), ...(full ? families(STALLED, STALLED_RATIO, full) : [])];
}

function families(total: MetricRow, share: MetricRow, { seconds, ratios }: Pressure): Family[] {
  const windows = Object.entries(ratios).map(([window, ratio]) => [{ window }, ratio] as const);
  return [family(total, [[{}, seconds]]), family(share, windows)];
}
