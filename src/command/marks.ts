import { RUN_MARKER } from "./environment.ts";
import type { Libc } from "./libc.ts";
import { processEnvironment, readText } from "./process_table.ts";

/** Identifies the run that a process belongs to. */
export type Marks = {
  /** Starts a process with the mark of a run. Its descendants inherit it. */
  readonly withMark: <T>(run: number, start: () => T) => T;
  /** The mark, as /proc/PID/limits shows it. */
  readonly shownOf: (run: number) => string;
  /** The run whose mark a process has. */
  readonly runOf: (pid: number) => number | undefined;
};

/** A mark consists of this, a number of the exporter and the number of the run. No other program sets such a limit. */
const MARK_BASE = 1n << 62n;
const EXPORTER_BITS = 29;
const RUN_BITS = 32n;

/**
 * Marks of one exporter. The mark is a resource limit without effect. It is inherited even if a process changes its environment,
 * group and session, and it can be read until the process is reaped (proc_pid_limits(5), getrlimit(2)). A process that has reset
 * the limit is identified by the environment variable, whose value begins with `token`.
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
