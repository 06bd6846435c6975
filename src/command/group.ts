import { childrenOf, type ProcessRow, processRow } from "./process_table.ts";

/**
 * Sends SIGKILL to a process group. Returns whether it had any process. The leader of the group must be unreaped, or reaped only
 * just now (kill(2)).
 */
export function killGroup(leader: number): boolean {
  // kill(-1) and kill(0) would kill everything, or the exporter's own group.
  return Number.isInteger(leader) && leader > 1 && killed(-leader);
}

/**
 * The same for a group whose leader was reaped. Kills nothing if its pid was reused, which happens only after the group and
 * the session are empty.
 */
export function killRest(leader: number): boolean {
  const state = processRow(leader)?.state;
  return (state === undefined || state === "Z") && killGroup(leader);
}

/** Sends SIGKILL to one process. Returns whether it existed and could be killed. */
export function killProcess(pid: number): boolean {
  return Number.isInteger(pid) && pid > 1 && killed(pid);
}

function killed(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Whether the group has any process, including zombies. */
export function groupExists(leader: number): boolean {
  return processExists(-leader);
}

/** Whether there is a process with this number, including zombies. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Kills a process and its descendants, parents first. Returns those that were alive. */
export function killFamily(root: number): readonly ProcessRow[] {
  const killed: ProcessRow[] = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const row = processRow(pid);
    // Listed before it is killed: afterwards its children have another parent.
    const below = childrenOf(pid) ?? [];
    if (row !== undefined && row.state !== "Z" && killProcess(pid)) killed.push(row);
    waiting.push(...below);
  }
  return killed;
}
