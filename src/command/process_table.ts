import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Data of /proc/PID/stat (proc_pid_stat(5)). */
export type ProcessRow = {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it was started, in clock ticks since boot. */
  readonly startedTicks: number;
};

/** All pids. Empty without /proc, and if /proc is that of another PID namespace. */
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
  // The name is in parentheses and can contain any characters, including parentheses and blanks.
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
 * The children of a process. Undefined if the kernel doesn't list them. The list may be incomplete while children exit
 * (proc_tid_children(5)), so read it again if all are needed.
 */
export function childrenOf(pid: number): readonly number[] | undefined {
  const lists = threadsOf(pid).map((thread) => childrenOfThread(pid, thread));
  return lists.every((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

/** The children of one thread. Orphans belong to the first thread, whose number is the pid. */
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

/** The initial environment of a process. Empty if it is gone or can't be read (proc_pid_environ(5)). */
export function processEnvironment(pid: number): readonly string[] {
  return readText(`/proc/${pid}/environ`)?.split("\0") ?? [];
}

/** The content of a file of /proc. Undefined if it can't be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
