import { readdirSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Libc } from "./libc.ts";
import { childrenOf, childrenOfThread, processRow } from "./process_table.ts";

/** Numbers of child processes and of zombies among them. */
export type Children = { readonly all: number; readonly zombies: number };

/** A child that has just exited is a zombie until the event loop reaps it. On a busy machine this takes several attempts. */
const REAP_MS = 10;
const MAX_CHECKS = 10;

/**
 * Counts children, with `adopted` also the orphans of the init under which the exporter runs. Only lasting zombies are counted.
 * Children are read one by one only if `hasZombies` is true. Undefined if the kernel doesn't list children.
 */
export async function countChildren(adopted: boolean, hasZombies = () => true): Promise<Children | undefined> {
  let now = childrenNow(adopted);
  let zombies = hasZombies() ? (now?.filter(isZombie) ?? []) : [];
  for (let check = 1; check < MAX_CHECKS && zombies.length > 0; check += 1) {
    await sleep(REAP_MS);
    now = childrenNow(adopted);
    zombies = zombies.filter((pid) => now?.includes(pid) && isZombie(pid));
  }
  return now && { all: now.length, zombies: zombies.length };
}

function isZombie(pid: number): boolean {
  return processRow(pid)?.state === "Z";
}

/** The kernel lists children and adopted orphans under the first thread. */
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

/** Keeps commands from inheriting descriptors that this process has inherited: all but stdin, stdout and stderr. Needs /proc. */
export function withholdDescriptors({ closeOnExec }: Pick<Libc, "closeOnExec">): void {
  try {
    for (const name of readdirSync("/proc/self/fd")) if (Number(name) > 2) closeOnExec(Number(name));
  } catch {
    // No /proc.
  }
}

/** Soft limit of file descriptors of this process. Infinity if it isn't known. */
export function descriptorLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return Number(limit ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
