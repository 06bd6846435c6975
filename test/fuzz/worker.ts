import { parentPort, workerData } from "node:worker_threads";
import { createFuzz, type Failure, type Tally } from "./engine.ts";

/** What one of several workers is to do. */
export type Share = {
  readonly seed: number;
  /** Its first iteration, and how far it is to the next one of its own. */
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly limitMs: number;
  /** Its iteration, for whoever watches it: a worker that hangs can't tell. */
  readonly current: Int32Array;
};

/** What it has done. */
export type Done = { readonly tallies: ReadonlyMap<string, Tally>; readonly failures: readonly Failure[] };

const MOST_FAILURES = 5;
/** How many iterations go by between looks at the clock. */
const BATCH = 64;

function work({ seed, first, step, count, limitMs, current }: Share): Done {
  const end = performance.now() + limitMs;
  const { fuzz, tallies } = createFuzz(seed);
  const failures: Failure[] = [];
  for (let iteration = first, n = 0; iteration < count && failures.length < MOST_FAILURES; iteration += step, n += 1) {
    if (n % BATCH === 0 && performance.now() > end) break;
    Atomics.store(current, 0, iteration);
    const failure = fuzz(iteration);
    if (failure) failures.push(failure);
  }
  return { tallies, failures };
}

// Most runs end in an error whose stack nobody reads.
Error.stackTraceLimit = 0;
parentPort?.postMessage(work(workerData as Share));
