import { spawn } from "node:child_process";
import { processRow } from "../../src/command/process_table.ts";

/** What shell lines of these tests need, and nothing of this process. */
export const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin" } as const;

/** A process that never ends by itself in the time of a test. */
export const STAY = "exec sleep 600";

/** A shell that runs a line in a session and process group of its own. */
export type Shell = {
  readonly pid: number;
  /** What it printed so far. */
  readonly said: () => string;
  readonly write: (text: string) => void;
  /** Resolves when it is reaped. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
};

/** Starts a program, by default a shell with a line, and kills its group after the use. */
export async function withShell<T>(
  line: string | readonly [string, ...string[]],
  use: (shell: Shell) => Promise<T> | T,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const [program, ...args] = typeof line === "string" ? ["/bin/sh", "-c", line] : line;
  const child = spawn(program, args, {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...ENVIRONMENT, ...environment },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start ${program}`);
  let said = "";
  child.stdin.on("error", () => {});
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  try {
    return await use({ pid, said: () => said, write: (text) => child.stdin.write(text), ended });
  } finally {
    end(-pid);
    await ended;
    child.stdin.destroy();
    child.stdout.destroy();
  }
}

/** Kills a process, or a group by its number below zero: only what a test has started. */
export function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone by itself.
  }
}

/** Whether a process lives: a zombie doesn't. */
export function lives(pid: number): boolean {
  const state = processRow(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

/** The numbers that a shell printed, one a line. */
export function numbersIn(text: string): number[] {
  return text.split("\n").filter(Boolean).map(Number);
}
