import { createAdoption } from "./adoption.ts";
import { type Child, type StartProcess, startChild } from "./child.ts";
import { descriptorLimit, openDescriptors, withholdDescriptors } from "./children.ts";
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

/** What to run. Nothing is looked up or expanded anymore. */
export type Command = {
  /** Absolute path of the program, then its arguments. */
  readonly argv: Argv;
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working directory, `/` by default. */
  readonly directory?: string;
  /** Exit statuses that count as success, only 0 by default. */
  readonly okExitCodes?: readonly number[];
  /** Niceness to add, by nice(1). */
  readonly nice?: number;
  readonly maxOutputBytes: number;
  /** Isolation in addition to the process group. */
  readonly containment?: Containment;
  /** Whether it is killed even when the exporter is killed by SIGKILL. */
  readonly diesWithExporter?: boolean;
};

/** A run that was started. */
export type Run = {
  /** Never rejects. Resolves half a second after the deadline at the latest. */
  readonly outcome: Promise<Outcome>;
  /** Resolves when all processes of the run are gone, to the number of those that outlived the command and were killed. */
  readonly released: Promise<number>;
  /** Resource usage of its reaped processes so far. Complete when `released` has resolved. Needs the C library. */
  readonly usage: () => Usage | undefined;
  /** Kills the run. Its outcome is `aborted` unless it has one already. */
  readonly abort: () => void;
};

/** Starts runs. There is one per program, and its owner calls `killAll` before the program exits. */
export type Runner = {
  /**
   * Starts a command in its own process group, with a deadline from now. Whatever the command does, `outcome` resolves in time, the
   * process group is killed and the command is reaped. docs/commands.md has the table of states.
   */
  readonly start: (command: Command, deadlineMs: number) => Run;
  /** Kills all processes of all runs, synchronously. */
  readonly killAll: () => void;
  /** Reaps processes that have exited. Call it at SIGCHLD. */
  readonly reap: () => void;
  /** How commands are started: by the C library, or by the runtime, which forks. */
  readonly spawnMethod: "posix_spawn" | "fork";
  /** Whether orphans of commands are adopted and reaped. */
  readonly adopts: boolean;
  /** Whether a child has exited and isn't reaped. Undefined unless orphans are adopted. */
  readonly hasZombies?: (() => boolean) | undefined;
};

/** Interval at which a child that could not be killed is killed again. */
const REKILL_MS = 5000;
/** Maximum time that destroyed pipes take to close. */
const CLOSE_MS = 250;
/** Node leaks two descriptors in a spawn with only four or five free ones. */
const SPAWN_DESCRIPTORS = 16;

/** A run whose processes may not all be gone. */
type Live = {
  readonly command: Command;
  readonly marker: string;
  /** Undefined if it could not be started. */
  readonly child: Child | undefined;
  usage: Usage | undefined;
};

/**
 * A runner without runs. With the C library, it starts children without a fork and adopts their orphans. Otherwise the runtime
 * starts them, and /proc is searched for processes that outlive them.
 */
