import type { Gatherer } from "../../gather/gatherer.ts";
import type { RunResult } from "../../gather/run_result.ts";
import { shownWords } from "../../gather/shown.ts";

/** The current reports of all commands, without secrets. Names and units are those of the metrics. */
export function commandReports(gatherer: Gatherer, withStderr: boolean) {
  const nowMs = performance.now();
  const runOf = (run: RunResult) => ({
    argv: run.shown,
    outcome: run.outcome,
    /** Why it failed, in one line, with the line of the output if it could not be parsed; empty after a success. */
    detail: run.detail,
    exit_code: run.exitCode ?? null,
    duration_seconds: run.seconds,
    age_seconds: (nowMs - run.endedMs) / 1000,
    ...(withStderr && { stderr_tail: run.stderrTail }),
  });
  return gatherer.records().map(({ source, record }) => ({
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
  }));
}

/** A command on /debug/commands. */
export type CommandReport = ReturnType<typeof commandReports>[number];

/** One of its runs. */
export type RunReport = CommandReport["failures"][number];
