import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "../system_error.ts";
import type { Containment } from "./containment.ts";
import { processRow } from "./process_table.ts";

/** The command moves itself into the cgroup before it is executed, so that all its processes are in it. */
const ENTER = ["/bin/sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"'] as const;
const PREFIX = "memory_exporter-";
/** Waits for killed processes: 1 + 2 + 4 + … ms. */
const WAITS_MS = [0, 1, 2, 4, 8, 16, 32, 64, 128] as const;

/**
 * A cgroup for each run, below the exporter's own in the version 2 hierarchy, killed by `cgroup.kill` (Linux 5.14 and later;
 * Documentation/admin-guide/cgroup-v2.rst). Returns one line if that isn't possible here.
 */
export function controlGroups(): Containment | string {
  const own = ownDirectory();
  if (own === undefined) return "the cgroup v2 hierarchy is not mounted";
  const parent = join(own, `${PREFIX}${process.pid}`);
  const reason = testSupport(parent);
  if (reason !== undefined) return reason;
  removeAbandoned(own);
  /** Directories that could not be removed yet, since they weren't empty. */
  const stale = new Set<string>();
  const killFile = (marker: string) => join(parent, marker, "cgroup.kill");
  return {
    wrap(argv, marker) {
      const directory = join(parent, marker);
      try {
        makeBelow(parent, marker);
        return [...ENTER, directory, ...argv];
      } catch (error) {
        return `cannot create ${directory}: ${reasonOf(error)}`;
      }
    },
    kill: (marker) => kill(killFile(marker)),
    killFile,
    async clear({ marker, leader, groupKilled }) {
      const directory = join(parent, marker);
      const left = membersOf(directory).filter((pid) => !groupKilled || processRow(pid)?.group !== leader);
      kill(killFile(marker));
      await emptied(directory);
      stale.add(directory);
      for (const one of stale) if (removed(one)) stale.delete(one);
      removed(parent);
      return left.length;
    },
  };
}

/** The directory of the exporter's own cgroup. Undefined if it isn't visible. */
function ownDirectory(): string | undefined {
  try {
    const own = /^0::(\/.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    const [, , , root = "/", mounted] = mounts.find((line) => line.includes(" - cgroup2 "))?.split(" ") ?? [];
    if (own === undefined || mounted === undefined || own.startsWith("/..")) return undefined;
    // In a container, the mount may show a part of the hierarchy only.
    return join(mounted, root !== "/" && own.startsWith(root) ? own.slice(root.length) : own);
  } catch {
    return undefined;
  }
}

/** Not recursively, since then the error would be misleading. */
function makeBelow(parent: string, name: string): void {
  if (!existsSync(parent)) mkdirSync(parent);
  mkdirSync(join(parent, name));
}

/** Tests it. Returns why it doesn't work in one line, or undefined. */
function testSupport(parent: string): string | undefined {
  const trial = join(parent, "trial");
  try {
    makeBelow(parent, "trial");
    if (!existsSync(join(trial, "cgroup.kill"))) return `${trial} has no cgroup.kill, which needs Linux 5.14`;
    const [shell, ...words] = ENTER;
    const { status, stderr } = spawnSync(shell, [...words, trial, "/bin/sh", "-c", ":"], {
      cwd: "/",
      encoding: "utf8",
    });
    return status === 0 ? undefined : `a process can't enter ${trial}: ${stderr?.trim()}`;
  } catch (error) {
    return `cannot create ${trial}: ${reasonOf(error)}`;
  } finally {
    removed(trial);
    removed(parent);
  }
}

/** Removes empty cgroups of exporters that were killed. Another exporter may do the same at the same time. */
function removeAbandoned(own: string): void {
  for (const name of directoriesIn(own).filter((one) => one.startsWith(PREFIX))) {
    if (existsSync(`/proc/${name.slice(PREFIX.length)}`)) continue;
    for (const run of directoriesIn(join(own, name))) removed(join(own, name, run));
    removed(join(own, name));
  }
}

function directoriesIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function membersOf(directory: string): readonly number[] {
  try {
    return readFileSync(join(directory, "cgroup.procs"), "latin1").trim().split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function kill(file: string): void {
  try {
    writeFileSync(file, "1");
  } catch {
    // It was removed already.
  }
}

async function emptied(directory: string): Promise<void> {
  for (const ms of WAITS_MS) {
    if (ms > 0) await sleep(ms);
    if (!isPopulated(directory)) return;
  }
}

function isPopulated(directory: string): boolean {
  try {
    return /^populated 1$/m.test(readFileSync(join(directory, "cgroup.events"), "latin1"));
  } catch {
    return false;
  }
}

/** Removes a cgroup if it is empty. Returns whether it is gone. */
function removed(directory: string): boolean {
  try {
    rmdirSync(directory);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
  return true;
}
