import type { Collector } from "../../collect/collect.ts";
import type { Ended } from "../../collect/judge.ts";
import { createRedactor } from "../../collect/redact.ts";
import type { Task, TaskRecord } from "../../collect/task.ts";

type Verdict = Ended["verdict"];

/** A run of a command, as it is told to people: without secrets. Names and units are those of the metrics. */
export type RunReport = {
  readonly argv: readonly string[];
  readonly outcome: Verdict;
  /** Why it failed, in one line, with the line of the output where that is to blame; empty if it didn't. */
  readonly detail: string;
  readonly exit_code: number | null;
  readonly duration_seconds: number;
  readonly timeout_seconds: number;
  readonly age_seconds: number;
  readonly stderr_tail: string;
};

/** What /debug/commands tells about a command. */
export type CommandReport = {
  readonly name: string;
  /** Command lines in the order in which they are tried. */
  readonly alternatives: readonly (readonly string[])[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout_seconds: number;
  readonly max_output_bytes: number;
  /** How many runs ended in each way. */
  readonly runs: Readonly<Partial<Record<Verdict, number>>>;
  readonly last_success_timestamp_seconds: number | null;
  readonly stragglers_killed: number;
  /** The last run, and the latest that failed, the last one first. */
  readonly last: RunReport | null;
  readonly failures: readonly RunReport[];
};

/** What is known of all commands, now. */
export function commandReports(collector: Collector): readonly CommandReport[] {
  const nowMs = performance.now();
  return collector.records().map(({ task, record }) => reportOf(task, record, nowMs));
}

function reportOf(task: Task, record: TaskRecord, nowMs: number): CommandReport {
  const redactor = createRedactor(
    task.alternatives.map(({ argv }) => argv),
    task.environment,
  );
  return {
    name: task.name,
    alternatives: task.alternatives.map(({ argv }) => redactor.argv(argv)),
    environment: redactor.environment(task.environment),
    timeout_seconds: task.timeoutMs / 1000,
    max_output_bytes: task.maxOutputBytes,
    runs: Object.fromEntries(record.verdicts),
    last_success_timestamp_seconds: record.lastSuccessSeconds ?? null,
    stragglers_killed: record.stragglers,
    last: record.last ? runOf(record.last, nowMs) : null,
    failures: record.failures.map((ended) => runOf(ended, nowMs)),
  };
}

function runOf(ended: Ended, nowMs: number): RunReport {
  return {
    argv: ended.argv,
    outcome: ended.verdict,
    detail: ended.detail,
    exit_code: ended.exitCode ?? null,
    duration_seconds: ended.seconds,
    timeout_seconds: ended.timeoutMs / 1000,
    age_seconds: (nowMs - ended.endedMs) / 1000,
    stderr_tail: ended.stderrTail,
  };
}
