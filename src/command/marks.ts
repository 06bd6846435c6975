import { RUN_MARKER } from "./environment.ts";
import type { Libc } from "./libc.ts";
import { processEnvironment, readText } from "./process_table.ts";

/** Tells which run a process descends from. */
export type Marks = {
  /** Starts a process that carries the mark of a run, as all does that descends from it. */
  readonly withMark: <T>(run: number, start: () => T) => T;
  /** That mark, as /proc/PID/limits shows it. */
  readonly shownOf: (run: number) => string;
  /** The run whose mark a process carries. */
  readonly runOf: (pid: number) => number | undefined;
};

/** The mark of a run is this, a number of the exporter, and the number of the run. Nobody has such a limit by chance. */
const MARK_BASE = 1n << 62n;
const EXPORTER_BITS = 29;
const RUN_BITS = 32n;

/**
 * Marks of one exporter: a limit of resources that is never reached, and beside it the variable of the environment that begins
 * with `token`, for a process that set the limit back. Limits are inherited whatever a process does with its environment,
 * group and session (proc_pid_limits(5), getrlimit(2)), and can be read of one that has ended, as long as it isn't reaped.
 */
export function createMarks(libc: Libc, token: string): Marks {
  const base = MARK_BASE + (BigInt(Math.floor(Math.random() * 2 ** EXPORTER_BITS)) << RUN_BITS);
  const variable = `${RUN_MARKER}=${token}.`;
  return {
    withMark: (run, start) => libc.withMark(base + BigInt(run), start),
    shownOf: (run) => String(base + BigInt(run)),
    runOf(pid) {
      const limit = /^Max realtime timeout +(\d+)/m.exec(readText(`/proc/${pid}/limits`) ?? "")?.[1];
      const number = BigInt(limit ?? 0) - base;
      if (number > 0n && number < 1n << RUN_BITS) return Number(number);
      const marker = processEnvironment(pid).find((one) => one.startsWith(variable));
      return marker === undefined ? undefined : Number.parseInt(marker.slice(variable.length), 10);
    },
  };
}
