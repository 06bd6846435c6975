import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A folder that goes away after its use. */
export async function withFolder<T>(use: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "memory_exporter-test-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts a program into a folder: a shell script. */
export function standIn(folder: string, name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A folder with programs that are shell scripts, and an environment whose PATH has it first. */
export function withPrograms<T>(
  scripts: Readonly<Record<string, string>>,
  use: (env: { readonly PATH: string }, folder: string) => Promise<T> | T,
): Promise<T> {
  return withFolder((folder) => {
    for (const [name, script] of Object.entries(scripts)) standIn(folder, name, script);
    return use({ PATH: `${folder}:/usr/bin:/bin` }, folder);
  });
}

/** A script that prints what `free -b -w` of procps-ng 4.0.2 printed once: 25276510208 bytes in all, no swap. */
export const PRINT_FREE = `cat '${fileURLToPath(new URL("./golden/free.txt", import.meta.url))}'`;

/** The same, once the file `go` is in $HOME. */
export const PRINT_FREE_ON_GO = `until test -e "$HOME/go"; do sleep 0.05; done; ${PRINT_FREE}`;

/** So long that only what never comes is not there, however busy the machine is. */
const GUARD_MS = 180_000;

/** Waits until something holds. Fails if it hasn't for minutes: how long it took otherwise decides nothing. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = GUARD_MS): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms for: ${what}`);
    await sleep(25);
  }
}

/** Whether there is a process of this number, be it a zombie. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
