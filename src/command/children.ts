import { readdirSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { childrenOf, childrenOfThread, processRow } from "./process_table.ts";

/** The children of this process: how many there are, and how many of them are zombies. */
export type Children = { readonly all: number; readonly zombies: number };

/** A child that ended a moment ago is a zombie until the event loop gets to it; a busy machine needs several looks. */
const REAP_MS = 10;
const LOOKS = 10;

/**
 * Counts own children, and with `adopted` also the orphans that came to the init in front of the exporter.
 * A zombie is counted if it stays one. Undefined where the kernel doesn't tell.
 */
export async function countChildren(adopted: boolean): Promise<Children | undefined> {
  let now = childrenNow(adopted);
  let zombies = now?.filter(isZombie) ?? [];
  for (let look = 1; look < LOOKS && zombies.length > 0; look += 1) {
    await sleep(REAP_MS);
    now = childrenNow(adopted);
    zombies = zombies.filter((pid) => now?.includes(pid) && isZombie(pid));
  }
  return now && { all: now.length, zombies: zombies.length };
}

function isZombie(pid: number): boolean {
  return processRow(pid)?.state === "Z";
}

/** Children that this process started are listed under its first thread, and orphans that it adopted as well. */
function childrenNow(adopted: boolean): readonly number[] | undefined {
  const own = childrenOfThread(process.pid, process.pid);
  const orphans = adopted && process.pid !== 1 ? childrenOf(1) : [];
  if (own === undefined || orphans === undefined) return undefined;
  return [...own, ...orphans].filter((pid) => pid !== process.pid);
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
