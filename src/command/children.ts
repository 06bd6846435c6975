import { readdirSync, readFileSync, statSync } from "node:fs";
import { processRow } from "./group.ts";

/** The children of this process: how many there are, and how many of them are zombies. */
export type Children = { readonly all: number; readonly zombies: number };

/**
 * Counts own children by /proc/self/task/TID/children (proc_tid_children(5)): a child is listed under the thread that
 * forked it, an adopted orphan under any. Undefined where the kernel doesn't tell.
 */
export function countChildren(): Children | undefined {
  try {
    const threads = readdirSync("/proc/self/task");
    const pids = threads.flatMap((thread) => childrenOf(thread));
    return { all: pids.length, zombies: pids.filter((pid) => processRow(pid)?.state === "Z").length };
  } catch {
    return undefined;
  }
}

function childrenOf(thread: string): number[] {
  const text = readFileSync(`/proc/self/task/${thread}/children`, "latin1").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

/** Open file descriptors of this process; 0 where there is no /proc. */
export function openDescriptors(): number {
  try {
    // Since Linux 6.2 the size of this directory is the number of its entries (proc_pid_fd(5)); before, it is 0.
    return statSync("/proc/self/fd").size || readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

/** How many descriptors this process may open: its soft limit; Infinity where that can't be known. */
export function descriptorLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return Number(limit ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
