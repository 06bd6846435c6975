import { type ChildProcess, spawn } from "node:child_process";
import { createCapture, createTail } from "./capture.ts";
import { descriptorLimit, openDescriptors } from "./children.ts";
import { RUN_MARKER } from "./environment.ts";
import { groupExists, killGroup, sweep } from "./group.ts";
import type { Outcome } from "./outcome.ts";

/** What to run, wholly prepared: nothing is looked up or expanded here. */
export type Command = {
  /** Absolute path of the program, then its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly maxOutputBytes: number;
};

/** A run under way. */
export type Run = {
  /** Resolves, never rejects, at the latest half a second after the deadline. */
  readonly outcome: Promise<Outcome>;
  /** Resolves to the number of processes that outlived the command and were killed, when nothing of the run is left to wait for. */
  readonly released: Promise<number>;
  /** Kills the run; its outcome is `aborted` if it has none yet. */
  readonly abort: () => void;
};

/** Starts runs and knows those that live. One per program: its owner kills what lives before the process ends. */
export type Runner = {
  /**
   * Starts a command in a process group of its own, with a deadline from now. Whatever the command does, the outcome
   * comes in time, its process group is killed and it is reaped (docs/architecture.md has the table of states).
   */
  readonly start: (command: Command, deadlineMs: number) => Run;
  /** Kills the groups of all runs, at once and synchronously. */
  readonly killAll: () => void;
};

/** How long a killed command may take to go before the run is answered as unkillable. */
const UNKILLABLE_MS = 400;
const REKILL_MS = 5000;
/** How long pipes may stay open after the command's exit; within it, the number of its group is not given to others. */
const LINGER_MS = 250;
/** How long destroyed pipes may take to close. */
const CLOSE_MS = 250;
const STDERR_TAIL_BYTES = 8 * 1024;
const STDERR_LIMIT_BYTES = 1024 * 1024;
/** Node leaks two descriptors for ever in a spawn that finds only four or five free ones. */
const SPAWN_DESCRIPTORS = 16;

/** A runner with no runs. Reads the limit of descriptors once. */
export function createRunner(): Runner {
  const live = new Set<number>();
  const limit = descriptorLimit();
  let runs = 0;
  return {
    start(command, deadlineMs) {
      runs += 1;
      const crowded = limit - openDescriptors() < SPAWN_DESCRIPTORS;
      return startRun(command, deadlineMs, { marker: `${process.pid}.${runs}`, live, crowded });
    },
    killAll: () => live.forEach(killGroup),
  };
}

type Start = { readonly marker: string; readonly live: Set<number>; readonly crowded: boolean };

function startRun(command: Command, deadlineMs: number, { marker, live, crowded }: Start): Run {
  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  const child = crowded ? `fewer than ${SPAWN_DESCRIPTORS} file descriptors are free` : trySpawn(command, marker);
  if (typeof child === "string") {
    const outcome: Outcome = { kind: "spawn", seconds: elapsedMs() / 1000, reason: child };
    return { outcome: Promise.resolve(outcome), released: Promise.resolve(0), abort: () => {} };
  }
  const { pid } = child;
  if (pid !== undefined) live.add(pid);
  const watched = watch(child, command.maxOutputBytes);
  const timer = setTimeout(() => watched.end("timeout"), Math.max(1, deadlineMs - elapsedMs()));
  const outcome = decide(watched, { deadlineMs, elapsedMs, limitBytes: command.maxOutputBytes });
  outcome.finally(() => clearTimeout(timer));
  const released = outcome.then((ended) => release(watched, ended, marker, elapsedMs));
  released.finally(() => pid !== undefined && live.delete(pid));
  return { outcome, released, abort: () => watched.end("aborted") };
}

/** The child, or why there is none. Some faults throw; others come as an event later, and then there is no pid. */
function trySpawn(command: Command, marker: string): ChildProcess | string {
  const [file, ...rest] = command.argv;
  try {
    return spawn(file, rest, {
      // A session and process group of its own, so that one kill reaches all that it starts.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      cwd: "/",
      env: { ...command.environment, [RUN_MARKER]: marker },
    });
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Cause = "timeout" | "aborted" | "stdout" | "stderr";

type Exit =
  | { readonly how: "failed"; readonly reason: string }
  | { readonly how: "code"; readonly code: number }
  | { readonly how: "signal"; readonly signal: string };

/** A child with its streams being read. `end` kills it and its group; the first cause stands. */
type Watched = {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  readonly closed: Promise<void>;
  readonly ended: Promise<Cause>;
  readonly cause: () => Cause | undefined;
  readonly end: (cause: Cause) => void;
  readonly stdout: () => Uint8Array;
  readonly stderrTail: () => string;
};

function watch(child: ChildProcess, limitBytes: number): Watched {
  const stop = new AbortController();
  const end = (cause: Cause) => stop.abort(cause);
  const stdout = createCapture(limitBytes);
  const stderr = createTail(STDERR_TAIL_BYTES);
  const exited = new Promise<Exit>((resolve) => {
    // With a pid there, an error is a failed kill: the exit is still to come.
    child.on("error", (error) => child.pid === undefined && resolve({ how: "failed", reason: reasonOf(error) }));
    child.once("exit", (code, signal) =>
      resolve(signal ? { how: "signal", signal } : { how: "code", code: code ?? -1 }),
    );
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ended = new Promise<Cause>((resolve) => {
    stop.signal.addEventListener("abort", () => {
      kill(child);
      if (stop.signal.reason === "stdout" || stop.signal.reason === "stderr") destroyStreams(child);
      resolve(stop.signal.reason);
    });
  });
  child.stdout?.on("data", (chunk: Uint8Array) => stdout.push(chunk) || end("stdout"));
  child.stderr?.on("data", (chunk: Uint8Array) => stderr.push(chunk) > STDERR_LIMIT_BYTES && end("stderr"));
  for (const stream of [child.stdout, child.stderr]) stream?.on("error", () => {});
  const cause = () => (stop.signal.aborted ? (stop.signal.reason as Cause) : undefined);
  return { child, exited, closed, ended, cause, end, stdout: stdout.bytes, stderrTail: stderr.text };
}

function kill(child: ChildProcess): void {
  // Without a group there (the child changed it) its own pid is still exact: it is unreaped.
  if (child.pid !== undefined && !killGroup(child.pid) && child.exitCode === null) child.kill("SIGKILL");
}

function destroyStreams(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** Whether a promise settles within some time. Leaves no timer. */
async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

type Bounds = { readonly deadlineMs: number; readonly elapsedMs: () => number; readonly limitBytes: number };

/** The outcome of a run: the first of exit, deadline, cap and abort decides, and nothing that comes later makes it better. */
async function decide(watched: Watched, bounds: Bounds): Promise<Outcome> {
  const first = await Promise.race([watched.exited, watched.ended]);
  const seconds = bounds.elapsedMs() / 1000;
  if (typeof first === "string") {
    const gone = await settles(watched.exited, UNKILLABLE_MS);
    return gone
      ? endedOutcome(first, watched, bounds, seconds)
      : { kind: "unkillable", seconds, pid: watched.child.pid ?? 0 };
  }
  if (first.how === "failed") return { kind: "spawn", seconds, reason: first.reason };
  const restMs = Math.max(0, bounds.deadlineMs - bounds.elapsedMs());
  const closed = await settles(Promise.race([watched.closed, watched.ended]), Math.min(LINGER_MS, restMs));
  const cause = watched.cause();
  if (cause === "stdout" || cause === "stderr") return endedOutcome(cause, watched, bounds, seconds);
  if (first.how === "signal")
    return { kind: "signal", seconds, signal: first.signal, stderrTail: watched.stderrTail() };
  if (first.code !== 0) return { kind: "exit", seconds, code: first.code, stderrTail: watched.stderrTail() };
  return { kind: "ok", seconds, stdout: watched.stdout(), held: !closed };
}

function endedOutcome(cause: Cause, watched: Watched, bounds: Bounds, seconds: number): Outcome {
  switch (cause) {
    case "timeout":
      return { kind: "timeout", seconds, timeoutMs: bounds.deadlineMs, stderrTail: watched.stderrTail() };
    case "aborted":
      return { kind: "aborted", seconds };
    case "stdout":
      return { kind: "overflow", seconds, stream: cause, limitBytes: bounds.limitBytes };
    case "stderr":
      return { kind: "overflow", seconds, stream: cause, limitBytes: STDERR_LIMIT_BYTES };
  }
}

/** Ends all that is left of a run once it has its outcome. Resolves to the number of stragglers that were killed. */
async function release(watched: Watched, outcome: Outcome, marker: string, elapsedMs: () => number): Promise<number> {
  const { child } = watched;
  if (child.pid === undefined) return 0;
  if (outcome.kind === "unkillable") {
    destroyStreams(child);
    child.unref();
    const again = setInterval(kill, REKILL_MS, child).unref();
    await watched.exited;
    clearInterval(again);
  }
  const killed = watched.cause() !== undefined;
  const clean = outcome.kind === "ok" && !outcome.held && !groupExists(child.pid);
  const stragglers = clean ? 0 : await sweep({ leader: child.pid, marker, ageMs: elapsedMs(), groupKilled: killed });
  destroyStreams(child);
  await settles(watched.closed, CLOSE_MS);
  return stragglers;
}
