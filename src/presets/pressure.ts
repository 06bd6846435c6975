import { type Family, family, type MetricHead } from "../metric.ts";
import { writtenLines } from "../parsers/lines.ts";
import { type Pressure, parsePressure } from "../parsers/pressure.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import type { MetricRow, Preset } from "./preset.ts";

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
  attempts: [{ files: ["/proc/pressure/memory"] }],
  read: readPressure,
  readAsNodeExporter: readPressureAsNodeExporter,
  metrics: [WAITING, WAITING_RATIO, STALLED, STALLED_RATIO],
};

/** As node_exporter's collector `pressure` names them. */
const NODE_WAITING: MetricHead = {
  name: "node_pressure_memory_waiting_seconds_total",
  help: "Total time in seconds that processes have waited for memory",
  type: "counter",
  unit: "seconds",
};
const NODE_STALLED: MetricHead = {
  name: "node_pressure_memory_stalled_seconds_total",
  help: "Total time in seconds no process could make progress due to memory congestion",
  type: "counter",
  unit: "seconds",
};

function readPressure(output: Output): readonly Family[] {
  const { some, full } = parseOutput(output);
  return [...families(WAITING, WAITING_RATIO, some), ...(full ? families(STALLED, STALLED_RATIO, full) : [])];
}

function readPressureAsNodeExporter(output: Output): readonly Family[] {
  const { some, full } = parseOutput(output);
  return [family(NODE_WAITING, [[{}, some.seconds]]), ...(full ? [family(NODE_STALLED, [[{}, full.seconds]])] : [])];
}

function parseOutput({ stdout, words }: Output): ReturnType<typeof parsePressure> {
  const other = words.find((word) => OTHER.test(word));
  if (other) throw new ParseError(`found ${quote(other)} in the command line, wanted the pressure of memory`);
  return parsePressure(writtenLines(decode(stdout)));
}

function families(total: MetricRow, share: MetricRow, { seconds, ratios }: Pressure): Family[] {
  const windows = Object.entries(ratios).map(([window, ratio]) => [{ window }, ratio] as const);
  return [family(total, [[{}, seconds]]), family(share, windows)];
}
