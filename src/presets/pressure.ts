import { counter, type Family, family, type MetricHead } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import { type Pressure, type PressureFile, parsePressure } from "../parsers/pressure.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { eventCounter, plainGauge, requireFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

const ratioHelp = (who: string) =>
  `Ratio of time in which ${who} waited for memory, over the last 10, 60 and 300 seconds.`;
const WAITING = eventCounter(
  "pressure_waiting_seconds",
  "Time in which at least one task waited for memory.",
  "some total",
);
const WAITING_RATIO = plainGauge("pressure_waiting_ratio", ratioHelp("at least one task"), "some avg");
const STALLED = eventCounter(
  "pressure_stalled_seconds",
  "Time in which all non-idle tasks waited for memory.",
  "full total",
);
const STALLED_RATIO = plainGauge("pressure_stalled_ratio", ratioHelp("all non-idle tasks"), "full avg");

const MEMORY = /(?:\/pressure\/memory|(?:^|\/)memory\.pressure)$/;
const OTHER = /(?:\/pressure\/(?:cpu|io|irq)|(?:^|\/)(?:cpu|io|irq)\.pressure)$/;

/** Linux: pressure stall information, of the machine or of a control group. */
export const pressure: Preset = {
  name: "pressure",
  about: "Linux: time in which tasks wait for memory, by /proc/pressure/memory",
  programs: ["cat"],
  accepts: (words) => words.some((word) => MEMORY.test(word)),
  attempts: [{ files: ["/proc/pressure/memory"] }],
  read: readPressure,
  readAsNodeExporter: readPressureAsNodeExporter,
  attemptsAsNodeExporter: [{ files: ["cpu", "io", "memory"].map((name) => `/proc/pressure/${name}`) }],
  metrics: [WAITING, WAITING_RATIO, STALLED, STALLED_RATIO],
};

/** Metrics of node_exporter's collector `pressure`. For cpu, `full` has no meaning. */
const NODE_HEADS: Readonly<Record<string, readonly (readonly ["some" | "full", MetricHead])[]>> = {
  cpu: [["some", nodeHead("cpu", "waiting", "that processes have waited for CPU time")]],
  io: [
    ["some", nodeHead("io", "waiting", "that processes have waited due to IO congestion")],
    ["full", nodeHead("io", "stalled", "no process could make progress due to IO congestion")],
  ],
  memory: [
    ["some", nodeHead("memory", "waiting", "that processes have waited for memory")],
    ["full", nodeHead("memory", "stalled", "no process could make progress due to memory congestion")],
  ],
};

function nodeHead(resource: string, kind: string, help: string): MetricHead {
  return counter(`node_pressure_${resource}_${kind}_seconds_total`, `Total time in seconds ${help}`);
}

/** What `grep -H` puts before each line of a file. */
const PREFIX = /^[^\s:]*(?:\/pressure\/memory|memory\.pressure):/;
/** The path before each line if several files are read. */
const RESOURCE = /^\/proc\/pressure\/(cpu|io|memory):/;

function readPressure(output: Output): readonly Family[] {
  const { some, full } = parseOutput(output);
  return [...families(WAITING, WAITING_RATIO, some), ...families(STALLED, STALLED_RATIO, full)];
}

function readPressureAsNodeExporter(output: Output): readonly Family[] {
  const byResource = Map.groupBy(linesOf(output.stdout), ({ text }) => RESOURCE.exec(text)?.[1] ?? "");
  const found = byResource.has("")
    ? nodeFamilies("memory", parseOutput(output))
    : [...byResource].flatMap(([resource, lines]) => {
        const own = lines.map((line) => ({ ...line, text: line.text.replace(RESOURCE, "") }));
        return nodeFamilies(resource, parsePressure(own));
      });
  return requireFamilies(found, "the lines of pressure files");
}

function nodeFamilies(resource: string, file: PressureFile): readonly Family[] {
  const found = (NODE_HEADS[resource] ?? []).map(([kind, head]) => family(head, [[{}, file[kind]?.seconds]]));
  return found.filter(({ samples }) => samples.length > 0);
}

function parseOutput({ stdout, words }: Output): PressureFile {
  const command = commandOf(words);
  const other = command.words.find((word) => OTHER.test(word));
  if (other) throw new ParseError(`found ${quote(other)} in the command line, wanted the pressure of memory`);
  const lines = linesOf(stdout);
  const [path = ""] = PREFIX.exec(lines[0]?.text ?? "") ?? [];
  const own = lines.map((line) =>
    line.text.startsWith(path) ? { ...line, text: line.text.slice(path.length) } : line,
  );
  return parsePressure(own, command.partial);
}

function families(total: MetricRow, share: MetricRow, pressure: Pressure | undefined): Family[] {
  if (!pressure) return [];
  const { seconds, ratios } = pressure;
  const windows = Object.entries(ratios).map(([window, ratio]) => [{ window }, ratio] as const);
  return [family(total, [[{}, seconds]]), family(share, windows)];
}
