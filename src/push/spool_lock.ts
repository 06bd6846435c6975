import { readFileSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../system_error.ts";

/** A lock file is empty for a moment while it is created. */
const EMPTY_MS = 200;

/**
 * Locks a spool for this process. Resolves to the function that unlocks it. A lock of a process that has ended is replaced; a process
 * is identified by its number and start time (Linux). Rejects if another process has the lock.
 */
export async function lockSpool(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, "lock");
  for (;;) {
    if (await makeLock(path)) return () => rm(path, { force: true });
    let held = await readLock(path);
    if (held === "") {
      await sleep(EMPTY_MS);
      held = await readLock(path);
    }
    if (isHeld(held)) throw inUse(directory, held);
    // Only one process can rename the old lock. If it was a new lock of another process, it is put back.
    const aside = `${path}.${process.pid}`;
    if (!(await moved(path, aside))) continue;
    const taken = await readLock(aside);
    if (!isHeld(taken)) {
      await rm(aside, { force: true });
      continue;
    }
    await rename(aside, path);
    throw inUse(directory, taken);
  }
}

function inUse(directory: string, held: string): Error {
  return new Error(
    `${directory} is in use by process ${held.split(" ")[0]}, wanted a directory of its own for each exporter`,
  );
}

/** Creates a lock. False if there is one already. */
async function makeLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid} ${startOf(String(process.pid)) ?? ""}`, { mode: 0o600, flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // On a full disk the file exists even so, and the queue in memory still works.
    if (codeOf(error) === "ENOSPC") return true;
    throw error;
  }
}

/** False if it is gone. */
async function moved(path: string, to: string): Promise<boolean> {
  try {
    await rename(path, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

const readLock = (path: string) => readFile(path, "utf8").catch(() => "");

function isHeld(text: string): boolean {
  const [holder = "", started = ""] = text.split(" ");
  return started !== "" && Number(holder) !== process.pid && startOf(holder) === started;
}

/** Start time of a process in ticks since boot: field 22 of /proc/PID/stat (proc(5)), counted after the name. */
function startOf(pid: string): string | undefined {
  if (!/^\d{1,10}$/.test(pid)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
