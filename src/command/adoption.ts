import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { killFamily, killGroup, killRest } from "./group.ts";
import type { Libc, Usage } from "./libc.ts";
import { createMarks } from "./marks.ts";
import { childrenOfThread, type ProcessRow, processRow } from "./process_table.ts";
import type { Remains } from "./sweep.ts";

/**
 * Adopts orphans of commands. This process becomes their parent, as a subreaper (PR_SET_CHILD_SUBREAPER of prctl(2)) or as PID 1,
 * so all processes that commands have started are its descendants.
 */
export type Adoption = {
  /** Starts the command of a run. All its descendants inherit the mark of the run. */
  readonly begin: <T>(run: number, start: () => T) => T;
  /** The mark of a run, as /proc/PID/limits shows it. */
  readonly limitOf: (run: number) => string;
  /**
   * Ends a run. Unless it ended `clean`, kills its descendants until none is left. Resolves to the number of killed processes.
   */
  readonly end: (run: number, remains: Remains, clean: boolean) => Promise<number>;
  /** Whether this process has no children. Then no process of any run is left. */
  readonly isChildless: () => boolean;
  /** Kills all processes of the runs that haven't ended, synchronously. */
  readonly killAllNow: (leaders: readonly number[]) => void;
  /** Reaps orphans that have exited. Call it at SIGCHLD. */
  readonly reap: () => void;
};

/** An orphan, and its run if it has a mark. */
type Orphan = { readonly row: ProcessRow; readonly run: number | undefined };

/** What adoption needs from its owner. */
export type Owner = {
  /** Identifies this exporter in the environment of its commands. The number of the run and a dot follow. */
  readonly token: string;
  /** Whether a process is a child that the owner started and will reap. It is not an orphan. */
  readonly isOwn: (pid: number) => boolean;
  /** Called with the resource usage of a reaped orphan. */
  readonly used: (run: number, usage: Usage) => void;
};

/** An exited child without a mark may belong to the runtime, which reaps it within this time. */
const UNMARKED_REAP_MS = 500;
/** Stop after this many scans in a row that find no process. A single scan may miss some. */
const EMPTY_SCANS = 2;
/** Give up after this many scans in a row that find only processes that were killed before. */
const FUTILE_SCANS = 8;
const MAX_SCANS = 1000;
const MAX_SYNC_SCANS = 100;
/** Reading one process takes 60 µs, so the event loop runs after each chunk. */
const CHUNK_PROCESSES = 64;

