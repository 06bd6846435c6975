import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Outcome } from "../../src/command/outcome.ts";
import { createGatherer } from "../../src/gather/gatherer.ts";
import { createHistory, STEP_SECONDS } from "../../src/gather/history.ts";
import type { Result } from "../../src/gather/result.ts";
import { createSelfMetrics } from "../../src/gather/self_metrics.ts";
import { type Family, family, type Labels } from "../../src/metric.ts";
import type { Source } from "../../src/source.ts";
import { buildInfo } from "../../src/version.ts";
import { createApp } from "../../src/web/app.ts";
import { SHOWN_NAMES } from "../../src/web/page/figures.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, sourceOf } from "../gather/fakes.ts";

/** The page of a machine that doesn't exist: six hours of its memory, commands that work and one that doesn't. */

const GIB = 2 ** 30;

function gauge(name: string, samples: readonly (readonly [Labels, number])[], unit = "bytes"): Family {
  return family({ name, help: `Help of ${name}.`, type: "gauge", unit }, samples);
}

function counter(name: string, value: number): Family {
  return family({ name, help: `Help of ${name}.`, type: "counter" }, [[{}, value]]);
}

/** A figure that moves: waves of several lengths, between 0 and 1. */
function wave(hours: number, ...lengths: readonly number[]): number {
  return (
    lengths.reduce((sum, length, index) => sum + Math.sin((hours * 6.283) / length + index), 0) / lengths.length / 2 +
    0.5
  );
}

/** The machine's memory so many hours before now: a program that leaks until it is restarted. */
function memoryAt(hours: number): readonly Family[] {
  const leak = hours > 1.6 ? (6 - hours) / 4.4 : 0.1 + (1.6 - hours) / 8;
  const total = 62.7 * GIB;
  const used = GIB * (14 + 24 * leak + 2.5 * wave(hours, 1.1, 0.31, 0.07));
  const cache = GIB * (13 + 3 * wave(hours, 2.3, 0.4));
  const buffers = GIB * (1.6 + 0.4 * wave(hours, 3));
  const plain = (name: string, value: number) => gauge(`memory_${name}_bytes`, [[{}, Math.round(value)]]);
  return [
    plain("total", total),
    plain("used", used),
    plain("buffers", buffers),
    plain("cache", cache),
    plain("free", total - used - cache - buffers + 0.3 * GIB),
    plain("available", total - used),
    plain("swap_total", 8 * GIB),
    plain("swap_used", GIB * (0.4 + 2.2 * Math.max(0, leak - 0.6))),
    plain("swap_free", 8 * GIB - GIB * (0.4 + 2.2 * Math.max(0, leak - 0.6))),
  ];
}

/** Counters that grow faster where memory is short, and shares of the last minute. */
function pressureAt(hours: number): readonly Family[] {
  const seconds = (6 - hours) * 3600;
  const short = hours > 1.6 && hours < 3 ? 3 - hours : 0;
  const grown = hours > 3 ? 0 : hours > 1.6 ? (3 - hours) ** 2 : 1.96;
  const share = (window: string, ratio: number) => [{ window }, ratio] as const;
  return [
    counter("memory_pressure_waiting_seconds_total", seconds * 0.002 + grown * 90 + 0.1 * wave(hours, 0.13)),
    counter("memory_pressure_stalled_seconds_total", seconds * 0.0005 + grown * 30 + 0.03 * wave(hours, 0.13)),
    gauge(
      "memory_pressure_waiting_ratio",
      [share("10s", 0.001), share("60s", 0.0021 + short / 50), share("300s", 0.004)],
      "ratio",
    ),
    gauge(
      "memory_pressure_stalled_ratio",
      [share("10s", 0), share("60s", 0.0004 + short / 90), share("300s", 0.001)],
      "ratio",
    ),
    counter("memory_swapped_in_pages_total", Math.round(seconds * 2 + grown * 400_000 + 30 * wave(hours, 0.2))),
    counter("memory_swapped_out_pages_total", Math.round(seconds * 3 + grown * 900_000 + 50 * wave(hours, 0.3))),
  ];
}

const PROGRAMS = [
  "java",
  "postgres",
  "firefox",
  "dockerd",
  "node",
  "systemd-journal",
  "containerd",
  "sshd",
  "cron",
  "dbus-daemon",
  "other",
];

