import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What can be seen of processes from outside: for finding what should not be there. */

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function processes(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function fieldsOf(pid: number): readonly string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Whether a process is there and no zombie: how soon that is reaped is up to its parent. */
export function lives(pid: number): boolean {
  return /^[^ZX]$/.test(fieldsOf(pid)[0] ?? "");
}

/** One line for people. */
export type Seen = { readonly pid: number; readonly state: string; readonly line: string };

/** The processes that carry a mark in their environment or arguments, but for those of some numbers. */
export function marked(mark: string, but: readonly number[]): Seen[] {
  return processes()
    .filter((pid) => pid !== process.pid && !but.includes(pid))
    .map((pid) => ({ pid, line: read(`/proc/${pid}/cmdline`), environment: read(`/proc/${pid}/environ`) }))
    .filter(({ line, environment }) => line.includes(mark) || environment.includes(mark))
    .map(({ pid, line }) => ({ pid, state: fieldsOf(pid)[0] ?? "", line: line.replaceAll("\0", " ").trim() }));
}

const KILL_ROUNDS = 20;

/** Kills what carries a mark: only what a test has started. Looks again as long as it finds some. */
export function killMarked(mark: string, but: readonly number[] = []): void {
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const living = marked(mark, but).filter(({ state }) => state !== "Z");
    if (living.length === 0) return;
    for (const { pid } of living) killOne(pid);
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone by itself.
  }
}

/** The children of a process, zombies too. */
export function childrenOf(parent: number): Seen[] {
  return processes()
    .filter((pid) => Number(fieldsOf(pid)[1]) === parent)
    .map((pid) => ({ pid, state: fieldsOf(pid)[0] ?? "", line: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ") }));
}

/** The zombies among the children of a process. */
export function zombiesOf(parent: number): Seen[] {
  return childrenOf(parent).filter(({ state }) => state === "Z");
}

/** The zombies of the PID namespace that a process is in. */
export function zombiesAround(pid: number): number[] {
  const namespace = linkOf(pid);
  return processes().filter((one) => fieldsOf(one)[0] === "Z" && linkOf(one) === namespace);
}

function linkOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

/** What a process holds. */
export type Holding = { readonly descriptors: number; readonly threads: number; readonly residentBytes: number };

export function holdingOf(pid: number): Holding {
  const status = read(`/proc/${pid}/status`);
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: figure("Threads"),
    residentBytes: figure("VmRSS") * 1024,
  };
}
