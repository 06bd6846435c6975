import { findProgram } from "../command/environment.ts";
import type { Outcome } from "../command/outcome.ts";
import type { Run, Runner } from "../command/run.ts";
import type { Attempt, Files, Source } from "../source.ts";
import { within } from "../within.ts";
import { readFiles } from "./files.ts";

/** Runs the attempts of one source, one at a time, and tracks what is left of them. */
export type AttemptRunner = {
  /** Runs the command, or reads the files. Never rejects. */
  readonly run: (attempt: Attempt, deadlineMs: number) => Promise<Outcome>;
  /** Whether there is a command or read that could not be ended. Nothing else may be started then. */
  readonly stuck: () => boolean;
  /** Resolves when all processes and reads have ended; undefined if they have. */
  readonly released: () => Promise<unknown> | undefined;
  /** Ends the current attempt. Its outcome is `aborted`. */
  readonly abort: () => void;
  readonly totals: () => Totals;
};

/** Totals over all commands of a source. */
export type Totals = {
  /** Processes that outlived their command and were killed. */
  readonly stragglers: number;
  /** CPU time of its processes. Undefined if it isn't known. */
  readonly cpuSeconds: number | undefined;
  /** Maximum resident memory of a process of the last run. Undefined if it isn't known. */
  readonly maxResidentBytes: number | undefined;
};

/** How long an answer waits until processes that the run left behind are killed, so that the same page counts them. */
const CLEAR_MS = 100;

/** A runner for the attempts of a source. Commands are started through `runner`. */
export function createAttemptRunner(source: Source, runner: Runner): AttemptRunner {
  const programs = new Map<string, string>();
  /** Runs that may have left processes. */
  const live = new Set<Run>();
  let reading: Promise<unknown> | undefined;
  let abortRead = () => {};
  let stuck = false;
  let totals: Totals = { stragglers: 0, cpuSeconds: undefined, maxResidentBytes: undefined };

  async function runCommand([name = "", ...rest]: readonly string[], deadlineMs: number): Promise<Outcome> {
    const program = programs.get(name) ?? findProgram(name, source.environment.PATH);
    if (program === undefined) {
      return { kind: "spawn", seconds: 0, reason: `${name}: not found in ${source.environment.PATH}` };
    }
    programs.set(name, program);
    const run = runner.start({ ...source, argv: [program, ...rest] }, deadlineMs);
    live.add(run);
    const cleared = run.released.then((count) => {
      const usage = run.usage();
      totals = {
        stragglers: totals.stragglers + count,
        cpuSeconds: usage ? (totals.cpuSeconds ?? 0) + usage.cpuSeconds : totals.cpuSeconds,
        maxResidentBytes: usage?.maxResidentBytes || undefined,
      };
      live.delete(run);
      stuck = false;
    });
    const outcome = await run.outcome;
    if (outcome.kind === "spawn") programs.delete(name);
    if (outcome.kind === "unkillable") stuck = true;
    else await within(cleared, CLEAR_MS);
    return outcome;
  }

  async function readAll(attempt: Files, deadlineMs: number): Promise<Outcome> {
    const aborted = new Promise<"aborted">((resolve) => {
      abortRead = () => resolve("aborted");
    });
    const began = performance.now();
    const read = readFiles(attempt, source.maxOutputBytes);
    reading = read;
    const ended = await within(Promise.race([read, aborted]), deadlineMs);
    const seconds = (performance.now() - began) / 1000;
    if (typeof ended === "object") {
      reading = undefined;
      return { ...ended, seconds };
    }
    // A read can't be aborted. No other one is started until it ends.
    stuck = true;
    void read.then(() => {
      reading = undefined;
      stuck = false;
    });
    return ended === "aborted"
      ? { kind: "aborted", seconds }
      : { kind: "timeout", seconds, timeoutMs: deadlineMs, stderrTail: "" };
  }

  return {
    run: (attempt, deadlineMs) =>
      "files" in attempt ? readAll(attempt, deadlineMs) : runCommand(attempt.argv, deadlineMs),
    stuck: () => stuck,
    released: () =>
      live.size > 0 || reading ? Promise.all([...[...live].map((run) => run.released), reading]) : undefined,
    abort() {
      for (const run of live) run.abort();
      abortRead();
    },
    totals: () => totals,
  };
}
