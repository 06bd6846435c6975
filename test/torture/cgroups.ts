import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../stand_in.ts";

/** `kill` stands for what version 2 alone has. */
type Controller = "freezer" | "kill" | "memory" | "pids";

/** A controller's hierarchy in which this process may make cgroups. */
type Hierarchy = { readonly root: string; readonly version: 1 | 2 };

/** Finds the hierarchy of a controller, version 1 or 2. Undefined, said in a line of its own, where it can't be used. */
export function hierarchyOf(controller: Controller): Hierarchy | undefined {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  for (const [, root = "", type, options = ""] of mounts.map((line) => line.split(" "))) {
    const version = type === "cgroup" && options.split(",").includes(controller) ? 1 : type === "cgroup2" ? 2 : 0;
    if (version !== 0 && usable(root, version, controller)) return { root, version };
  }
  console.error(`skipped: what needs a cgroup of the controller ${controller}, which can't be made here`);
  return undefined;
}

function usable(root: string, version: 1 | 2, controller: Controller): boolean {
  const trial = join(root, `memory_exporter-trial-${process.pid}`);
  try {
    mkdirSync(trial);
    return version === 1 || existsSync(join(trial, controller === "kill" ? "cgroup.kill" : `${controller}.max`));
  } catch {
    return false;
  } finally {
    if (existsSync(trial)) rmdirSync(trial);
  }
}

/** A cgroup that goes away after its use. What is in it must have ended by then. */
export async function withCgroup<T>({ root }: Hierarchy, use: (directory: string) => Promise<T>): Promise<T> {
  const directory = join(root, `memory_exporter-test-${process.pid}-${Math.random().toString(36).slice(2)}`);
  mkdirSync(directory);
  try {
    return await use(directory);
  } finally {
    await until(`${directory} to be empty`, () => membersOf(directory).length === 0);
    rmdirSync(directory);
  }
}

/** Words that put a program into a cgroup and start it. */
export function inCgroup(directory: string): readonly string[] {
  return ["/bin/sh", "-c", 'echo 0 > "$0/cgroup.procs" && exec "$@"', directory];
}

/** The processes in a cgroup. */
export function membersOf(directory: string): readonly number[] {
  return readIn(directory, "cgroup.procs").split("\n").filter(Boolean).map(Number);
}

export function setIn(directory: string, file: string, value: string | number): void {
  writeFileSync(join(directory, file), String(value));
}

export function readIn(directory: string, file: string): string {
  return readFileSync(join(directory, file), "utf8").trim();
}
