import { createAdoption } from "./adoption.ts";
import { type Child, type StartProcess, startChild } from "./child.ts";
import { descriptorLimit, openDescriptors } from "./children.ts";
import type { Argv, Containment } from "./containment.ts";
import { findProgram, RUN_MARKER } from "./environment.ts";
import { groupExists } from "./group.ts";
import { createGuardian } from "./guardian.ts";
import type { Libc, Usage } from "./libc.ts";
import { createLibcSpawn } from "./libc_spawn.ts";
import type { Outcome } from "./outcome.ts";
import { startByRuntime } from "./runtime_spawn.ts";
import { settles, supervise } from "./supervise.ts";
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
  /** What its processes have used, as far as it is known: all of it once it is released. Needs the C library. */
  readonly usage: () => Usage | undefined;
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
  /** Reaps what has ended: to be called at SIGCHLD. */
  readonly reap: () => void;
  /** How commands are started: by the C library without a copy of the exporter, or by the runtime, which forks. */
  readonly spawnMethod: "posix_spawn" | "fork";
  /** Whether orphans of commands come to this process, and are reaped. */
  readonly adopts: boolean;
};

const REKILL_MS = 5000;
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
  usage: Usage | undefined;
};

/**
 * A runner with no runs. Reads the limit of descriptors once. With the C library it starts children without a fork, and
 * adopts the orphans of commands; without, the runtime starts them, and /proc is searched for what they leave.
 */
export function createRunner(libc: Libc | undefined): Runner {
  const live = new Map<number, Live>();
  /** Children that are not reaped. */
  const unreaped = new Set<number>();
  const limit = descriptorLimit();
  const guardian = createGuardian();
  const token = ownToken();
  const spawner = libc?.spawn && createLibcSpawn(libc.spawn, libc.wait);
  const startProcess: StartProcess = spawner?.start ?? startByRuntime;
  const adoption =
    libc &&
    createAdoption(libc, {
      token,
      isOwn: (pid) => unreaped.has(pid) || pid === guardian.pid(),
      used: (number, usage) => use(live.get(number), usage),
    });
  let runs = 0;

  function start(command: Command, deadlineMs: number): Run {
    const began = performance.now();
    const elapsedMs = () => performance.now() - began;
    runs += 1;
    const number = runs;
    // With the dot behind it, no marker is the beginning of another.
    const marker = `${token}.${number}.`;
    const crowded = limit - openDescriptors() < SPAWN_DESCRIPTORS;
    const child = crowded
      ? `fewer than ${SPAWN_DESCRIPTORS} file descriptors are free`
      : startMarked(number, command, marker);
    const run: Live = { command, marker, child: typeof child === "string" ? undefined : child, usage: undefined };
    live.set(number, run);
    run.child?.exited.then((exit) => "usage" in exit && use(run, exit.usage));
    const outcome =
      typeof child === "string"
        ? Promise.resolve<Outcome>({ kind: "spawn", seconds: elapsedMs() / 1000, reason: child })
        : supervise(child, { ...command, deadlineMs, elapsedMs });
    const released = outcome.then((ended) => release(number, run, ended));
    released.finally(() => forget(number, run));
    return { outcome, released, usage: () => run.usage, abort: () => run.child?.end("aborted") };
  }

  /** Starts a command that carries the marks of its run. The guardian knows of it before it lives. */
  function startMarked(number: number, command: Command, marker: string): Child | string {
    if (command.diesWithExporter && !guardian.add(lasting(number, command, marker)))
      return "the guardian could not be started";
    const polite = withNice(command);
    const argv = command.containment ? command.containment.wrap(polite, marker) : polite;
    if (typeof argv === "string") return argv;
    const environment = { ...command.environment, [RUN_MARKER]: marker };
    const { directory = "/", maxOutputBytes: limitBytes } = command;
    const begin = () => startChild(startProcess, { argv, environment, directory, limitBytes });
    const child = adoption ? adoption.begin(number, begin) : begin();
    if (typeof child === "string" || child.pid === undefined) return child;
    const { pid, exited } = child;
    unreaped.add(pid);
    exited.then(() => unreaped.delete(pid));
    if (command.diesWithExporter) guardian.add([String(pid)]);
    return child;
  }

  /** What the guardian can kill of a run as soon as it is named. */
  function lasting(number: number, { containment }: Command, marker: string): readonly string[] {
    const file = containment?.killFile(marker);
    return [marker, ...(file === undefined ? [] : [file]), ...(adoption ? [`limit:${adoption.limitOf(number)}`] : [])];
  }

  /** Ends all that is left of a run once it has its outcome. Resolves to the number of stragglers that were killed. */
  async function release(number: number, { command, marker, child }: Live, outcome: Outcome): Promise<number> {
    if (child && outcome.kind === "unkillable") await gone(child);
    const leader = child?.pid ?? 0;
    const remains = { leader, marker, groupKilled: child?.cause() !== undefined };
    const isEmpty = () => adoption?.isChildless() || !groupExists(leader);
    const clean = leader === 0 || (outcome.kind === "ok" && !outcome.held && isEmpty());
    const contained = await command.containment?.clear(remains);
    const stragglers = adoption
      ? await adoption.end(number, remains, clean)
      : clean || command.containment
        ? 0
        : await sweep(remains);
    child?.closePipes();
    if (leader > 0 && child) await settles(child.closed, CLOSE_MS);
    return (contained ?? 0) + stragglers;
  }

  function forget(number: number, { command, marker, child }: Live): void {
    live.delete(number);
    if (command.diesWithExporter) guardian.remove([...lasting(number, command, marker), String(child?.pid)]);
  }

  function killAll(): void {
    const started = [...live.values()].filter(({ child }) => child?.pid !== undefined);
    for (const { command, marker } of started) command.containment?.kill(marker);
    const remains = started.map(({ marker, child }) => ({ leader: child?.pid ?? 0, marker, groupKilled: false }));
    if (adoption) adoption.killAllNow(remains.map(({ leader }) => leader));
    else remains.forEach(sweepNow);
  }

  function reap(): void {
    spawner?.reap();
    adoption?.reap();
  }

  return {
    start,
    killAll,
    reap,
    spawnMethod: spawner ? "posix_spawn" : "fork",
    adopts: adoption !== undefined,
  };
}

/** Set after the start, the niceness would miss what the command starts at once. */
function withNice({ argv, nice = 0 }: Command): Argv {
  return nice === 0 ? argv : [findProgram("nice") ?? "/usr/bin/nice", "-n", String(nice), ...argv];
}

/** Tells this exporter from all others of the machine. It is no secret, and node:crypto would take 3 ms of the start. */
function ownToken(): string {
  return [process.pid, Date.now(), Math.random().toString(36).slice(2)].join("-");
}

function use(run: Live | undefined, usage: Usage | undefined): void {
  if (run === undefined || usage === undefined) return;
  const { cpuSeconds = 0, maxResidentBytes = 0 } = run.usage ?? {};
  run.usage = {
    cpuSeconds: cpuSeconds + usage.cpuSeconds,
    maxResidentBytes: Math.max(maxResidentBytes, usage.maxResidentBytes),
  };
}

/** Resolves when a child that could not be killed is gone at last. Keeps killing it until then. */
async function gone(child: Child): Promise<void> {
  child.closePipes();
  child.unref();
  const again = setInterval(child.kill, REKILL_MS).unref();
  await child.exited;
  clearInterval(again);
}
