import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { killFamily, killGroup, killRest } from "./group.ts";
import type { Libc, Usage } from "./libc.ts";
import { createMarks } from "./marks.ts";
import { childrenOfThread, type ProcessRow, processRow } from "./process_table.ts";
import type { Remains } from "./sweep.ts";

/**
 * Orphans of commands, which come to this process as their nearest living ancestor that asked for them, or as PID 1
 * (PR_SET_CHILD_SUBREAPER of prctl(2)). So nothing that a command has started gets away: it is in the tree below.
 */
export type Adoption = {
  /** Starts the command of a run, so that all that descends from it can be told. */
  readonly begin: <T>(run: number, start: () => T) => T;
  /** The limit of resources by which others can tell it. */
  readonly limitOf: (run: number) => string;
  /**
   * Ends a run. Unless it ended `clean`, all that descends from it is killed, again as long as any is left. Resolves to the
   * number of processes that were killed.
   */
  readonly end: (run: number, remains: Remains, clean: boolean) => Promise<number>;
  /** Whether this process has no children at all: nothing that any run has started is left then. */
  readonly isChildless: () => boolean;
  /** Kills what runs that haven't ended have started, below their leaders and as orphans, at once and synchronously. */
  readonly killAllNow: (leaders: readonly number[]) => void;
  /** Reaps orphans that have ended: to be called at SIGCHLD. */
  readonly reap: () => void;
};

/** An orphan, and the run that it descends from, if its marks say so. */
type Orphan = { readonly row: ProcessRow; readonly run: number | undefined };

/** What adoption has to know of its owner. */
export type Owner = {
  /** Names this exporter in the environment of its commands; a number and a dot behind it name the run. */
  readonly token: string;
  /** Whether a child is one that was started here and is not reaped: it is no orphan. */
  readonly isOwn: (pid: number) => boolean;
  /** Hears what an orphan of a run has used. */
  readonly used: (run: number, usage: Usage) => void;
};

/** An ended child of which nothing says where it comes from may be one that the runtime started: that reaps it before. */
const RIPE_MS = 500;
/** Looks that find nobody until it is believed that nobody is left: one may miss some. */
const QUIET_LOOKS = 2;
/** Looks that find nobody but those that were killed before: they don't go. */
const STUBBORN_LOOKS = 8;
const LOOKS = 1000;
const LOOKS_NOW = 100;

const CHUNK = 64;

