import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RUN_MARKER } from "./environment.ts";

/**
 * Sends SIGKILL to a process group. True if there was anything to kill.
 * The number of the group must be that of a leader which is unreaped or was reaped a moment ago (kill(2)).
 */
export function killGroup(leader: number): boolean {
  // kill(-1) and kill(0) would hit everything, or the exporter's own group.
  return Number.isInteger(leader) && leader > 1 && signal(-leader);
}

function signal(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** What /proc/PID/stat tells of a process (proc_pid_stat(5)); the age follows from `starttime` in ticks of 1/100 s. */
type ProcessRow = {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly startedSeconds: number;
};

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** All numbers under /proc; none where there is no /proc. */
export function processNumbers(): readonly number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** The row of one process, or undefined if it is gone. */
export function processRow(pid: number): ProcessRow | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The name stands in parentheses and may hold anything, parentheses and spaces too.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields === undefined || fields.length < 20) return undefined;
  return {
    pid,
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startedSeconds: Number(fields[19]) / 100,
  };
}

/** Whether any process of the group is left, zombies too. */
export function groupExists(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What is known of a run whose command has ended, and of which something may be left. */
export type Remains = {
  /** Number of the process group and session: the pid of the command. */
  readonly leader: number;
  /** Value of the run's marker in the environment. */
  readonly marker: string;
  /** Time since the run began: nothing older belongs to it. */
  readonly ageMs: number;
  /** Whether the group was killed as the command was: its members then didn't outlive it. */
  readonly groupKilled: boolean;
};

const ROWS_PER_TURN = 64;
const SWEEPS = 3;

/**
 * Kills what a run left behind: the rest of its group, processes of its session, and those that carry its marker in their
 * environment. Looks again while it finds some, three times at most. Resolves to the number that was killed.
 * A process with a session of its own and a cleaned environment can't be told from a stranger and is left.
 */
export async function sweep(remains: Remains): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < SWEEPS; round++) {
    const before = killed.size;
    const members = await membersOf(remains);
    killGroup(remains.leader);
    for (const row of members) {
      if (row.group === remains.leader || signal(row.pid)) killed.add(row.pid);
    }
    if (killed.size === before) break;
  }
  return killed.size;
}

async function membersOf(remains: Remains): Promise<ProcessRow[]> {
  const uptimeSeconds = Number(readText("/proc/uptime")?.split(" ")[0]);
  const oldest = uptimeSeconds - remains.ageMs / 1000 - 1;
  const rows: ProcessRow[] = [];
  for (const [index, pid] of processNumbers().entries()) {
    // A scan takes 20 µs a process: other requests get their turn in between.
    if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
    const row = processRow(pid);
    if (row === undefined || row.state === "Z" || row.startedSeconds < oldest || pid === process.pid) continue;
    if (belongs(row, remains)) rows.push(row);
  }
  return rows;
}

function belongs(row: ProcessRow, remains: Remains): boolean {
  if (row.group === remains.leader) return !remains.groupKilled;
  if (row.session === remains.leader) return true;
  return readText(`/proc/${row.pid}/environ`)?.split("\0").includes(`${RUN_MARKER}=${remains.marker}`) ?? false;
}
