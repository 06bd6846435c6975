import { setImmediate as nextTurn } from "node:timers/promises";
import { RUN_MARKER } from "./environment.ts";
import { killGroup, killProcess, killRest } from "./group.ts";
import { processEnvironment, processNumbers, processRow } from "./process_table.ts";

/** What is known of a run of which something may be left. */
export type Remains = {
  /** Number of the process group and session: the pid of the command. */
  readonly leader: number;
  /** Value of the run's marker in the environment. */
  readonly marker: string;
  /** Whether the group was killed as the command was: its members then didn't outlive it. */
  readonly groupKilled: boolean;
};

const ROWS_PER_TURN = 64;
const ROUNDS = 4;

/**
 * Kills what a run left behind: the rest of its group, processes of its session, and those that carry its marker in their
 * environment. Looks again as long as it finds some, four times at most. Resolves to the number that was killed.
 * A process with a session of its own and a cleaned environment can't be told from a stranger and is left.
 */
export async function sweep(remains: Remains): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const before = killed.size;
    const look = createLook(remains);
    // The youngest first: what forks and ends has the least time to do so.
    for (const [index, pid] of processNumbers().toReversed().entries()) {
      // A look takes 20 µs a process: other requests get their turn in between.
      if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
      if (look(pid)) killed.add(pid);
    }
    killRest(remains.leader);
    if (killed.size === before) break;
  }
  return killed.size;
}

/** The same in one go and once, for a program that ends. */
export function sweepNow(remains: Remains): void {
  killGroup(remains.leader);
  processNumbers().forEach(createLook(remains));
}

/** Looks at one process, and kills it at once if it belongs to the run. True if it did. */
function createLook(remains: Remains): (pid: number) => boolean {
  const oldestTicks = processRow(process.pid)?.startedTicks ?? 0;
  const variable = `${RUN_MARKER}=${remains.marker}`;
  return (pid) => {
    const row = processRow(pid);
    // What is older than the exporter was not started by it; a zombie can't be killed.
    if (row === undefined || row.startedTicks < oldestTicks || row.state === "Z" || pid === process.pid) return false;
    if (row.group === remains.leader && remains.groupKilled) return false;
    const ours =
      row.group === remains.leader || row.session === remains.leader || processEnvironment(pid).includes(variable);
    return ours && killProcess(pid);
  };
}
