import { setImmediate } from "node:timers/promises";
import type { Registry } from "prom-client";
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import addGarbageCollection from "prom-client/lib/metrics/gc.js";
import addHeapSize from "prom-client/lib/metrics/heapSizeAndUsed.js";
import addHeapSpaces from "prom-client/lib/metrics/heapSpacesSizeAndUsed.js";
import addProcessMemory from "prom-client/lib/metrics/osMemoryHeap.js";
import addActiveHandles from "prom-client/lib/metrics/processHandles.js";
import addMostDescriptors from "prom-client/lib/metrics/processMaxFileDescriptors.js";
import addOpenDescriptors from "prom-client/lib/metrics/processOpenFileDescriptors.js";
import addActiveRequests from "prom-client/lib/metrics/processRequests.js";
import addActiveResources from "prom-client/lib/metrics/processResources.js";
import addStartTime from "prom-client/lib/metrics/processStartTime.js";
import addVersion from "prom-client/lib/metrics/version.js";

/** The metrics of prom-client, in its order. */
const ADD: readonly ((registry: Registry) => void)[] = [
  addProcessorTime,
  addStartTime,
  addProcessMemory,
  addOpenDescriptors,
  addMostDescriptors,
  addEventLoopLag,
  addActiveResources,
  addActiveHandles,
  addActiveRequests,
  addHeapSize,
  addHeapSpaces,
  addVersion,
  addGarbageCollection,
];

const ADD_LEAN: readonly ((registry: Registry) => void)[] = [
  addProcessorTime,
  addStartTime,
  addProcessMemory,
  addOpenDescriptors,
  addMostDescriptors,
  addEventLoopLag,
  addHeapUsed,
];

/** The metrics on a lean page. */
const LEAN = new Set([
  "process_cpu_seconds_total",
  "process_start_time_seconds",
  "process_resident_memory_bytes",
  "process_open_fds",
  "process_max_fds",
  "nodejs_eventloop_lag_seconds",
  "nodejs_heap_size_used_bytes",
]);

/** Gauges with the suffix of a counter, which promtool reports. They are the sums of gauges without the suffix. */
const LEFT_OUT = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/**
 * Adds prom-client's default metrics, `process_*` and `nodejs_*`, as far as the runtime supports them. CPU time and event loop lag
 * are implemented here: prom-client's CPU time loads a tracing library, and its event loop lag runs a timer at 100 Hz, which takes
 * 0.7 % of a CPU on an idle exporter.
 */
export function addDefaultMetrics(registry: Registry, level: "all" | "lean"): void {
  const before = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  for (const add of level === "lean" ? ADD_LEAN : ADD) {
    try {
      add(registry);
    } catch {
      // The runtime doesn't support this one.
    }
  }
  for (const name of LEFT_OUT) registry.removeSingleMetric(name);
  if (level === "all") return;
  for (const { name } of registry.getMetricsAsArray()) {
    if (!before.has(name) && !LEAN.has(name)) registry.removeSingleMetric(name);
  }
}

const MICROSECONDS = 1e6;

function addProcessorTime(registry: Registry): void {
  const addTime = (name: string, help: string, microseconds: (usage: NodeJS.CpuUsage) => number) => {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [registry],
      collect: () => {
        counter.reset();
        counter.inc(microseconds(process.cpuUsage()) / MICROSECONDS);
      },
    });
  };
  addTime("process_cpu_user_seconds_total", "Total user CPU time spent in seconds.", ({ user }) => user);
  addTime("process_cpu_system_seconds_total", "Total system CPU time spent in seconds.", ({ system }) => system);
  addTime(
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds.",
    (usage) => usage.user + usage.system,
  );
}

function addEventLoopLag(registry: Registry): void {
  const lag: Gauge = new Gauge({
    name: "nodejs_eventloop_lag_seconds",
    help: "Lag of event loop in seconds.",
    registers: [registry],
    collect: async () => {
      const start = performance.now();
      await setImmediate();
      lag.set((performance.now() - start) / 1000);
    },
  });
}

/** prom-client sets it only together with the size of the whole heap, which a lean page doesn't have. */
function addHeapUsed(registry: Registry): void {
  const used: Gauge = new Gauge({
    name: "nodejs_heap_size_used_bytes",
    help: "Process heap size used from Node.js in bytes.",
    registers: [registry],
    collect: () => used.set(process.memoryUsage().heapUsed),
  });
}
