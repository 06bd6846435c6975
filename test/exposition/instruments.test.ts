import { createRequire, syncBuiltinESMExports } from "node:module";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode } from "../../src/exposition/encode.ts";
import { createInstruments, type Instruments } from "../../src/exposition/instruments.ts";
import type { Family } from "../../src/metric.ts";
import { until } from "../stand_in.ts";
import { needs, runTool } from "../tools.ts";
import { PYTHON, PYTHON_PROBE, readStrictly } from "./strict.ts";

const withPython = needs(PYTHON, ...PYTHON_PROBE) ? test : test.skip;
const withPromtool = needs("promtool", "--version") ? test : test.skip;

const GET_METRICS = { method: "GET", endpoint: "/metrics", response_code: "200", client_type: "prometheus" };

async function familyOf(instruments: Instruments, name: string): Promise<Family | undefined> {
  return (await instruments.families()).find((family) => family.name === name);
}

async function linesOf(instruments: Instruments, prefix: string): Promise<string[]> {
  return (await encode(await instruments.families(), "text")).split("\n").filter((line) => line.startsWith(prefix));
}

test("scrapes are counted by code, all codes from the start", async () => {
  const instruments = createInstruments("all");
  assert.equal(await linesOf(instruments, "promhttp"), [
    "promhttp_metric_handler_requests_in_flight 0",
    'promhttp_metric_handler_requests_total{code="200"} 0',
    'promhttp_metric_handler_requests_total{code="500"} 0',
    'promhttp_metric_handler_requests_total{code="503"} 0',
  ]);
  for (let i = 0; i < 3; i++) instruments.scrapeStarted();
  instruments.scrapeEnded("200");
  instruments.scrapeEnded("503");
  assert.equal(await linesOf(instruments, "promhttp"), [
    "promhttp_metric_handler_requests_in_flight 1",
    'promhttp_metric_handler_requests_total{code="200"} 1',
    'promhttp_metric_handler_requests_total{code="500"} 0',
    'promhttp_metric_handler_requests_total{code="503"} 1',
  ]);
});

test("requests are measured by their labels", async () => {
  const instruments = createInstruments("all");
  assert.equal((await familyOf(instruments, "memory_exporter_http_request_duration_seconds"))?.samples, []);
  instruments.requestStarted();
  instruments.requestStarted();
  instruments.requestEnded(GET_METRICS, 0.3);
  assert.equal(await linesOf(instruments, "memory_exporter_http_requests_in_flight"), [
    "memory_exporter_http_requests_in_flight 1",
  ]);
  instruments.requestEnded(GET_METRICS, 60);
  const labels = 'client_type="prometheus",endpoint="/metrics",method="GET",response_code="200"';
  assert.equal(await linesOf(instruments, "memory_exporter_http_request_duration"), [
    ...["0.005", "0.025", "0.1"].map(
      (le) => `memory_exporter_http_request_duration_seconds_bucket{${labels},le="${le}"} 0`,
    ),
    ...["0.5", "2.5", "10"].map((le) => `memory_exporter_http_request_duration_seconds_bucket{${labels},le="${le}"} 1`),
    `memory_exporter_http_request_duration_seconds_bucket{${labels},le="+Inf"} 2`,
    `memory_exporter_http_request_duration_seconds_sum{${labels}} 60.3`,
    `memory_exporter_http_request_duration_seconds_count{${labels}} 2`,
  ]);
});

test("each exporter counts for itself", async () => {
  const [first, second] = [createInstruments("all"), createInstruments("all")];
  first.scrapeStarted();
  assert.equal(await linesOf(second, "promhttp_metric_handler_requests_in_flight"), [
    "promhttp_metric_handler_requests_in_flight 0",
  ]);
});

test("a lean page has what is looked at most", async () => {
  const lean = createInstruments("lean");
  lean.requestStarted();
  lean.requestEnded(GET_METRICS, 0.3);
  const names = (await lean.families()).map(({ name }) => name);
  assert.equal(names, [
    "memory_exporter_http_request_duration_seconds",
    "promhttp_metric_handler_requests_total",
    "promhttp_metric_handler_requests_in_flight",
    "process_cpu_seconds_total",
    "process_start_time_seconds",
    "process_resident_memory_bytes",
    "nodejs_heap_size_used_bytes",
    "process_open_fds",
    "process_max_fds",
    "nodejs_eventloop_lag_seconds",
  ]);
  assert.ok(((await familyOf(lean, "nodejs_heap_size_used_bytes"))?.samples[0]?.value ?? 0) > 0);
  const labels = 'client_type="prometheus",endpoint="/metrics",method="GET",response_code="200"';
  assert.equal(await linesOf(lean, "memory_exporter_http_request_duration"), [
    `memory_exporter_http_request_duration_seconds_bucket{${labels},le="+Inf"} 1`,
    `memory_exporter_http_request_duration_seconds_sum{${labels}} 0.3`,
    `memory_exporter_http_request_duration_seconds_count{${labels}} 1`,
  ]);
});

