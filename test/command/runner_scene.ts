import * as assert from "uvu/assert";
import type { Argv } from "../../src/command/containment.ts";
import type { Outcome } from "../../src/command/outcome.ts";
import type { Command, Run, Runner } from "../../src/command/run.ts";
import { until } from "../stand_in.ts";
import { killMarked, marked } from "../torture/watch.ts";
import { ENVIRONMENT } from "./shells.ts";

/** No test waits so long: what ends before has ended by itself. */
export const FAR_MS = 3_600_000;

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const shell = (line: string): Argv => ["/bin/sh", "-c", line];

/** A runner, its commands, and what of them lives: found by a mark of this test, besides the run's own. */
export type Scene = {
  readonly start: (line: string | Argv, deadlineMs?: number, more?: Partial<Command>) => Run;
  readonly killAll: () => void;
  readonly living: () => number;
};

/** Fails if anything is left of the runs after the use. */
export async function useRunner({ start, killAll }: Runner, use: (scene: Scene) => Promise<void>): Promise<void> {
  const mark = `run-test-${crypto.randomUUID()}`;
  const environment = { ...ENVIRONMENT, LOGNAME: mark };
  const runs: Run[] = [];
  const living = () => marked(mark, []).filter(({ state }) => state !== "Z").length;
  try {
    await use({
      start: (line, deadlineMs = FAR_MS, more = {}) => {
        const argv = typeof line === "string" ? shell(line) : line;
        const run = start({ argv, environment, maxOutputBytes: 100_000, ...more }, deadlineMs);
        runs.push(run);
        return run;
      },
      killAll,
      living,
    });
    await Promise.all(runs.map((run) => run.released));
    await until("nothing to be left", () => marked(mark, []).length === 0);
  } finally {
    killMarked(mark);
  }
}

/** The outcome without its time, which is never less than the deadline of what ends by it. */
export function timeless(outcome: Outcome, leastSeconds = 0): Omit<Outcome, "seconds"> {
  const { seconds, ...rest } = outcome;
  assert.ok(seconds >= leastSeconds, `${outcome.kind} after ${seconds} s`);
  return rest;
}

/** Text of an outcome that must be good. */
export function textOf(outcome: Outcome): string {
  if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  return decode(outcome.stdout);
}

/** Short where the machine has nothing else to do, and then long enough. */
const DEADLINES_MS = [500, 5000, 120_000];

/** Tries with one deadline after another, as long as the command had not got as far as the test wants by then. */
export async function inTime(attempt: (deadlineMs: number) => Promise<boolean>): Promise<void> {
  for (const deadlineMs of DEADLINES_MS) if (await attempt(deadlineMs)) return;
  throw new Error(`It got nowhere in ${DEADLINES_MS.at(-1)} ms`);
}
