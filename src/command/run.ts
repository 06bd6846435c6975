import { type Cause, type Child, STDERR_LIMIT_BYTES, startChild } from "./child.ts";
import { descriptorLimit, openDescriptors } from "./children.ts";
import type { Argv, Containment } from "./contain.ts";
import { findProgram, RUN_MARKER } from "./environment.ts";
import { groupExists } from "./group.ts";
import { createGuardian } from "./guardian.ts";
import type { Outcome } from "./outcome.ts";
import { processRow } from "./process_table.ts";
import { sweep, sweepNow } from "./sweep.ts";

/** What to run, wholly prepared: nothing is looked up or expanded here. */
export type Command = {
  /** Absolute path of the program, then its arguments. */
  readonly argv: Argv;
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs; `/` unless another is given. */
  readonly directory?: string;
  /** Exit statuses with which it ends well; 0 alone unless others are given. */
  readonly okExitCodes?: readonly number[];
  /** What is added to its niceness, by nice(1). */
  readonly nice?: number;
  readonly maxOutputBytes: number;
  /** What holds its processes besides their process group. */
  readonly containment?: Containment;
  /** Whether it ends with the exporter even when that is killed. */
  readonly diesWithExporter?: boolean;
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
   * comes in time, its process group is killed and it is reaped (docs/commands.md has the table of states).
   */
  readonly start: (command: Command, deadlineMs: number) => Run;
  /** Kills all runs with what they started, at once and synchronously. */
  readonly killAll: () => void;
};

/** How long a killed command may take to go before the run is answered as unkillable. */
const UNKILLABLE_MS = 400;
const REKILL_MS = 5000;
/** How long pipes may stay open after the command's exit; within it, the number of its group is not given to others. */
const LINGER_MS = 250;
/** How long destroyed pipes may take to close. */
const CLOSE_MS = 250;
/** Node leaks two descriptors for ever in a spawn that finds only four or five free ones. */
const SPAWN_DESCRIPTORS = 16;

/** A run of which anything may live. */
type Live = {
  readonly command: Command;
  readonly marker: string;
  /** None if it could not be started. */
  readonly child: Child | undefined;
};

/** A runner with no runs. Reads the limit of descriptors once. */
export function createRunner(): Runner {
  const live = new Set<Live>();
  const limit = descriptorLimit();
  const guardian = createGuardian();
  const token = ownToken();
  let runs = 0;

  function start(command: Command, deadlineMs: number): Run {
    const began = performance.now();
    const elapsedMs = () => performance.now() - began;
    runs += 1;
    // With the dot behind it, no marker is the beginning of another.
    const marker = `${token}.${runs}.`;
    const crowded = limit - openDescriptors() < SPAWN_DESCRIPTORS;
    const child = crowded ? `fewer than ${SPAWN_DESCRIPTORS} file descriptors are free` : startMarked(command, marker);
    const run: Live = { command, marker, child: typeof child === "string" ? undefined : child };
    live.add(run);
    const outcome =
      typeof child === "string"
        ? Promise.resolve<Outcome>({ kind: "spawn", seconds: elapsedMs() / 1000, reason: child })
        : supervise(child, { ...command, deadlineMs, elapsedMs });
    const released = outcome.then((ended) => release(run, ended));
    released.finally(() => forget(run));
    return { outcome, released, abort: () => run.child?.end("aborted") };
  }

  /** Starts a command that carries a marker in its environment. The guardian knows of it before it lives. */
  function startMarked(command: Command, marker: string): Child | string {
    if (command.diesWithExporter && !guardian.add(lasting(command, marker))) return "the guardian could not be started";
    const polite = withNice(command);
    const argv = command.containment ? command.containment.wrap(polite, marker) : polite;
    if (typeof argv === "string") return argv;
    const child = startChild(argv, {
      environment: { ...command.environment, [RUN_MARKER]: marker },
      directory: command.directory ?? "/",
      limitBytes: command.maxOutputBytes,
    });
    if (command.diesWithExporter && typeof child !== "string" && child.pid) guardian.add([String(child.pid)]);
    return child;
  }

  function forget(run: Live): void {
    live.delete(run);
    if (run.command.diesWithExporter) guardian.remove([...lasting(run.command, run.marker), String(run.child?.pid)]);
  }

  return { start, killAll: () => live.forEach(killNow) };
}

