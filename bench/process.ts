import { readFileSync } from "node:fs";

/** A clock tick of /proc (USER_HZ), on all machines that Node supports. */
const TICK_MS = 10;

/** CPU time in ms of a process and its reaped children: utime, stime, cutime, cstime of proc_pid_stat(5), in steps of 10 ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, text) => sum + TICK_MS * Number(text), 0);
}

/** Resident and private memory of a process in MiB (proc_pid_smaps_rollup(5)). */
export function memoryMebibytes(pid: number): { readonly resident: number; readonly own: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  const of = (key: string) => Number(new RegExp(`^${key}: +(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { resident: of("Rss"), own: of("Private_Clean") + of("Private_Dirty") };
}
