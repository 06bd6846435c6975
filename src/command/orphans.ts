import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Libc, Usage } from "./libc.ts";
import type { Marks } from "./marks.ts";
import { childrenOfThread, processRow } from "./process_table.ts";

/**
 * Orphans that have come to this process, and their runs. What was read about one is remembered, so that daemons that are left alone
 * cost nothing in later runs.
 */
export type Orphans = {
  readonly pids: () => readonly number[];
  /** The run of an orphan, read from its mark if it isn't known. Undefined without a mark. */
  readonly runOf: (pid: number) => number | undefined;
  /** The same without reading anything. 0 for those that are left alone. */
  readonly knownRunOf: (pid: number) => number | undefined;
  /** Leaves an orphan alone from now on, whatever its mark is. */
  readonly leaveAlone: (pid: number) => void;
  /** Forgets all. Call it when there are no orphans. */
  readonly forgetAll: () => void;
  /** Reaps an orphan if it has exited. Returns whether it had. */
  readonly reapOne: (pid: number) => boolean;
  /** Reaps all orphans that have exited. Call it at SIGCHLD. */
  readonly reap: () => void;
};

/** What adoption needs from its owner. */
export type Owner = {
  /** Identifies this exporter in the environment of its commands. The number of the run and a dot follow. */
  readonly token: string;
  /** Whether a process is a child that the owner started and will reap. It is not an orphan. */
  readonly isOwn: (pid: number) => boolean;
  /** Called with the resource usage of a reaped orphan. */
  readonly used: (run: number, usage: Usage) => void;
};

/** Reading one process takes 60 µs, so the event loop runs after each chunk. */
const CHUNK_PROCESSES = 64;
/** An exited child without a mark may belong to the runtime, which reaps it within this time. */
const UNMARKED_REAP_MS = 500;
/** An own child that has exited is reaped by its owner soon. It is looked for again at this interval. */
const OWN_REAP_MS = 10;
const MAX_OWN_WAITS = 20;
/** Stands for the run of an orphan that is left alone. The numbers of runs begin with 1. */
const LEFT_ALONE = 0;

/** Knows no orphan yet. */
export function createOrphans(libc: Libc, marks: Marks, { isOwn, used }: Owner): Orphans {
  /** By pid. The kernel doesn't reuse the pid of an orphan until it is reaped, and it is reaped only here. */
  const runs = new Map<number, number>();
  /** When exited children without a mark were first seen. */
  let unmarkedSince: ReadonlyMap<number, number> = new Map();
  let reaping: Promise<void> | undefined;
  let reapAgain = false;

  const pids = () => (childrenOfThread(process.pid, process.pid) ?? []).filter((pid) => !isOwn(pid));

  function runOf(pid: number): number | undefined {
    const run = runs.get(pid) ?? marks.runOf(pid);
    if (run !== undefined) runs.set(pid, run);
    return run;
  }

  /** Also for those that are left alone. */
  const markedRunOf = (pid: number) => runs.get(pid) || marks.runOf(pid);

  function reapOne(pid: number): boolean {
    const run = markedRunOf(pid);
    const waited = libc.wait(pid);
    if (waited === undefined) return false;
    runs.delete(pid);
    if (run !== undefined) used(run, waited.usage);
    return true;
  }

  /** Reaps orphans with a mark, without reading others. Resolves to whether another child has exited, which may hide more of them. */
  async function reapMarked(): Promise<boolean> {
    for (let reaped = 0, waits = 0; ; ) {
      const pid = libc.endedChild();
      if (!pid) return false;
      if (isOwn(pid) && waits < MAX_OWN_WAITS) {
        waits += 1;
        await sleep(OWN_REAP_MS);
      } else if (isOwn(pid) || markedRunOf(pid) === undefined || !reapOne(pid)) {
        return true;
      } else {
        reaped += 1;
        if (reaped % CHUNK_PROCESSES === 0) await nextTurn();
      }
    }
  }

  async function reapEnded(): Promise<void> {
    if (!(await reapMarked())) return;
    const now = performance.now();
    const seen = new Map<number, number>();
    for (const chunk of chunksOf(pids())) {
      for (const pid of chunk.filter((one) => processRow(one)?.state === "Z")) {
        const since = unmarkedSince.get(pid) ?? now;
        if (markedRunOf(pid) !== undefined || now - since >= UNMARKED_REAP_MS) reapOne(pid);
        else seen.set(pid, since);
      }
      await nextTurn();
    }
    if (seen.size > 0) setTimeout(reap, UNMARKED_REAP_MS).unref();
    unmarkedSince = seen;
  }

  function reap(): void {
    if (reaping !== undefined) reapAgain = true;
    if (reaping !== undefined || !libc.endedChild()) return;
    reapAgain = false;
    reaping = reapEnded().finally(() => {
      reaping = undefined;
      if (reapAgain) reap();
    });
  }

  return {
    pids,
    runOf,
    knownRunOf: (pid) => runs.get(pid),
    leaveAlone: (pid) => void runs.set(pid, LEFT_ALONE),
    forgetAll: () => runs.clear(),
    reapOne,
    reap,
  };
}

/** Parts of a list of pids. The event loop is to run between them. */
export function chunksOf(pids: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(pids.length / CHUNK_PROCESSES) }, (_, i) =>
    pids.slice(CHUNK_PROCESSES * i, CHUNK_PROCESSES * (i + 1)),
  );
}
