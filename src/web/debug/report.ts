import type { OutcomeName } from "../../command/outcome.ts";
import type { Gatherer } from "../../gather/gatherer.ts";
import type { RunResult } from "../../gather/run_result.ts";
import { shownWords } from "../../gather/shown.ts";
import type { SourceRecord } from "../../gather/source_runner.ts";
import type { Source } from "../../source.ts";

/** A run of a command, without secrets. Names and units are those of the metrics. */
export type RunReport = {
  readonly argv: readonly string[];
  readonly outcome: OutcomeName;
  /** Why it failed, in one line, with the line of the output if it could not be parsed; empty after a success. */
  readonly detail: string;
  readonly exit_code: number | null;
  readonly duration_seconds: number;
  readonly age_seconds: number;
  /** Only with `--web.enable-debug-stderr`. */
  readonly stderr_tail?: string;
};

/** A command on /debug/commands. */
export type CommandReport = {
  readonly name: string;
  /** Command lines, or files, in the order in which they are tried. */
  readonly attempts: readonly (readonly string[])[];
  /** Names of its environment variables. */
  readonly environment: readonly string[];
  readonly timeout_seconds: number;
  readonly max_output_bytes: number;
  /** Number of runs by outcome. */
  readonly runs: Readonly<Partial<Record<OutcomeName, number>>>;
  readonly last_success_timestamp_seconds: number | null;
  readonly stragglers_killed: number;
  /** The last run, and the latest failures, newest first. */
  readonly last: RunReport | null;
  readonly failures: readonly RunReport[];
};

/** The current reports of all commands. */
export function commandReports(gatherer: Gatherer, withStderr: boolean): readonly CommandReport[] {
  const nowMs = performance.now();
  const runOf = (run: RunResult): RunReport => ({
    argv: run.shown,
    outcome: run.outcome,
    detail: run.detail,
    exit_code: run.exitCode ?? null,
    duration_seconds: run.seconds,
    age_seconds: (nowMs - run.endedMs) / 1000,
    ...(withStderr && { stderr_tail: run.stderrTail }),
  });
  return gatherer.records().map(({ source, record }) => reportOf(source, record, runOf));
}

function reportOf(source: Source, record: SourceRecord, runOf: (run: RunResult) => RunReport): CommandReport {
  return {
    name: source.name,
    attempts: source.attempts.map((attempt) => shownWords(attempt, source)),
    environment: Object.keys(source.environment),
    timeout_seconds: source.timeoutMs / 1000,
    max_output_bytes: source.maxOutputBytes,
    runs: Object.fromEntries(record.outcomes),
    last_success_timestamp_seconds: record.lastSuccessSeconds ?? null,
    stragglers_killed: record.stragglers,
    last: record.last ? runOf(record.last) : null,
    failures: record.failures.map(runOf),
  };
}