/** Adopts from now on. Undefined if that can't be, also where the kernel or the runtime doesn't show the children of this process. */
export function createAdoption(libc: Libc, { token, isOwn, used }: Owner): Adoption | undefined {
  if (childrenOfThread(process.pid, process.pid) === undefined || !libc.adoptOrphans()) return undefined;
  const marks = createMarks(libc, token);
  const live = new Set<number>();
  /** Runs that ended badly and left what could not be killed then. */
  const doomed = new Set<number>();
  /** Whether there can be no orphans but those of runs: what has no mark is then one that took it off. */
  const isAlone = process.pid !== 1 && children().length === 0;
  /** Whether a run ended badly since there was none, and orphans without a mark that were there at that time. */
  let troubled = false;
  let leftAlone: ReadonlySet<string> = new Set();
  /** When ended children without a mark were seen first. */
  let unripe: ReadonlyMap<number, number> = new Map();
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

  /** Kills the orphans that `belongs` names, with all below them. Gives those that lived, and reaps the others. */
  function strike(pids: readonly number[], belongs: (orphan: Orphan) => boolean): readonly Orphan[] {
    const [ended, alive] = partition(orphansAmong(pids).filter(belongs), ({ row }) => row.state === "Z");
    ended.forEach(reapOne);
    return alive.flatMap(({ row, run }) => killFamily(row.pid).map((killed) => ({ row: killed, run })));
  }

  /** Strikes until nobody is left, the group of `leader` too. Resolves to those who were killed. */
  async function strikeAll(belongs: (orphan: Orphan) => boolean, leader = 0): Promise<readonly Orphan[]> {
    const killed = new Map<number, Orphan>();
    let quiet = 0;
    let stubborn = 0;
    for (let look = 0; look < LOOKS && quiet < QUIET_LOOKS && stubborn < STUBBORN_LOOKS; look += 1) {
      const before = killed.size;
      let found = 0;
      for (const pids of chunksOf(children())) {
        for (const orphan of strike(pids, belongs)) {
          killed.set(orphan.row.pid, orphan);
          found += 1;
        }
        await nextTurn();
      }
      if (look === 0) killRest(leader);
      quiet = found === 0 ? quiet + 1 : 0;
      stubborn = found > 0 && killed.size === before ? stubborn + 1 : 0;
      if (stubborn > 0) await sleep(2 ** (stubborn - 1));
    }
    return [...killed.values()];
  }

  const isDoomed = ({ run }: Orphan) => run !== undefined && doomed.has(run);
  const isUnknown = ({ row, run }: Orphan) => isAlone && run === undefined && !leftAlone.has(keyOf(row));

  async function endBadly(run: number, { leader, groupKilled }: Remains): Promise<number> {
    troubled = true;
    const isOf = (orphan: Orphan) => orphan.run === run || (orphan.run === undefined && isWith(orphan, leader));
    const killed = await strikeAll((orphan) => isOf(orphan) || isDoomed(orphan), leader);
    const marked = new Set(orphansAmong(children()).map((orphan) => orphan.run));
    for (const one of doomed) if (!marked.has(one)) doomed.delete(one);
    if (marked.has(run)) doomed.add(run);
    return killed.filter((orphan) => isOf(orphan) && !(groupKilled && orphan.row.group === leader)).length;
  }

  /** Once no run is alive, orphans without a mark are treated as the runs have ended. */
  async function settle(): Promise<number> {
    if (!isAlone || live.size > 0) return 0;
    // What most runs come to: one call instead of a file of /proc.
    if (!troubled && isChildless()) {
      leftAlone = new Set();
      return 0;
    }
    const killed = troubled ? await strikeAll((orphan) => live.size === 0 && isUnknown(orphan)) : [];
    if (live.size === 0) {
      troubled = false;
      const unknown = orphansAmong(children()).filter(({ run }) => run === undefined);
      leftAlone = new Set(unknown.map(({ row }) => keyOf(row)));
    }
    return killed.length;
  }

  async function reapEnded(): Promise<void> {
    const now = performance.now();
    const seen = new Map<number, number>();
    for (const pids of chunksOf(children())) {
      for (const orphan of orphansAmong(pids).filter(({ row }) => row.state === "Z")) {
        const { pid } = orphan.row;
        const since = unripe.get(pid) ?? now;
        if (orphan.run !== undefined || now - since >= RIPE_MS) reapOne(orphan);
        else seen.set(pid, since);
      }
      await nextTurn();
    }
    if (seen.size > 0) setTimeout(reap, RIPE_MS).unref();
    unripe = seen;
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
      return (clean ? 0 : await endBadly(run, remains)) + (await settle());
    },
    killAllNow(leaders) {
      if (leaders.length === 0 && doomed.size === 0) return;
      for (const leader of leaders) {
        killFamily(leader);
        killGroup(leader);
      }
      const belongs = (orphan: Orphan) =>
        isDoomed(orphan) ||
        (orphan.run === undefined
          ? isUnknown(orphan) || leaders.some((leader) => isWith(orphan, leader))
          : live.has(orphan.run));
      for (let look = 0, quiet = 0; look < LOOKS_NOW && quiet < QUIET_LOOKS; look += 1) {
        const found =
          strike(children(), belongs).length > 0 || leaders.some((leader) => isOwn(leader) && lives(leader));
        quiet = found ? 0 : quiet + 1;
        pause(1);
      }
    },
    reap,
  };
}

/** A number may be given to another process later, but not with the same start. */
function keyOf({ pid, startedTicks }: ProcessRow): string {
  return `${pid} ${startedTicks}`;
}

function isWith({ row }: Orphan, leader: number): boolean {
  return row.group === leader || row.session === leader;
}

function lives(pid: number): boolean {
  const state = processRow(pid)?.state;
  return state !== undefined && state !== "Z";
}

/** Stands still, as a program that ends may. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A look takes 60 µs a process: others get their turn in between. */
function chunksOf(pids: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(pids.length / CHUNK) }, (_, i) => pids.slice(CHUNK * i, CHUNK * (i + 1)));
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