/** Adopts orphans from now on. Undefined if that isn't possible, or if the kernel doesn't list the children of a process. */
export function createAdoption(libc: Libc, { token, isOwn, used }: Owner): Adoption | undefined {
  if (childrenOfThread(process.pid, process.pid) === undefined || !libc.adoptOrphans()) return undefined;
  const marks = createMarks(libc, token);
  const live = new Set<number>();
  /** Ended runs with processes that could not be killed. */
  const unfinishedRuns = new Set<number>();
  /** Whether all orphans are from runs. Then an orphan without a mark has removed it. */
  const ownsAllOrphans = process.pid !== 1 && children().length === 0;
  /** Whether a run has failed since no run was active. */
  let runFailed = false;
  /** Orphans without a mark that were there when no run was active. */
  let spared: ReadonlySet<string> = new Set();
  /** When exited children without a mark were first seen. */
  let unmarkedSince: ReadonlyMap<number, number> = new Map();
  let reaping: Promise<void> | undefined;
  let reapAgain = false;

  const isChildless = () => libc.endedChild() === undefined;

  function children(): readonly number[] {
    return (childrenOfThread(process.pid, process.pid) ?? []).filter((pid) => !isOwn(pid));
  }

  function orphansAmong(pids: readonly number[]): readonly Orphan[] {
    const rows = pids.map(processRow).filter((row) => row !== undefined);
    return rows.map((row) => ({ row, run: marks.runOf(row.pid) }));
  }

  function reapOne({ row, run }: Orphan): void {
    const waited = libc.wait(row.pid);
    if (waited && run !== undefined) used(run, waited.usage);
  }

  /** Kills matching orphans with their descendants. Returns those that were alive, and reaps the others. */
  function killOrphans(pids: readonly number[], belongs: (orphan: Orphan) => boolean): readonly Orphan[] {
    const [ended, alive] = partition(orphansAmong(pids).filter(belongs), ({ row }) => row.state === "Z");
    ended.forEach(reapOne);
    return alive.flatMap(({ row, run }) => killFamily(row.pid).map((killed) => ({ row: killed, run })));
  }

  /** Kills matching orphans, and the group of `leader`, until none is left. Resolves to the killed processes. */
  async function killAllOrphans(belongs: (orphan: Orphan) => boolean, leader = 0): Promise<readonly Orphan[]> {
    const killed = new Map<number, Orphan>();
    let empty = 0;
    let futile = 0;
    for (let scan = 0; scan < MAX_SCANS && empty < EMPTY_SCANS && futile < FUTILE_SCANS; scan += 1) {
      const before = killed.size;
      let found = 0;
      for (const pids of chunksOf(children())) {
        for (const orphan of killOrphans(pids, belongs)) {
          killed.set(orphan.row.pid, orphan);
          found += 1;
        }
        await nextTurn();
      }
      if (scan === 0) killRest(leader);
      empty = found === 0 ? empty + 1 : 0;
      futile = found > 0 && killed.size === before ? futile + 1 : 0;
      if (futile > 0) await sleep(2 ** (futile - 1));
    }
    return [...killed.values()];
  }

  const isUnfinished = ({ run }: Orphan) => run !== undefined && unfinishedRuns.has(run);
  const isUnknown = ({ row, run }: Orphan) => ownsAllOrphans && run === undefined && !spared.has(keyOf(row));

  async function endFailed(run: number, { leader, groupKilled }: Remains): Promise<number> {
    runFailed = true;
    const isOf = (orphan: Orphan) => orphan.run === run || (orphan.run === undefined && isInGroupOf(orphan, leader));
    const killed = await killAllOrphans((orphan) => isOf(orphan) || isUnfinished(orphan), leader);
    const marked = new Set(orphansAmong(children()).map((orphan) => orphan.run));
    for (const one of unfinishedRuns) if (!marked.has(one)) unfinishedRuns.delete(one);
    if (marked.has(run)) unfinishedRuns.add(run);
    return killed.filter((orphan) => isOf(orphan) && !(groupKilled && orphan.row.group === leader)).length;
  }

  /** When no run is active: kills orphans without a mark if a run failed, spares them otherwise. */
  async function handleUnmarked(): Promise<number> {
    if (!ownsAllOrphans || live.size > 0) return 0;
    // The common case: one system call instead of reading /proc.
    if (!runFailed && isChildless()) {
      spared = new Set();
      return 0;
    }
    const killed = runFailed ? await killAllOrphans((orphan) => live.size === 0 && isUnknown(orphan)) : [];
    if (live.size === 0) {
      runFailed = false;
      const unknown = orphansAmong(children()).filter(({ run }) => run === undefined);
      spared = new Set(unknown.map(({ row }) => keyOf(row)));
    }
    return killed.length;
  }

  async function reapEnded(): Promise<void> {
    const now = performance.now();
    const seen = new Map<number, number>();
    for (const pids of chunksOf(children())) {
      for (const orphan of orphansAmong(pids).filter(({ row }) => row.state === "Z")) {
        const { pid } = orphan.row;
        const since = unmarkedSince.get(pid) ?? now;
        if (orphan.run !== undefined || now - since >= UNMARKED_REAP_MS) reapOne(orphan);
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
    begin(run, start) {
      live.add(run);
      return marks.withMark(run, start);
    },
    limitOf: marks.shownOf,
    isChildless,
    async end(run, remains, clean) {
      live.delete(run);
      return (clean ? 0 : await endFailed(run, remains)) + (await handleUnmarked());
    },
    killAllNow(leaders) {
      if (leaders.length === 0 && unfinishedRuns.size === 0) return;
      for (const leader of leaders) {
        killFamily(leader);
        killGroup(leader);
      }
      const belongs = (orphan: Orphan) =>
        isUnfinished(orphan) ||
        (orphan.run === undefined
          ? isUnknown(orphan) || leaders.some((leader) => isInGroupOf(orphan, leader))
          : live.has(orphan.run));
      for (let scan = 0, empty = 0; scan < MAX_SYNC_SCANS && empty < EMPTY_SCANS; scan += 1) {
        const found =
          killOrphans(children(), belongs).length > 0 || leaders.some((leader) => isOwn(leader) && isAlive(leader));
        empty = found ? 0 : empty + 1;
        pause(1);
      }
    },
    reap,
  };
}

/** A pid may be reused, but not with the same start time. */
function keyOf({ pid, startedTicks }: ProcessRow): string {
  return `${pid} ${startedTicks}`;
}

function isInGroupOf({ row }: Orphan, leader: number): boolean {
  return row.group === leader || row.session === leader;
}

function isAlive(pid: number): boolean {
  const state = processRow(pid)?.state;
  return state !== undefined && state !== "Z";
}

/** Blocks the thread. Only used at exit. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function chunksOf(pids: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(pids.length / CHUNK_PROCESSES) }, (_, i) =>
    pids.slice(CHUNK_PROCESSES * i, CHUNK_PROCESSES * (i + 1)),
  );
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
