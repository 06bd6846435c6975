import { AVAILABLE, UTILISATION } from "./expression.ts";

/** A panel of the dashboard. Expressions are written without a scope; `$__rate_interval` is Grafana's. */
export type Panel = {
  readonly title: string;
  readonly kind: "timeseries" | "stat" | "gauge" | "bargauge";
  readonly unit: "bytes" | "percentunit" | "s" | "short" | "ops" | "reqps";
  /** Width in columns, of 24. */
  readonly width: number;
  readonly description?: string;
  readonly isStacked?: true;
  /** Values from which it is yellow and red. */
  readonly steps?: readonly [warning: number, critical: number];
  /** Expressions by the legend of their series. */
  readonly queries: Readonly<Record<string, string>>;
};

/** A row of panels, for all machines of the selected jobs or for the selected machines. */
export type Row = { readonly title: string; readonly about: "jobs" | "instances"; readonly panels: readonly Panel[] };

const INSTANCE = "{{instance}}";
const COMMAND = "{{instance}} {{command}}";

const stat = (title: string, unit: Panel["unit"], expression: string, more: Partial<Panel> = {}): Panel => ({
  ...{ title, kind: "stat", unit, width: 4, queries: { [title]: expression } },
  ...more,
});

const graph = (title: string, unit: Panel["unit"], queries: Panel["queries"], more: Partial<Panel> = {}): Panel => ({
  ...{ title, kind: "timeseries", unit, width: 8, queries },
  ...more,
});

const PRESET = (...names: readonly string[]) => ({
  description: `Needs ${names.map((name) => `--command.preset=${name}`).join(" or ")}.`,
});

const PRESSURE = {
  waiting: "rate(memory_pressure_waiting_seconds_total[$__rate_interval])",
  stalled: "rate(memory_pressure_stalled_seconds_total[$__rate_interval])",
};

const FLEET: Row = {
  title: "Fleet",
  about: "jobs",
  panels: [
    stat("Exporters up", "short", "count(up == 1) or vector(0)"),
    stat("Exporters down", "short", "count(up == 0) or vector(0)", { steps: [1, 1] }),
    stat("Failing commands", "short", "count(memory_exporter_command_success == 0) or vector(0)", { steps: [1, 5] }),
    stat("Memory of all machines", "bytes", "sum(memory_total_bytes)"),
    stat("Available memory of all machines", "bytes", `sum(${AVAILABLE})`),
    stat("Machines above 90 %", "short", `count(${UTILISATION} > 0.9) or vector(0)`, { steps: [1, 5] }),
    {
      ...{ title: "Machines with the least available memory", kind: "bargauge", unit: "percentunit", width: 8 },
      ...{ steps: [0.9, 0.95], queries: { [INSTANCE]: `topk(10, ${UTILISATION})` } },
      description: "Ratio of memory that is not available.",
    },
    graph("Memory in use by machine", "percentunit", { [INSTANCE]: UTILISATION }),
    graph(
      "Time spent waiting for memory by machine",
      "percentunit",
      { [INSTANCE]: PRESSURE.waiting },
      PRESET("pressure"),
    ),
  ],
};

const MACHINE: Row = {
  title: "Machine",
  about: "instances",
  panels: [
    {
      ...{ title: "Memory in use", kind: "gauge", unit: "percentunit", width: 4 },
      ...{ steps: [0.9, 0.95], queries: { [INSTANCE]: UTILISATION } },
    },
    stat("Available memory", "bytes", AVAILABLE),
    stat("Total memory", "bytes", "memory_total_bytes"),
    stat("Used swap", "bytes", "memory_swap_used_bytes"),
    stat("Total swap", "bytes", "memory_swap_total_bytes"),
    stat("OOM kills in a day", "short", "increase(memory_oom_kills_total[1d])", { ...PRESET("oom"), steps: [1, 5] }),
    graph(
      "Memory",
      "bytes",
      {
        "used {{instance}}": "memory_used_bytes",
        "buffers {{instance}}": "memory_buffers_bytes",
        "cache {{instance}}": "memory_cache_bytes",
        "free {{instance}}": "memory_free_bytes",
      },
      { width: 12, isStacked: true },
    ),
    graph(
      "Available memory and its trend",
      "bytes",
      {
        "available {{instance}}": "memory_available_bytes",
        "in 4 hours {{instance}}": "predict_linear(memory_available_bytes[1h], 14400) > 0",
        "total {{instance}}": "memory_total_bytes",
      },
      { width: 12, description: "Extrapolated from the last hour, until memory would run out." },
    ),
    graph("Swap", "bytes", {
      "used {{instance}}": "memory_swap_used_bytes",
      "total {{instance}}": "memory_swap_total_bytes",
    }),
    graph(
      "Pages swapped",
      "ops",
      {
        "in {{instance}}": "rate(memory_swapped_in_pages_total[$__rate_interval])",
        "out {{instance}}": "rate(memory_swapped_out_pages_total[$__rate_interval])",
      },
      PRESET("oom", "vmstat"),
    ),
    graph(
      "Page faults",
      "ops",
      {
        "all {{instance}}": "rate(memory_page_faults_total[$__rate_interval])",
        "from disk {{instance}}": "rate(memory_major_page_faults_total[$__rate_interval])",
      },
      PRESET("oom"),
    ),
    graph(
      "Time spent waiting for memory",
      "percentunit",
      { "some task {{instance}}": PRESSURE.waiting, "all tasks {{instance}}": PRESSURE.stalled },
      PRESET("pressure"),
    ),
    graph(
      "Allocations that had to wait",
      "ops",
      { "{{instance}} {{zone}}": "rate(memory_allocation_stalls_total[$__rate_interval])" },
      PRESET("oom"),
    ),
    graph("OOM kills", "short", { [INSTANCE]: "increase(memory_oom_kills_total[$__rate_interval])" }, PRESET("oom")),
  ],
};

