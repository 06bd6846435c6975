import type { OutcomeName } from "../command/outcome.ts";
import type { Family } from "../metric.ts";
import type { Source } from "../source.ts";
import type { RunResult } from "./run_result.ts";
import type { SourceRunner } from "./source_runner.ts";

/** How one source fared in one gathering: success, duration, age and families of a page come from here. */
export type Result = {
  readonly source: string;
  /** That of the run; `late` where the run goes on, `stale` where the last result is too old. */
  readonly outcome: OutcomeName | "late" | "stale";
  /** One line: why it failed; empty if it didn't. */
  readonly detail: string;
  /** How long the run took, or has taken so far. */
  readonly seconds: number;
  /** The timeout of the run. */
  readonly timeoutSeconds: number;
  /** Since the end of the run; undefined if it goes on. */
  readonly ageSeconds: number | undefined;
  /** Whether its source yields to others that tell the same series. */
  readonly yields: boolean;
  /** None unless the outcome is `ok`. */
  readonly families: readonly Family[];
};

/** The result of a run that has ended, now or some time ago. */
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

/** The result of a run that goes on, for somebody who can't wait longer. */
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
