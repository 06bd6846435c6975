import type { StartProcess } from "../../src/command/child.ts";
import { type Libc, openLibc } from "../../src/command/libc.ts";
import { createLibcSpawn } from "../../src/command/libc_spawn.ts";
import { startByRuntime } from "../../src/command/runtime_spawn.ts";

/** The C library as tests of this process have it: undefined on a runtime that can't call it. */
export const LIBC: Libc | undefined = openLibc();

/** A way to start children. Each test of them holds for all. */
export type Way = { readonly name: string; readonly startProcess: StartProcess };

function libcWay(): readonly Way[] {
  if (LIBC?.spawn === undefined) return [];
  const { start, reap } = createLibcSpawn(LIBC.spawn, LIBC);
  process.on("SIGCHLD", reap);
  return [{ name: "posix_spawn", startProcess: start }];
}

export const WAYS: readonly Way[] = [{ name: "fork", startProcess: startByRuntime }, ...libcWay()];

/** With the C library and without, as far as it is there. */
export const LIBRARIES: readonly { readonly name: string; readonly libc: Libc | undefined }[] = [
  { name: "without libc", libc: undefined },
  ...(LIBC ? [{ name: "with libc", libc: LIBC }] : []),
];