const DETAILS: Row = {
  title: "Programs, nodes, devices, groups",
  about: "instances",
  panels: [
    graph(
      "Largest programs",
      "bytes",
      { "{{instance}} {{program}}": "topk(10, memory_processes_resident_bytes)" },
      { width: 12, ...PRESET("processes") },
    ),
    graph(
      "Memory of NUMA nodes",
      "bytes",
      {
        "used {{instance}} node {{node}}": "memory_numa_used_bytes",
        "free {{instance}} node {{node}}": "memory_numa_free_bytes",
      },
      { width: 12, ...PRESET("numa") },
    ),
    graph(
      "Compressed swap devices",
      "bytes",
      {
        "stored {{instance}} {{device}}": "memory_zram_data_bytes",
        "compressed {{instance}} {{device}}": "memory_zram_compressed_bytes",
        "size {{instance}} {{device}}": "memory_zram_disksize_bytes",
      },
      { width: 12, ...PRESET("zram") },
    ),
    graph(
      "Control groups",
      "bytes",
      {
        "used {{instance}} {{cgroup}}": "memory_cgroup_current_bytes",
        "limit {{instance}} {{cgroup}}": "memory_cgroup_limit_bytes",
      },
      { width: 12, ...PRESET("cgroup") },
    ),
  ],
};

const EXPORTER: Row = {
  title: "Exporter and its commands",
  about: "instances",
  panels: [
    graph("Success of commands", "short", { [COMMAND]: "memory_exporter_command_success" }),
    graph("Duration of runs, relative to the timeout", "percentunit", {
      [COMMAND]: "memory_exporter_command_duration_seconds / memory_exporter_command_timeout_seconds",
    }),
    graph("Runs by outcome", "ops", {
      "{{command}} {{outcome}}":
        "sum by (command, outcome) (rate(memory_exporter_command_runs_total[$__rate_interval]))",
    }),
    graph("Time since the last success", "s", {
      [COMMAND]: "time() - memory_exporter_command_last_success_timestamp_seconds",
    }),
    graph("Child, zombie and killed processes", "short", {
      "children {{instance}}": "memory_exporter_child_processes",
      "zombies {{instance}}": "memory_exporter_zombie_processes",
      "left by {{command}} {{instance}}": "increase(memory_exporter_command_stragglers_killed_total[$__rate_interval])",
    }),
    graph(
      "CPUs used",
      "percentunit",
      {
        "exporter {{instance}}": "rate(process_cpu_seconds_total[$__rate_interval])",
        "{{instance}} {{command}}": "rate(memory_exporter_command_cpu_seconds_total[$__rate_interval])",
      },
      { description: "For commands, only available if the exporter can call the C library." },
    ),
    graph("Memory of the exporter", "bytes", { [INSTANCE]: "process_resident_memory_bytes" }),
    graph("Scrapes by status", "reqps", {
      "{{instance}} {{code}}": "rate(promhttp_metric_handler_requests_total[$__rate_interval])",
    }),
    graph("Versions", "short", { "{{version}}": "count by (version) (memory_exporter_build_info)" }),
  ],
};

/** The whole dashboard, from top to bottom. */
export const ROWS: readonly Row[] = [FLEET, MACHINE, DETAILS, EXPORTER];