test("a lean page tells the first kinds of requests apart, and all others by their status", async () => {
  const lean = createInstruments("lean");
  const codes = ["200", "401", "404", "405", "429", "500", "200", "429"];
  for (const response_code of codes) {
    lean.requestStarted();
    lean.requestEnded({ ...GET_METRICS, response_code }, 0.25);
  }
  const counts = (await linesOf(lean, "memory_exporter_http_request_duration")).filter((line) => /_count{/.test(line));
  assert.equal(
    counts.map((line) => line.slice(line.indexOf("{"))),
    [
      '{client_type="other",endpoint="other",method="other",response_code="429"} 2',
      '{client_type="other",endpoint="other",method="other",response_code="500"} 1',
      ...["200} 2", "401} 1", "404} 1", "405} 1"].map((text) => {
        return `{client_type="prometheus",endpoint="/metrics",method="GET",response_code="${text.replace("}", '"}')}`;
      }),
    ],
  );
});

test("process metrics have the names of client_golang, units and true values", async () => {
  const instruments = createInstruments("all");
  const value = async (name: string) => (await familyOf(instruments, name))?.samples[0]?.value ?? Number.NaN;
  for (const name of ["process_virtual_memory_bytes", "process_heap_bytes", "process_open_fds", "process_max_fds"]) {
    assert.ok(process.platform !== "linux" || (await value(name)) > 0, name);
  }
  assert.ok(Math.abs((await value("process_start_time_seconds")) - (Date.now() / 1000 - process.uptime())) < 3);
  assert.ok(Math.abs((await value("process_resident_memory_bytes")) / process.memoryUsage().rss - 1) < 0.5);
  assert.is((await familyOf(instruments, "process_resident_memory_bytes"))?.unit, "bytes");
  assert.is((await familyOf(instruments, "process_cpu_seconds_total"))?.unit, "seconds");
  assert.is((await familyOf(instruments, "process_cpu_seconds_total"))?.type, "counter");
  assert.is((await familyOf(instruments, "process_open_fds"))?.unit, undefined);
});

test("the lag of the event loop is of this moment", async () => {
  const instruments = createInstruments("all");
  const lag = async () =>
    (await familyOf(instruments, "nodejs_eventloop_lag_seconds"))?.samples[0]?.value ?? Number.NaN;
  const busy = lag();
  const end = performance.now() + 100;
  while (performance.now() < end);
  assert.ok((await busy) >= 0.09);
  // What a busy machine adds is over some time; the lag of before would stay.
  await until("the lag of another moment", async () => (await lag()) < 0.09);
});

test("no clock ticks in an exporter that nobody asks", async () => {
  const require = createRequire(import.meta.url);
  const [timers, hooks] = [require("node:timers"), require("node:perf_hooks")];
  const started: string[] = [];
  const counted = (owner: Record<string, unknown>, name: string) => {
    const original = owner[name] as (...args: unknown[]) => unknown;
    owner[name] = (...args: unknown[]) => {
      started.push(name);
      return original(...args);
    };
    return () => {
      owner[name] = original;
    };
  };
  const clocks = [
    [globalThis, "setInterval"],
    [globalThis, "setTimeout"],
    [timers, "setInterval"],
    [timers, "setTimeout"],
    [hooks, "monitorEventLoopDelay"],
  ] as const;
  const restore = clocks.map(([owner, name]) => counted(owner as Record<string, unknown>, name));
  try {
    // What hears of the change: modules that name these functions in an import.
    syncBuiltinESMExports();
    await createInstruments("all").families();
    assert.equal(started, []);
    setTimeout(() => {});
    assert.equal(started, ["setTimeout"]);
  } finally {
    for (const one of restore) one();
    syncBuiltinESMExports();
  }
});

async function busyPage(): Promise<readonly Family[]> {
  const instruments = createInstruments("all");
  instruments.requestStarted();
  instruments.requestEnded(GET_METRICS, 0.01);
  instruments.requestStarted();
  instruments.requestEnded({ ...GET_METRICS, endpoint: "/", client_type: "browser" }, 0.02);
  instruments.scrapeStarted();
  return instruments.families();
}

withPromtool("promtool has nothing to say on all of them", async () => {
  const page = await encode(await busyPage(), "text");
  assert.equal(runTool("promtool", ["check", "metrics"], page), { status: 0, stdout: "", stderr: "" });
});

withPython("a strict parser reads all of them", async () => {
  const families = await busyPage();
  const present = families.filter((family) => family.samples.length > 0).length;
  for (const [format, parser] of [
    ["text", "parser"],
    ["openmetrics", "openmetrics.parser"],
  ] as const) {
    assert.is(readStrictly(await encode(families, format), parser).length, present);
  }
});

test("many at once don't disturb each other", async () => {
  const instruments = createInstruments("all");
  const pages = await Promise.all(Array.from({ length: 50 }, () => instruments.families()));
  assert.is(new Set(pages.map((page) => page.map(({ name }) => name).join())).size, 1);
});

test.run();
