import { type Family, family, gauge } from "../metric.ts";
import type { Source } from "../source.ts";
import { within } from "../within.ts";
import { inNamespace } from "./assembly.ts";
import { withoutConflicts } from "./conflicts.ts";
import { lateResult, type Result, resultNow } from "./result.ts";
import { type Context, createSourceRunner, type SourceRunner } from "./source_runner.ts";

/** Runs sources with the parameters of requests: one run at a time for each set of parameters, and a bounded number of sets. */
export type Probes = {
  /**
   * The result of the current run for this key, or of a new one; `late` if it takes longer than `maxWaitMs`.
   * Undefined if too many sets are running. Never rejects.
   */
  readonly run: (key: string, source: Source, maxWaitMs: number) => Promise<Result | undefined>;
  readonly stop: () => Promise<void>;
};

/** Limit of sets of parameters that are kept. */
const SETS = 100;

export function createProbes({ sets = SETS, ...context }: Context & { readonly sets?: number }): Probes {
  /** In the order of the last request. */
  const runners = new Map<string, SourceRunner>();

  function runnerFor(key: string, source: Source): SourceRunner | undefined {
    const known = runners.get(key);
    if (known === undefined && runners.size >= sets) {
      const idle = [...runners].find(([, one]) => one.runningSinceMs() === undefined);
      if (idle === undefined) return undefined;
      runners.delete(idle[0]);
    }
    const runner = known ?? createSourceRunner(source, context);
    runners.delete(key);
    runners.set(key, runner);
    return runner;
  }

  return {
    async run(key, source, maxWaitMs) {
      const runner = runnerFor(key, source);
      if (runner === undefined) return undefined;
      const run = await within(runner.run(), maxWaitMs);
      return run ? resultNow(runner.source, run) : lateResult(runner);
    },
    async stop() {
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
  };
}

const SUCCESS = gauge("probe_success", "Whether the command succeeded and its output could be parsed.");
const DURATION = gauge("probe_duration_seconds", "Duration of the run of the command, or of its part so far.");

/** The page of a single source. */
export function probePage(
  result: Result,
  namespace: string,
): { readonly up: boolean; readonly families: readonly Family[] } {
  const [legal = result] = withoutConflicts([result], namespace, new Set([SUCCESS.name, DURATION.name]));
  const up = legal.outcome === "ok";
  return {
    up,
    families: [
      family(SUCCESS, [[{}, Number(up)]]),
      family(DURATION, [[{}, legal.seconds]]),
      ...legal.families.map((one) => inNamespace(one, namespace)),
    ],
  };
}
