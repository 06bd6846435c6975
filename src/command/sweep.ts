import { setImmediate as nextTurn } from "node:timers/promises";
import { RUN_MARKER } from "./environment.ts";
import { killGroup, killProcess, killRest } from "./group.ts";
import { processEnvironment, processNumbers, processRow } from "./process_table.ts";

/** A run that may have left processes. */
export type Remains = {
  /** Process group and session: the pid of the command. */
  readonly leader: number;
  /** Value of the run's environment variable. */
  readonly marker: string;
  /** Whether the group was killed together with the command. Then its processes don't count as stragglers. */
  readonly groupKilled: boolean;
};

const ROWS_PER_TURN = 64;
const ROUNDS = 4;

/**
 * Kills what a run has left: its group, its session, and processes with its environment variable. Repeats this until none is found,
 * at most four times. Resolves to the number of killed processes. A process with its own session and a cleared environment isn't
 * recognized.
 */
export async function sweep(remains: Remains): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const before = killed.size;
    const killIfOwn = createKill(remains);
    // The youngest first, so that processes that fork and exit have the least time to do so.
    for (const [index, pid] of processNumbers().toReversed().entries()) {
      // Reading a process takes 20 µs: let the event loop run in between.
      if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
      if (killIfOwn(pid)) killed.add(pid);
    }
    killRest(remains.leader);
    if (killed.size === before) break;
  }
  return killed.size;
}

/** The same once and synchronously, for the exit of the program. */
export function sweepNow(remains: Remains): void {
  killGroup(remains.leader);
  processNumbers().forEach(createKill(remains));
}

/** Kills a process if it belongs to the run. Returns whether it did. */
function createKill(remains: Remains): (pid: number) => boolean {
  const oldestTicks = processRow(process.pid)?.startedTicks ?? 0;
  const variable = `${RUN_MARKER}=${remains.marker}`;
  return (pid) => {
    const row = processRow(pid);
    // Processes older than the exporter aren't its own, and zombies can't be killed.
    if (row === undefined || row.startedTicks < oldestTicks || row.state === "Z" || pid === process.pid) return false;
    if (row.group === remains.leader && remains.groupKilled) return false;
    const ours =
      row.group === remains.leader || row.session === remains.leader || processEnvironment(pid).includes(variable);
    return ours && killProcess(pid);
  };
}
