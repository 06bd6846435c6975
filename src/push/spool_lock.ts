import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Takes a spool for this process; what is returned gives it back. A lock of a process that is no more is taken over: it is
 * told by its number and the time of its start (Linux).
 * @throws Error where another process has it.
 */
export function lockSpool(directory: string): () => void {
  const path = join(directory, "lock");
  const [holder = "", started = ""] = readLock(path).split(" ");
  if (started !== "" && Number(holder) !== process.pid && startOf(holder) === started) {
    throw new Error(`${directory} is in use by process ${holder}, wanted a directory of its own for each exporter`);
  }
  writeFileSync(path, `${process.pid} ${startOf(String(process.pid)) ?? ""}`, { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

function readLock(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** When a process was started, in ticks since the boot: field 22 of /proc/PID/stat, counted behind the name (proc(5)). */
function startOf(pid: string): string | undefined {
  if (!/^\d{1,10}$/.test(pid)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
