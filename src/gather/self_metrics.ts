import { countChildren } from "../command/children.ts";
import { OUTCOMES } from "../command/outcome.ts";
import { type Family, family, type MetricHead } from "../metric.ts";
import type { BuildInfo } from "../version.ts";
import type { Result } from "./result.ts";
import type { SourceRecord } from "./source_runner.ts";

/** Metrics about the exporter itself, for the pages of all sinks. */

/** Values of `--web.exporter-metrics`: all metrics, those that people alert on or look at, or only build info. */
export const EXPORTER_METRICS = ["all", "lean", "none"] as const;
export type ExporterMetrics = (typeof EXPORTER_METRICS)[number];

const SUCCESS: MetricHead = {
  name: "memory_exporter_command_success",
  help: "Whether the result of the command on this page is a success.",
  type: "gauge",
};
const DURATION: MetricHead = {
  name: "memory_exporter_command_duration_seconds",
  help: "Duration of the run of the command.",
  type: "gauge",
  unit: "seconds",
};
const TIMEOUT: MetricHead = {
  name: "memory_exporter_command_timeout_seconds",
  help: "Timeout of the run of the command.",
  type: "gauge",
  unit: "seconds",
};
const AGE: MetricHead = {
  name: "memory_exporter_command_age_seconds",
  help: "Time since the run of the command ended.",
  type: "gauge",
  unit: "seconds",
};
const RUNS: MetricHead = {
  name: "memory_exporter_command_runs_total",
  help: "Total number of runs of the command by outcome.",
  type: "counter",
};
const LAST_SUCCESS: MetricHead = {
  name: "memory_exporter_command_last_success_timestamp_seconds",
  help: "Time of the last successful run of the command in seconds since the epoch.",
  type: "gauge",
  unit: "seconds",
};
const STRAGGLERS: MetricHead = {
  name: "memory_exporter_command_stragglers_killed_total",
  help: "Total number of processes that outlived the command and were killed.",
  type: "counter",
};
const CPU: MetricHead = {
  name: "memory_exporter_command_cpu_seconds_total",
  help: "Total user and system CPU time of the processes of the command.",
  type: "counter",
  unit: "seconds",
};
const MAX_RESIDENT: MetricHead = {
  name: "memory_exporter_command_max_resident_bytes",
  help: "Maximum resident memory of a process of the last run. Absent if it is below that of the exporter.",
  type: "gauge",
  unit: "bytes",
};
const SPAWN: MetricHead = {
  name: "memory_exporter_spawn_info",
  help: "A metric with a constant '1' value labeled by the method that starts commands: posix_spawn, or fork where the C library cannot be called.",
  type: "gauge",
};
const PID1: MetricHead = {
  name: "memory_exporter_running_as_pid1",
  help: "Whether the exporter runs as PID 1, so that orphaned processes become its children.",
  type: "gauge",
};
const CHILDREN: MetricHead = {
  name: "memory_exporter_child_processes",
  help: "Current number of child processes of the exporter.",
  type: "gauge",
};
const ZOMBIES: MetricHead = {
  name: "memory_exporter_zombie_processes",
  help: "Current number of zombie processes among the children of the exporter.",
  type: "gauge",
};

const BUILD: MetricHead = {
  name: "memory_exporter_build_info",
  help: "A metric with a constant '1' value labeled by version, revision, branch, nodeversion from which memory_exporter was built, and the goos and goarch for the build.",
  type: "gauge",
};

/** Metrics that a gatherer adds to each page. */
export type SelfMetrics = {
  /** Metrics that don't depend on the commands of the page. */
  readonly own: () => Promise<readonly Family[]>;
  /** Metrics about the exporter's child processes. Called after the runs, so that the page shows what they left. */
  readonly processes: () => Promise<readonly Family[]>;
  /** Metrics about the commands of the page. `records` are in the order of `results`. */
  readonly commands: (results: readonly Result[], records: readonly SourceRecord[]) => readonly Family[];
};

type Options = {
  readonly level: ExporterMetrics;
  readonly info: BuildInfo;
  readonly isPid1: boolean;
  /** The method by which commands are started. */
  readonly spawnMethod: string;
  /** Metrics of sinks and of the runtime. */
  readonly instruments?: { readonly families: () => Promise<readonly Family[]> };
};

/** The exporter's own metrics at a level. Build info is included at every level. */
export function createSelfMetrics({ level, info, isPid1, spawnMethod, instruments }: Options): SelfMetrics {
  const build = buildFamily(info);
  const spawn = family(SPAWN, [[{ method: spawnMethod }, 1]]);
  return {
    async own() {
      if (level === "none") return [build];
      return [build, spawn, ...((await instruments?.families()) ?? [])];
    },
    processes: async () => (level === "none" ? [] : processFamilies(isPid1)),
    commands: (results, records) => (level === "none" ? [] : commandFamilies(results, records)),
  };
}

function commandFamilies(results: readonly Result[], records: readonly SourceRecord[]): readonly Family[] {
  const rows = results.map((result, i) => ({ ...result, labels: { command: result.source }, record: records[i] }));
  return [
    family(
      SUCCESS,
      rows.map(({ labels, outcome }) => [labels, Number(outcome === "ok")]),
    ),
    family(
      DURATION,
      rows.map(({ labels, seconds }) => [labels, seconds]),
    ),
    family(
      TIMEOUT,
      rows.map(({ labels, timeoutSeconds }) => [labels, timeoutSeconds]),
    ),
    family(
      AGE,
      rows.map(({ labels, ageSeconds }) => [labels, ageSeconds]),
    ),
    family(
      RUNS,
      rows.flatMap(({ labels, record }) =>
        OUTCOMES.map((outcome) => [{ ...labels, outcome }, record?.outcomes.get(outcome) ?? 0] as const),
      ),
    ),
    family(
      LAST_SUCCESS,
      rows.map(({ labels, record }) => [labels, record?.lastSuccessSeconds]),
    ),
    family(
      STRAGGLERS,
      rows.map(({ labels, record }) => [labels, record?.stragglers]),
    ),
    family(
      CPU,
      rows.map(({ labels, record }) => [labels, record?.cpuSeconds]),
    ),
    family(
      MAX_RESIDENT,
      rows.map(({ labels, record }) => [labels, record?.maxResidentBytes]),
    ),
  ];
}

async function processFamilies(isPid1: boolean): Promise<readonly Family[]> {
  const children = await countChildren(isPid1);
  return [
    family(PID1, [[{}, Number(isPid1)]]),
    family(CHILDREN, [[{}, children?.all]]),
    family(ZOMBIES, [[{}, children?.zombies]]),
  ];
}

function buildFamily(info: BuildInfo): Family {
  const { version, revision, branch, tags, goos, goarch, nodeVersion: nodeversion } = info;
  return family(BUILD, [[{ version, revision, branch, tags, goos, goarch, nodeversion }, 1]]);
}
