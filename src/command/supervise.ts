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
/** How late the runtime may notice that a child has exited before its deadline. */
const NOTICE_MS = 200;
/** How long pipes may stay open after the command's exit. The kernel doesn't reuse the number of its group in this time. */
const LINGER_MS = 250;
/** The least of it, also past the deadline, so that what the pipes have by then is read. */
const LEAST_LINGER_MS = 50;
/** Parts of a waiting time. */
const STEPS = 10;

/** Watches a child until its outcome is known. */
export async function supervise(child: Child, bounds: Bounds): Promise<Outcome> {
  const timer = setTimeout(() => void endOverdue(child), Math.max(1, bounds.deadlineMs - bounds.elapsedMs()));
  child.exited.then(() => clearTimeout(timer));
  const outcome = await decide(child, bounds);
  clearTimeout(timer);
  return outcome;
}

/** Ends a child at its deadline. If the event loop is late, the child may have exited before; this decides then. */
async function endOverdue(child: Child): Promise<void> {
  if (hasExited(child) && (await settles(child.exited, NOTICE_MS))) return;
  child.end("timeout");
}

/** Whether a child has exited, reaped or not. */
function hasExited({ pid = 0 }: Child): boolean {
  return processRow(pid)?.state === "Z" || !processExists(pid);
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
  const restMs = Math.max(LEAST_LINGER_MS, bounds.deadlineMs - bounds.elapsedMs());
  const settled =
    child.isClosed() ||
    (await settles(Promise.race([child.closed, child.ended]), Math.min(LINGER_MS, restMs))) ||
    (await child.readRest().then(child.isClosed));
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
async function exits(child: Child): Promise<boolean> {
  for (let times = 0; times < BUSY_TIMES; times += 1) {
    if (await settles(child.exited, UNKILLABLE_MS)) return true;
    if (hasExited(child)) return true;
    if (processRow(child.pid ?? 0)?.state !== "R") return false;
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

/**
 * Whether a promise settles within a time limit. The time passes in steps between which the event loop runs: if it was blocked, what
 * happened meanwhile is noticed before the time is over. Leaves no timer behind.
 */
export async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = promise.then(() => true);
  for (let step = 0; step < STEPS; step += 1) if (await within(settled, ms / STEPS)) return true;
  return false;
}
