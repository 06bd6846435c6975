import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What /proc/PID/stat tells of a process (proc_pid_stat(5)). */
export type ProcessRow = {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it was started, in clock ticks since boot. */
  readonly startedTicks: number;
};

/** The numbers of all processes. None where there is no /proc, or one of another PID namespace: its numbers aren't ours. */
export function processNumbers(): readonly number[] {
  try {
    if (readlinkSync("/proc/self") !== String(process.pid)) return [];
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
    startedTicks: Number(fields[19]),
  };
}

/**
 * The children of a process; undefined where the kernel was built without that list. Some may be missing while others end
 * (proc_tid_children(5)): who needs all of them looks again.
 */
export function childrenOf(pid: number): readonly number[] | undefined {
  const lists = threadsOf(pid).map((thread) => childrenOfThread(pid, thread));
  return lists.every((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

/** Those that one thread has started. Orphans come to the first one, which has the number of its process. */
export function childrenOfThread(pid: number, thread: number): readonly number[] | undefined {
  return readText(`/proc/${pid}/task/${thread}/children`)?.split(" ").filter(Boolean).map(Number);
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

/** The environment that a process was started with; none where it is gone or may not be read (proc_pid_environ(5)). */
export function processEnvironment(pid: number): readonly string[] {
  return readText(`/proc/${pid}/environ`)?.split("\0") ?? [];
}

/** The whole of a file of /proc, or undefined if it can't be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
