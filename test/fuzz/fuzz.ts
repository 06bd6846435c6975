import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, Worker } from "node:worker_threads";
import { createFuzz, type Failure, type Tally } from "./engine.ts";
import type { Done, Share } from "./worker.ts";

/**
 * Gives mutated outputs to every preset until one does wrong, or the time is over.
 *
 *     node test/fuzz/fuzz.ts [--seed=N] [--count=N] [--seconds=N]
 *     node test/fuzz/fuzz.ts --seed=N --only=ITERATION
 */

export type Plan = {
  readonly seed: number;
  readonly count: number;
  readonly limitMs: number;
  readonly workers: number;
};

/** So long without the next output: the last one, a short text, hangs. */
const HANG_MS = 180_000;

/** Runs so many mutated outputs, or as many as the time allows. */
export async function runFuzz(plan: Plan): Promise<Done> {
  const shares = Array.from({ length: plan.workers }, (_, first): Share => {
    const current = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    return { seed: plan.seed, first, step: plan.workers, count: plan.count, limitMs: plan.limitMs, current };
  });
  const done = await Promise.all(shares.map(runWorker));
  const tallies = new Map<string, Tally>();
  for (const [name, tally] of done.flatMap((one) => [...one.tallies])) {
    const sum = tallies.get(name) ?? { runs: 0, read: 0, refused: 0, slowestMs: 0 };
    tallies.set(name, {
      runs: sum.runs + tally.runs,
      read: sum.read + tally.read,
      refused: sum.refused + tally.refused,
      slowestMs: Math.max(sum.slowestMs, tally.slowestMs),
    });
  }
  return { tallies, failures: done.flatMap((one) => one.failures) };
}

function runWorker(share: Share): Promise<Done> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: share });
  return new Promise<Done>((resolve, reject) => {
    let seen = -1;
    let since = performance.now();
    const watch = setInterval(() => {
      const now = Atomics.load(share.current, 0);
      if (now !== seen) since = performance.now();
      seen = now;
      if (performance.now() - since < HANG_MS) return;
      clearInterval(watch);
      const said = `--seed=${share.seed} --only=${now} takes more than ${HANG_MS} ms`;
      void worker.terminate().then(() => reject(new Error(said)));
    }, 500);
    worker.once("message", (done: Done) => {
      clearInterval(watch);
      resolve(done);
    });
    worker.once("error", (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}

/** A failure for people, with the words that show it again. */
export function describe(seed: number, failure: Failure): string {
  const { iteration, preset, words, text, faults } = failure;
  return [
    `${preset}: ${faults.slice(0, 3).join("\n    ")}`,
    `    again by: node test/fuzz/fuzz.ts --seed=${seed} --only=${iteration}`,
    `    words: ${JSON.stringify(words)}`,
    `    text: ${JSON.stringify(text.slice(0, 4000))}`,
  ].join("\n");
}

/** A line for each preset, and one for all. */
export function summary({ tallies }: Done, seconds: number): string {
  const row = (name: string, { runs, read, refused, slowestMs }: Tally) =>
    `${name.padEnd(10)} ${String(runs).padStart(9)} runs, ${String(read).padStart(8)} read, ${String(refused).padStart(8)} refused, slowest ${slowestMs.toFixed(1)} ms`;
  const runs = [...tallies.values()].reduce((sum, tally) => sum + tally.runs, 0);
  const total = `${runs} runs in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)} per second`;
  return [...[...tallies].map(([name, tally]) => row(name, tally)), total].join("\n");
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: String(randomInt(2 ** 31)) },
      count: { type: "string", default: "1000000000" },
      seconds: { type: "string", default: "600" },
      only: { type: "string" },
    },
  });
  const seed = Number(values.seed);
  console.log(`seed ${seed}`);
  if (values.only !== undefined) {
    const failure = createFuzz(seed).fuzz(Number(values.only));
    console.log(failure ? describe(seed, failure) : "nothing is wrong with it");
    return failure ? 1 : 0;
  }
  const began = performance.now();
  const plan = { seed, count: Number(values.count), limitMs: Number(values.seconds) * 1000 };
  const done = await runFuzz({ ...plan, workers: availableParallelism() });
  console.log(summary(done, (performance.now() - began) / 1000));
  for (const failure of done.failures) console.log(describe(seed, failure));
  return done.failures.length > 0 ? 1 : 0;
}

if (isMainThread && import.meta.main) process.exitCode = await main();
