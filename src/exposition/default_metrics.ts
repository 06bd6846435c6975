import { readdirSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Registry } from "prom-client";
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import addGarbageCollection from "prom-client/lib/metrics/gc.js";
import addHeapSize from "prom-client/lib/metrics/heapSizeAndUsed.js";
import addHeapSpaces from "prom-client/lib/metrics/heapSpacesSizeAndUsed.js";
import addProcessMemory from "prom-client/lib/metrics/osMemoryHeap.js";
import addMostDescriptors from "prom-client/lib/metrics/processMaxFileDescriptors.js";
import addOpenDescriptors from "prom-client/lib/metrics/processOpenFileDescriptors.js";
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
  addHeapSize,
  addHeapSpaces,
  addVersion,
  addGarbageCollection,
];

/** The metrics on a lean page. */
const ADD_LEAN: readonly ((registry: Registry) => void)[] = [
  addProcessorTotal,
  addStartTime,
  addMemory,
  addDescriptors,
  addMostDescriptors,
  addEventLoopLag,
];

/** A gauge with the suffix of a counter, which promtool reports. It is the sum of the gauge without the suffix. */
const LEFT_OUT = "nodejs_active_resources_total";

/**
 * Adds prom-client's default metrics, `process_*` and `nodejs_*`, as far as the runtime supports them. CPU time and event loop lag
 * are implemented here: prom-client's CPU time loads a tracing library, and its event loop lag runs a timer at 100 Hz, which takes
 * 0.7 % of a CPU on an idle exporter. Active handles and requests are left out: Node 26 aborts in the deprecated functions that
 * prom-client lists them by, when the owner of a handle has been collected. Its memory and descriptors read more of /proc than a lean page has.
 */
export function addDefaultMetrics(registry: Registry, level: "all" | "lean"): void {
  for (const add of level === "lean" ? ADD_LEAN : ADD) {
    try {
      add(registry);
    } catch {
      // The runtime doesn't support this one.
    }
  }
  registry.removeSingleMetric(LEFT_OUT);
}

const MICROSECONDS = 1e6;

function addTime(registry: Registry, name: string, help: string, microseconds: (usage: NodeJS.CpuUsage) => number) {
  const counter: Counter = new Counter({
    name,
    help,
    registers: [registry],
    collect: () => {
      counter.reset();
      counter.inc(microseconds(process.cpuUsage()) / MICROSECONDS);
    },
  });
}

function addProcessorTotal(registry: Registry): void {
  const help = "Total user and system CPU time spent in seconds.";
  addTime(registry, "process_cpu_seconds_total", help, ({ user, system }) => user + system);
}

function addProcessorTime(registry: Registry): void {
  addTime(registry, "process_cpu_user_seconds_total", "Total user CPU time spent in seconds.", ({ user }) => user);
  addTime(registry, "process_cpu_system_seconds_total", "Total system CPU time spent in seconds.", (one) => one.system);
  addProcessorTotal(registry);
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

/** Resident and heap size, from one call. */
function addMemory(registry: Registry): void {
  const registers = [registry];
  const resident: Gauge = new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory size in bytes.",
    registers,
    collect: () => {
      const usage = process.memoryUsage();
      resident.set(usage.rss);
      used.set(usage.heapUsed);
    },
  });
  const used: Gauge = new Gauge({
    name: "nodejs_heap_size_used_bytes",
    help: "Process heap size used from Node.js in bytes.",
    registers,
  });
}

/** Number of open descriptors, from the size of /proc/self/fd (proc_pid_fd(5)). Before Linux 6.2, the size is 0. */
function addDescriptors(registry: Registry): void {
  if (process.platform !== "linux") return;
  const open: Gauge = new Gauge({
    name: "process_open_fds",
    help: "Number of open file descriptors.",
    registers: [registry],
    collect: () => open.set(statSync("/proc/self/fd").size || readdirSync("/proc/self/fd").length - 1),
  });
}
