import type { OutcomeName } from "../command/outcome.ts";
import type { Family } from "../metric.ts";
import type { Source } from "../source.ts";
import type { RunResult } from "./run_result.ts";
import type { SourceRunner } from "./source_runner.ts";

/** The result of one source in one gathering. Success, duration, age and families on a page come from it. */
export type Result = {
  readonly source: string;
  /** The outcome of the run; `late` if the run continues, `stale` if the last result is too old. */
  readonly outcome: OutcomeName | "late" | "stale";
  /** The reason of a failure in one line, else empty. */
  readonly detail: string;
  /** Duration of the run, or of its part so far. */
  readonly seconds: number;
  /** The timeout of the run. */
  readonly timeoutSeconds: number;
  /** Time since the end of the run. Undefined if it continues. */
  readonly ageSeconds: number | undefined;
  /** Whether other sources that give the same series take precedence. */
  readonly yields: boolean;
  /** Empty unless the outcome is `ok`. */
  readonly families: readonly Family[];
};

/** The result of a run that has ended. */
export function resultNow({ name, timeoutMs, schedule, yields = false }: Source, run: RunResult): Result {
  const ageMs = performance.now() - run.endedMs;
  const { outcome, detail, seconds, families } = run;
  const common = { source: name, seconds, timeoutSeconds: timeoutMs / 1000, ageSeconds: ageMs / 1000, yields };
  if (outcome !== "ok" || schedule === undefined || ageMs <= schedule.maxAgeMs) {
    return { ...common, outcome, detail, families };
  }
  const limit = schedule.maxAgeMs / 1000;
  return { ...common, outcome: "stale", detail: `the last result is older than ${limit} s`, families: [] };
}

/** The result of a run that continues after the time limit of the request. */
export function lateResult({ source, runningSinceMs }: SourceRunner): Result {
  const now = performance.now();
  return {
    source: source.name,
    outcome: "late",
    detail: "the run did not end within the time of this gathering",
    seconds: (now - (runningSinceMs() ?? now)) / 1000,
    timeoutSeconds: source.timeoutMs / 1000,
    ageSeconds: undefined,
    yields: source.yields ?? false,
    families: [],
  };
}
