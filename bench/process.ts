import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Clock ticks in a second (sysconf(_SC_CLK_TCK)). */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** CPU time in ms of a process and its reaped children: utime, stime, cutime, cstime of proc_pid_stat(5), in steps of 10 ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, text) => sum + Number(text), 0);
  return (1000 * ticks) / TICKS;
}

/** Memory of a process in MiB, of proc_pid_smaps_rollup(5): what is in RAM, and what of it is the process' own. */
export function memoryMebibytes(pid: number): { readonly resident: number; readonly own: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  const of = (key: string) => Number(new RegExp(`^${key}: +(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { resident: of("Rss"), own: of("Private_Clean") + of("Private_Dirty") };
}