function programsAt(hours: number): readonly Family[] {
  const size = (index: number) =>
    Math.round(((12 * GIB) / (index + 1) ** 1.6) * (0.7 + 0.5 * wave(hours + index, 1.3, 0.4)));
  const each = (of: (index: number) => number) => PROGRAMS.map((program, index) => [{ program }, of(index)] as const);
  return [
    gauge(
      "memory_processes",
      each((index) => 1 + ((index * 7) % 13)),
      "",
    ),
    gauge("memory_processes_resident_bytes", each(size)),
  ];
}

function gpuAt(hours: number): readonly Family[] {
  const each = (of: (gpu: number) => number) =>
    [0, 1, 2, 3].map((gpu) => [{ gpu: `${gpu}` }, Math.round(of(gpu))] as const);
  return [
    gauge(
      "memory_gpu_total_bytes",
      each(() => 24 * GIB),
    ),
    gauge(
      "memory_gpu_used_bytes",
      each((gpu) => 24 * GIB * wave(hours + gpu, 1.7, 0.5)),
    ),
    gauge("queue_length", [[{ queue: "mail" }, Math.round(40 * wave(hours, 0.6))]], ""),
  ];
}

const MACHINE: Readonly<Record<string, (hours: number) => readonly Family[]>> = {
  free: memoryAt,
  pressure: pressureAt,
  processes: programsAt,
  gpu: gpuAt,
};

type Scene = {
  /** Hours of history. */
  readonly hours?: number;
  /** Sources of the machine, by their names; all of them unless told. */
  readonly sources?: readonly string[];
  /** Commands beside them, and how they end; undefined goes on until the scene ends. */
  readonly others?: Readonly<Record<string, Outcome | undefined>>;
};

/** Serves a scene on 127.0.0.1. */
export async function withScene<T>(scene: Scene, use: (url: string) => Promise<T>): Promise<T> {
  const { hours = 6, sources = Object.keys(MACHINE), others = {} } = scene;
  const history = createHistory(SHOWN_NAMES);
  const nowMs = Date.now();
  const steps = (hours * 3600) / STEP_SECONDS;
  for (let step = steps; step > 0; step -= 1) {
    const ago = (step * STEP_SECONDS) / 3600;
    // Half an hour in which nobody scraped.
    if (ago > 3.9 && ago < 4.4) continue;
    const results = sources.map((name) => resultOf(name, MACHINE[name]?.(ago) ?? []));
    history.record(results, nowMs - step * STEP_SECONDS * 1000);
  }
  const fake = fakeRunner((line) => (line.slice(1) in others ? others[line.slice(1)] : printed("")));
  const machine: Source[] = sources.map((name) => ({
    ...sourceOf(`/${name}`),
    ...{ name, attempts: [{ argv: [`/${name}`], read: () => MACHINE[name]?.(0) ?? [] }] },
  }));
  const rest: Source[] = Object.keys(others).map((name) => ({ ...sourceOf(`/${name}`), name }));
  const { log } = fakeLog();
  const self = createSelfMetrics({ level: "none", info: buildInfo(), isPid1: false, spawnMethod: "fork" });
  const all = [...machine, ...rest];
  const gatherer = createGatherer({ sources: all, namespace: "memory", runner: fake.runner, log, self, history });
  for (let run = 0; run < 12; run += 1) await gatherer.gather({ maxWaitMs: 1 });
  const observer = { scrapeStarted() {}, scrapeEnded() {} };
  const app = createApp({
    ...{ gatherer, history, log, observer, namespace: "memory", host: "db-3.example.org", version: "1.4.0" },
    ...{ telemetryPath: "/metrics", routePrefix: "", external: undefined, debug: true, debugStderr: false },
    ...{ maxRequests: 40, timeoutOffsetMs: 500, commands: () => [], reload: async () => undefined },
  });
  const server = createServer((request, response) => app(request, response, () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await gatherer.stop();
  }
}

function resultOf(source: string, families: readonly Family[]): Result {
  return { source, families, outcome: "ok", detail: "", seconds: 0.01, timeoutSeconds: 5, ageSeconds: 0, yields: true };
}

export const FAILS: Outcome = EXIT_3;