/** Set after the start, the niceness would miss what the command starts at once. */
function withNice({ argv, nice = 0 }: Command): Argv {
  return nice === 0 ? argv : [findProgram("nice") ?? "/usr/bin/nice", "-n", String(nice), ...argv];
}

/** Tells this exporter from all others of the machine. It is no secret, and node:crypto would take 3 ms of the start. */
function ownToken(): string {
  return [process.pid, Date.now(), Math.random().toString(36).slice(2)].join("-");
}

/** What the guardian can kill of a run as soon as it is named. */
function lasting({ containment }: Command, marker: string): readonly string[] {
  const file = containment?.killFile(marker);
  return file === undefined ? [marker] : [marker, file];
}

function killNow({ command, marker, child }: Live): void {
  if (child?.pid === undefined) return;
  command.containment?.kill(marker);
  sweepNow({ leader: child.pid, marker, groupKilled: false });
}

type Bounds = Pick<Command, "maxOutputBytes" | "okExitCodes"> & {
  readonly deadlineMs: number;
  readonly elapsedMs: () => number;
};

/** Holds a child to its deadline. Resolves when it is decided how the run ended. */
async function supervise(child: Child, bounds: Bounds): Promise<Outcome> {
  const timer = setTimeout(child.end, Math.max(1, bounds.deadlineMs - bounds.elapsedMs()), "timeout");
  const outcome = await decide(child, bounds);
  clearTimeout(timer);
  return outcome;
}

/** The outcome of a run: the first of exit, deadline, cap and abort decides, and nothing that comes later makes it better. */
async function decide(child: Child, bounds: Bounds): Promise<Outcome> {
  const first = await Promise.race([child.exited, child.ended]);
  const seconds = bounds.elapsedMs() / 1000;
  if (typeof first === "string") {
    const gone = (await settles(child.exited, UNKILLABLE_MS)) || hasEnded(child.pid);
    return gone ? endedOutcome(first, child, bounds, seconds) : { kind: "unkillable", seconds, pid: child.pid ?? 0 };
  }
  if (first.how === "failed") return { kind: "spawn", seconds, reason: first.reason };
  const restMs = Math.max(0, bounds.deadlineMs - bounds.elapsedMs());
  const settled = await settles(Promise.race([child.closed, child.ended]), Math.min(LINGER_MS, restMs));
  const cause = child.cause();
  if (cause === "stdout" || cause === "stderr") return endedOutcome(cause, child, bounds, seconds);
  if (first.how === "signal") return { kind: "signal", seconds, signal: first.signal, stderrTail: child.stderrTail() };
  const { code } = first;
  const stderrTail = child.stderrTail();
  if (!(bounds.okExitCodes ?? [0]).includes(code)) return { kind: "exit", seconds, code, stderrTail };
  // A pipe that closed since the deadline came and the group was killed was held until then.
  return { kind: "ok", seconds, code, stdout: child.stdout(), stderrTail, held: !settled || cause !== undefined };
}

/** Whether a child is a zombie, of which a busy event loop hasn't heard yet. One that can't be seen may live. */
function hasEnded(pid = 0): boolean {
  return processRow(pid)?.state === "Z";
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

/** Ends all that is left of a run once it has its outcome. Resolves to the number of stragglers that were killed. */
async function release({ command: { containment }, marker, child }: Live, outcome: Outcome): Promise<number> {
  if (child && outcome.kind === "unkillable") await gone(child);
  const leader = child?.pid ?? 0;
  const remains = { leader, marker, groupKilled: child?.cause() !== undefined };
  const clean = leader === 0 || (outcome.kind === "ok" && !outcome.held && !groupExists(leader));
  const stragglers = containment ? await containment.clear(remains) : clean ? 0 : await sweep(remains);
  child?.letGo();
  if (leader > 0 && child) await settles(child.closed, CLOSE_MS);
  return stragglers;
}

/** Resolves when a child that could not be killed is gone at last. Keeps killing it until then. */
async function gone(child: Child): Promise<void> {
  child.letGo();
  child.unref();
  const again = setInterval(child.kill, REKILL_MS).unref();
  await child.exited;
  clearInterval(again);
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
