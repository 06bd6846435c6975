import { within } from "../within.ts";
import { type Cause, type Child, STDERR_LIMIT_BYTES } from "./child.ts";
import { processExists } from "./group.ts";
import type { Outcome } from "./outcome.ts";
import { processRow } from "./process_table.ts";

/** The limits of a child. */
export type Bounds = {
  readonly deadlineMs: number;
  /** Time since the start of the run. */
  readonly elapsedMs: () => number;
  readonly maxOutputBytes: number;
  /** Exit statuses that count as success, only 0 by default. */
  readonly okExitCodes?: readonly number[];
};

/** Time for a killed command to exit. After it, the outcome is `unkillable`. */
const UNKILLABLE_MS = 400;
/** How many times as long one may take that only waits for a processor: on a busy machine it exits late, but it does. */
const BUSY_TIMES = 10;
/** How long pipes may stay open after the command's exit. The kernel doesn't reuse the number of its group in this time. */
const LINGER_MS = 250;

/** Watches a child until its outcome is known. */
export async function supervise(child: Child, bounds: Bounds): Promise<Outcome> {
  const timer = setTimeout(child.end, Math.max(1, bounds.deadlineMs - bounds.elapsedMs()), "timeout");
  const outcome = await decide(child, bounds);
  clearTimeout(timer);
  return outcome;
}

/** The outcome of a run. The first of exit, deadline, output limit and abort decides. */
async function decide(child: Child, bounds: Bounds): Promise<Outcome> {
  const first = await Promise.race([child.exited, child.ended]);
  const seconds = bounds.elapsedMs() / 1000;
  if (typeof first === "string") {
    return (await exits(child))
      ? endedOutcome(first, child, bounds, seconds)
      : { kind: "unkillable", seconds, pid: child.pid ?? 0 };
  }
  if (first.how === "failed") return { kind: "spawn", seconds, reason: first.reason };
  const restMs = Math.max(0, bounds.deadlineMs - bounds.elapsedMs());
  const settled =
    child.isClosed() || (await settles(Promise.race([child.closed, child.ended]), Math.min(LINGER_MS, restMs)));
  const cause = child.cause();
  if (cause === "stdout" || cause === "stderr") return endedOutcome(cause, child, bounds, seconds);
  if (first.how === "signal") return { kind: "signal", seconds, signal: first.signal, stderrTail: child.stderrTail() };
  const { code } = first;
  const stderrTail = child.stderrTail();
  if (!(bounds.okExitCodes ?? [0]).includes(code)) return { kind: "exit", seconds, code, stderrTail };
  // A pipe that was closed only when the group was killed counts as held.
  return { kind: "ok", seconds, code, stdout: child.stdout(), stderrTail, held: !settled || cause !== undefined };
}

/** Whether a killed child exits in time. A busy event loop may not have noticed yet that it has. */
async function exits({ exited, pid = 0 }: Child): Promise<boolean> {
  for (let times = 0; times < BUSY_TIMES; times += 1) {
    if (await settles(exited, UNKILLABLE_MS)) return true;
    const state = processRow(pid)?.state;
    if (state === "Z" || !processExists(pid)) return true;
    if (state !== "R") return false;
  }
  return false;
}

function endedOutcome(cause: Cause, child: Child, { deadlineMs, maxOutputBytes }: Bounds, seconds: number): Outcome {
  switch (cause) {
    case "timeout":
      return { kind: "timeout", seconds, timeoutMs: deadlineMs, stderrTail: child.stderrTail() };
    case "aborted":
      return { kind: "aborted", seconds };
    case "stdout":
      return { kind: "overflow", seconds, stream: cause, limitBytes: maxOutputBytes };
    case "stderr":
      return { kind: "overflow", seconds, stream: cause, limitBytes: STDERR_LIMIT_BYTES };
  }
}

/** Whether a promise settles within a time limit. Leaves no timer behind. */
export async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = promise.then(() => true);
  return (await within(settled, ms)) ?? false;
}
