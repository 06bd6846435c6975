import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { killFamily, killGroup, killRest } from "./group.ts";
import type { Libc } from "./libc.ts";
import { createMarks } from "./marks.ts";
import { chunksOf, createOrphans, type Owner } from "./orphans.ts";
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
  /** Whether a child has exited and isn't reaped. */
  readonly hasZombies: () => boolean;
  /** Kills all processes of the runs that haven't ended, synchronously. */
  readonly killAllNow: (leaders: readonly number[]) => void;
  /** Reaps orphans that have exited. Call it at SIGCHLD. */
  readonly reap: () => void;
};

/** Which orphans to kill. */
type Match = {
  /** Whether those with the mark of a run are meant. */
  readonly marked: (run: number) => boolean;
  /** Whether one without a mark is meant. */
  readonly unmarked: (row: ProcessRow) => boolean;
};

/** A killed process, and its run if its orphan had a mark. */
type Killed = { readonly row: ProcessRow; readonly run: number | undefined };

/** Stop after this many scans in a row that find no process. A single scan may miss some. */
const EMPTY_SCANS = 2;
/** Give up after this many scans in a row that find only processes that were killed before. */
const FUTILE_SCANS = 8;
const MAX_SCANS = 1000;
const MAX_SYNC_SCANS = 100;

/** Adopts orphans from now on. Undefined if that isn't possible, or if the kernel doesn't list the children of a process. */
export function createAdoption(libc: Libc, owner: Owner): Adoption | undefined {
  if (childrenOfThread(process.pid, process.pid) === undefined || !libc.adoptOrphans()) return undefined;
  const marks = createMarks(libc, owner.token);
  const orphans = createOrphans(libc, marks, owner);
  /** Runs that haven't ended, also those whose processes are being killed. */
  const active = new Set<number>();
  /** Ended runs with processes that could not be killed. */
  const unfinishedRuns = new Set<number>();
  /** Whether all orphans are from runs. Then an orphan without a mark has removed it. */
  const ownsAllOrphans = process.pid !== 1 && orphans.pids().length === 0;
  /** Whether a run has failed since no run was active. */
  let runFailed = false;

  const isChildless = () => libc.endedChild() === undefined;

  /** Orphans that may match. Only these are read. */
  function candidates({ marked }: Match): readonly number[] {
    return orphans.pids().filter((pid) => {
      const run = orphans.knownRunOf(pid);
      return run === undefined || marked(run);
    });
  }

  /** Kills matching orphans with their descendants. Returns those that were alive, and reaps the others. */
  function killOrphans(pids: readonly number[], { marked, unmarked }: Match): readonly Killed[] {
    return pids.flatMap((pid) => {
      const run = orphans.runOf(pid);
      if (run !== undefined && !marked(run)) return [];
      const row = processRow(pid);
      if (row === undefined || (run === undefined && !unmarked(row))) return [];
      if (row.state !== "Z") return killFamily(pid).map((killed) => ({ row: killed, run }));
      orphans.reapOne(pid);
      return [];
    });
  }

  /** Kills matching orphans, and the group of `leader`, until none is left. Resolves to the killed processes. */
  async function killAllOrphans(match: Match, leader = 0): Promise<readonly Killed[]> {
    const killed = new Map<number, Killed>();
    let empty = 0;
    let futile = 0;
    for (let scan = 0; scan < MAX_SCANS && empty < EMPTY_SCANS && futile < FUTILE_SCANS; scan += 1) {
      const before = killed.size;
      let found = 0;
      for (const pids of chunksOf(candidates(match))) {
        for (const one of killOrphans(pids, match)) {
          killed.set(one.row.pid, one);
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

  async function endFailed(run: number, { leader, groupKilled }: Remains): Promise<number> {
    runFailed = true;
    const unmarked = (row: ProcessRow) => isInGroupOf(row, leader);
    const killed = await killAllOrphans({ marked: (one) => one === run || unfinishedRuns.has(one), unmarked }, leader);
    const left = new Set(orphans.pids().map(orphans.runOf));
    for (const one of unfinishedRuns) if (!left.has(one)) unfinishedRuns.delete(one);
    if (left.has(run)) unfinishedRuns.add(run);
    const isOf = (one: Killed) => one.run === run || (one.run === undefined && unmarked(one.row));
    return killed.filter((one) => isOf(one) && !(groupKilled && one.row.group === leader)).length;
  }

  /** When no run is active: kills orphans without a mark if a run failed, and leaves all others alone from then on. */
  async function handleUnmarked(): Promise<number> {
    if (active.size > 0) return 0;
    // The common case: one system call instead of reading /proc.
    if (!runFailed && isChildless()) {
      orphans.forgetAll();
      return 0;
    }
    const match = { marked: () => false, unmarked: () => active.size === 0 };
    const killed = runFailed && ownsAllOrphans ? await killAllOrphans(match) : [];
    if (active.size === 0) {
      runFailed = false;
      for (const pid of orphans.pids()) if (!isOfUnfinished(pid)) orphans.leaveAlone(pid);
    }
    return killed.length;
  }

  const isOfUnfinished = (pid: number) => unfinishedRuns.size > 0 && unfinishedRuns.has(orphans.runOf(pid) ?? 0);

  return {
    begin(run, start) {
      active.add(run);
      return marks.withMark(run, start);
    },
    limitOf: marks.shownOf,
    isChildless,
    hasZombies: () => Boolean(libc.endedChild()),
    async end(run, remains, clean) {
      const killed = clean ? 0 : await endFailed(run, remains);
      active.delete(run);
      return killed + (await handleUnmarked());
    },
    killAllNow(leaders) {
      if (leaders.length === 0 && unfinishedRuns.size === 0) return;
      for (const leader of leaders) {
        killFamily(leader);
        killGroup(leader);
      }
      const match = {
        marked: (run: number) => active.has(run) || unfinishedRuns.has(run),
        unmarked: (row: ProcessRow) => ownsAllOrphans || leaders.some((leader) => isInGroupOf(row, leader)),
      };
      for (let scan = 0, empty = 0; scan < MAX_SYNC_SCANS && empty < EMPTY_SCANS; scan += 1) {
        const found =
          killOrphans(candidates(match), match).length > 0 ||
          leaders.some((leader) => owner.isOwn(leader) && isAlive(leader));
        empty = found ? 0 : empty + 1;
        pause(1);
      }
    },
    reap: orphans.reap,
  };
}

function isInGroupOf({ group, session }: ProcessRow, leader: number): boolean {
  return group === leader || session === leader;
}

function isAlive(pid: number): boolean {
  const state = processRow(pid)?.state;
  return state !== undefined && state !== "Z";
}

/** Blocks the thread. Only used at exit. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