export function createRunner(libc: Libc | undefined): Runner {
  if (libc) withholdDescriptors(libc);
  const live = new Map<number, Live>();
  /** Pids of children that aren't reaped yet. */
  const unreaped = new Set<number>();
  const limit = descriptorLimit();
  const guardian = createGuardian();
  const token = ownToken();
  const spawner = libc?.spawn && createLibcSpawn(libc.spawn, libc);
  const startProcess: StartProcess = spawner?.start ?? startByRuntime;
  const adoption =
    libc &&
    createAdoption(libc, {
      token,
      isOwn: (pid) => unreaped.has(pid) || pid === guardian.pid(),
      used: (number, usage) => addUsage(live.get(number), usage),
    });
  let runs = 0;

  function start(command: Command, deadlineMs: number): Run {
    const began = performance.now();
    const elapsedMs = () => performance.now() - began;
    runs += 1;
    const number = runs;
    // The dot at the end makes sure that no marker is a prefix of another.
    const marker = `${token}.${number}.`;
    const isShortOfDescriptors = limit - openDescriptors() < SPAWN_DESCRIPTORS;
    const child = isShortOfDescriptors
      ? `fewer than ${SPAWN_DESCRIPTORS} file descriptors are free`
      : startMarked(number, command, marker);
    const run: Live = { command, marker, child: typeof child === "string" ? undefined : child, usage: undefined };
    live.set(number, run);
    run.child?.exited.then((exit) => "usage" in exit && addUsage(run, exit.usage));
    const outcome =
      typeof child === "string"
        ? Promise.resolve<Outcome>({ kind: "spawn", seconds: elapsedMs() / 1000, reason: child })
        : supervise(child, { ...command, deadlineMs, elapsedMs });
    const released = outcome.then((ended) => release(number, run, ended));
    released.finally(() => forget(number, run));
    return { outcome, released, usage: () => run.usage, abort: () => run.child?.end("aborted") };
  }

  /** Starts a command with the marks of its run. The guardian knows the marks before the command starts. */
  function startMarked(number: number, command: Command, marker: string): Child | string {
    if (command.diesWithExporter && !guardian.add(guardianWords(number, command, marker)))
      return "the guardian could not be started";
    const niced = withNice(command);
    const argv = command.containment ? command.containment.wrap(niced, marker) : niced;
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

  /** The marks by which the guardian finds the processes of a run. */
  function guardianWords(number: number, { containment }: Command, marker: string): readonly string[] {
    const file = containment?.killFile(marker);
    return [marker, ...(file === undefined ? [] : [file]), ...(adoption ? [`limit:${adoption.limitOf(number)}`] : [])];
  }

  /** Kills what is left of a run after its outcome. Resolves to the number of killed stragglers. */
  async function release(number: number, { command, marker, child }: Live, outcome: Outcome): Promise<number> {
    if (child && outcome.kind === "unkillable") await killUntilExit(child);
    const leader = child?.pid ?? 0;
    const remains = { leader, marker, groupKilled: child?.cause() !== undefined };
    const isEmpty = () => adoption?.isChildless() || !(libc?.groupExists ?? groupExists)(leader);
    const clean = leader === 0 || (outcome.kind === "ok" && !outcome.held && isEmpty());
    const contained = await command.containment?.clear(remains);
    const stragglers = adoption
      ? await adoption.end(number, remains, clean)
      : clean || command.containment
        ? 0
        : await sweep(remains);
    child?.closePipes();
    if (leader > 0 && child && !child.isClosed()) await settles(child.closed, CLOSE_MS);
    return (contained ?? 0) + stragglers;
  }

  function forget(number: number, { command, marker, child }: Live): void {
    live.delete(number);
    if (command.diesWithExporter) guardian.remove([...guardianWords(number, command, marker), String(child?.pid)]);
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
    hasZombies: adoption?.hasZombies,
  };
}

/** If the niceness were set after the start, processes that the command starts at once would not inherit it. */
function withNice({ argv, nice = 0 }: Command): Argv {
  return nice === 0 ? argv : [findProgram("nice") ?? "/usr/bin/nice", "-n", String(nice), ...argv];
}

/** Identifies this exporter on the machine. It isn't a secret, and loading node:crypto would take 3 ms. */
function ownToken(): string {
  return [process.pid, Date.now(), Math.random().toString(36).slice(2)].join("-");
}

function addUsage(run: Live | undefined, usage: Usage | undefined): void {
  if (run === undefined || usage === undefined) return;
  const { cpuSeconds = 0, maxResidentBytes = 0 } = run.usage ?? {};
  run.usage = {
    cpuSeconds: cpuSeconds + usage.cpuSeconds,
    maxResidentBytes: Math.max(maxResidentBytes, usage.maxResidentBytes),
  };
}

/** Kills a child again and again until it exits. */
async function killUntilExit(child: Child): Promise<void> {
  child.closePipes();
  child.unref();
  const again = setInterval(child.kill, REKILL_MS).unref();
  await child.exited;
  clearInterval(again);
}
