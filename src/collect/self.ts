import { countChildren } from "../command/children.ts";
import { VERDICTS } from "../command/outcome.ts";
import { type Family, family, type MetricHead } from "../metric.ts";
import type { TaskRunner } from "./task.ts";

const SUCCESS: MetricHead = {
  name: "memory_exporter_command_success",
  help: "Whether the last run of the command ended well and was understood.",
  type: "gauge",
};
const DURATION: MetricHead = {
  name: "memory_exporter_command_duration_seconds",
  help: "How long the last run of the command took.",
  type: "gauge",
  unit: "seconds",
};
const TIMEOUT: MetricHead = {
  name: "memory_exporter_command_timeout_seconds",
  help: "How long the last run of the command was allowed to take.",
  type: "gauge",
  unit: "seconds",
};
const AGE: MetricHead = {
  name: "memory_exporter_command_age_seconds",
  help: "Time since the last run of the command ended.",
  type: "gauge",
  unit: "seconds",
};
const RUNS: MetricHead = {
  name: "memory_exporter_command_runs_total",
  help: "Runs of the command by how they ended.",
  type: "counter",
};
const LAST_SUCCESS: MetricHead = {
  name: "memory_exporter_command_last_success_timestamp_seconds",
  help: "When the command last ended well and was understood, in seconds since the epoch.",
  type: "gauge",
  unit: "seconds",
};
const STRAGGLERS: MetricHead = {
  name: "memory_exporter_command_stragglers_killed_total",
  help: "Processes that outlived their command and were killed.",
  type: "counter",
};
const PID1: MetricHead = {
  name: "memory_exporter_running_as_pid1",
  help: "Whether orphaned processes come to the exporter, since it runs as PID 1.",
  type: "gauge",
};
const CHILDREN: MetricHead = {
  name: "memory_exporter_child_processes",
  help: "Children of the exporter now.",
  type: "gauge",
};
const ZOMBIES: MetricHead = {
  name: "memory_exporter_zombie_processes",
  help: "Children of the exporter that have ended and were not reaped.",
  type: "gauge",
};

/** The metrics of the commands' last runs and of all runs so far. */
export function commandFamilies(runners: readonly TaskRunner[]): readonly Family[] {
  const now = performance.now();
  const rows = runners.map((runner) => ({ labels: { command: runner.task.name }, ...runner.record() }));
  return [
    family(
      SUCCESS,
      rows.map(({ labels, last }) => [labels, Number(last?.verdict === "ok")]),
    ),
    family(
      DURATION,
      rows.map(({ labels, last }) => [labels, last?.seconds]),
    ),
    family(
      TIMEOUT,
      rows.map(({ labels, last }) => [labels, last && last.timeoutMs / 1000]),
    ),
    family(
      AGE,
      rows.map(({ labels, last }) => [labels, last && (now - last.endedMs) / 1000]),
    ),
    family(
      RUNS,
      rows.flatMap(({ labels, verdicts }) =>
        VERDICTS.map((outcome) => [{ ...labels, outcome }, verdicts.get(outcome) ?? 0] as const),
      ),
    ),
    family(
      LAST_SUCCESS,
      rows.map(({ labels, lastSuccessSeconds }) => [labels, lastSuccessSeconds]),
    ),
    family(
      STRAGGLERS,
      rows.map(({ labels, stragglers }) => [labels, stragglers]),
    ),
  ];
}

/** The exporter's own place among processes. */
export async function processFamilies(isPid1: boolean): Promise<readonly Family[]> {
  const children = await countChildren(isPid1);
  return [
    family(PID1, [[{}, Number(isPid1)]]),
    family(CHILDREN, [[{}, children?.all]]),
    family(ZOMBIES, [[{}, children?.zombies]]),
  ];
}
