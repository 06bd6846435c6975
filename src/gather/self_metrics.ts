import { countChildren } from "../command/children.ts";
import { OUTCOMES } from "../command/outcome.ts";
import { counter, type Family, family, gauge, type MetricHead } from "../metric.ts";
import type { BuildInfo } from "../version.ts";
import type { Result } from "./result.ts";
import type { SourceRecord } from "./source_runner.ts";

/** Metrics about the exporter itself, for the pages of all sinks. */

/** Values of `--web.exporter-metrics`: all metrics, those that people alert on or look at, or only build info. */
export const EXPORTER_METRICS = ["all", "lean", "none"] as const;
export type ExporterMetrics = (typeof EXPORTER_METRICS)[number];

/** A command of a page. */
type Row = { readonly result: Result; readonly record: SourceRecord | undefined };

/** Metrics with one value per command. */
const OF_COMMANDS: readonly (readonly [MetricHead, (row: Row) => number | undefined])[] = [
  [
    gauge("memory_exporter_command_success", "Whether the result of the command on this page is a success."),
    ({ result }) => Number(result.outcome === "ok"),
  ],
  [
    gauge("memory_exporter_command_duration_seconds", "Duration of the run of the command."),
    ({ result }) => result.seconds,
  ],
  [
    gauge("memory_exporter_command_timeout_seconds", "Timeout of the run of the command."),
    ({ result }) => result.timeoutSeconds,
  ],
  [
    gauge("memory_exporter_command_age_seconds", "Time since the run of the command ended."),
    ({ result }) => result.ageSeconds,
  ],
  [
    gauge(
      "memory_exporter_command_last_success_timestamp_seconds",
      "Time of the last successful run of the command in seconds since the epoch.",
    ),
    ({ record }) => record?.lastSuccessSeconds,
  ],
  [
    counter(
      "memory_exporter_command_stragglers_killed_total",
      "Total number of processes that outlived the command and were killed.",
    ),
    ({ record }) => record?.stragglers,
  ],
  [
    counter(
      "memory_exporter_command_cpu_seconds_total",
      "Total user and system CPU time of the processes of the command.",
    ),
    ({ record }) => record?.cpuSeconds,
  ],
  [
    gauge(
      "memory_exporter_command_max_resident_bytes",
      "Maximum resident memory of a process of the last run. Absent if it is below that of the exporter.",
    ),
    ({ record }) => record?.maxResidentBytes,
  ],
];

const RUNS = counter("memory_exporter_command_runs_total", "Total number of runs of the command by outcome.");
const SPAWN = gauge(
  "memory_exporter_spawn_info",
  "A metric with a constant '1' value labeled by the method that starts commands: posix_spawn, or fork where the C library cannot be called.",
);
const PID1 = gauge(
  "memory_exporter_running_as_pid1",
  "Whether the exporter runs as PID 1, so that orphaned processes become its children.",
);
const CHILDREN = gauge("memory_exporter_child_processes", "Current number of child processes of the exporter.");
const ZOMBIES = gauge(
  "memory_exporter_zombie_processes",
  "Current number of zombie processes among the children of the exporter.",
);
const BUILD = gauge(
  "memory_exporter_build_info",
  "A metric with a constant '1' value labeled by version, revision, branch, nodeversion from which memory_exporter was built, and the goos and goarch for the build.",
);

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
  /** Whether any child may be a zombie. */
  readonly hasZombies?: (() => boolean) | undefined;
  /** The method by which commands are started. */
  readonly spawnMethod: string;
  /** Metrics of sinks and of the runtime. */
  readonly instruments?: { readonly families: () => Promise<readonly Family[]> };
};

/** The exporter's own metrics at a level. Build info is included at every level. */
export function createSelfMetrics({ level, info, isPid1, hasZombies, spawnMethod, instruments }: Options): SelfMetrics {
  const build = buildFamily(info);
  const spawn = family(SPAWN, [[{ method: spawnMethod }, 1]]);
  return {
    async own() {
      if (level === "none") return [build];
      return [build, spawn, ...((await instruments?.families()) ?? [])];
    },
    processes: async () => (level === "none" ? [] : processFamilies(isPid1, hasZombies)),
    commands: (results, records) => (level === "none" ? [] : commandFamilies(results, records)),
  };
}

function commandFamilies(results: readonly Result[], records: readonly SourceRecord[]): readonly Family[] {
  const rows = results.map((result, i) => ({ result, record: records[i], labels: { command: result.source } }));
  const runs = rows.flatMap(({ labels, record }) =>
    OUTCOMES.map((outcome) => [{ ...labels, outcome }, record?.outcomes.get(outcome) ?? 0] as const),
  );
  const ofCommands = OF_COMMANDS.map(([head, find]) =>
    family(
      head,
      rows.map((row) => [row.labels, find(row)]),
    ),
  );
  return [...ofCommands, family(RUNS, runs)];
}

async function processFamilies(isPid1: boolean, hasZombies?: () => boolean): Promise<readonly Family[]> {
  const children = await countChildren(isPid1, hasZombies);
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
