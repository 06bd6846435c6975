import { type ChildProcess, spawn } from "node:child_process";
import { getSystemErrorName } from "node:util";
import { type Exit, type Started, type StartProcess, spawnFailure } from "./child.ts";

/** Starts a child by the runtime: Node forks itself, which takes longer the more memory it has. */
export const startByRuntime: StartProcess = ({ argv, environment, directory }, output) => {
  const [file, ...rest] = argv;
  try {
    const child = spawn(file, rest, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      cwd: directory,
      env: { ...environment },
    });
    child.stdout?.on("data", output.stdout);
    child.stderr?.on("data", output.stderr);
    for (const stream of [child.stdout, child.stderr]) stream?.on("error", () => {});
    return startedOf(child, file);
  } catch (error) {
    // Some faults throw, others come as an event later.
    return reasonOf(file, error);
  }
};

function startedOf(child: ChildProcess, file: string): Started {
  return {
    pid: child.pid,
    exited: exitOf(child, file),
    closed: new Promise<void>((resolve) => child.once("close", () => resolve())),
    letGo: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    unref() {
      try {
        child.unref();
      } catch {
        // Deno throws for a child that has ended meanwhile: there is nothing left to wait for.
      }
    },
    killAlone: () => child.kill("SIGKILL"),
  };
}

function exitOf(child: ChildProcess, file: string): Promise<Exit> {
  return new Promise((resolve) => {
    // With a pid there, an error is a failed kill: the exit is still to come.
    child.on("error", (error) => child.pid === undefined && resolve({ how: "failed", reason: reasonOf(file, error) }));
    child.once("exit", (code, signal) =>
      resolve(signal ? { how: "signal", signal } : { how: "code", code: code ?? -1 }),
    );
  });
}

function reasonOf(file: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  // Deno has names for some errors only.
  const number = /\(os error (\d+)\)/.exec(message)?.[1];
  const name = code ?? (number && getSystemErrorName(-Number(number)));
  return name ? spawnFailure(file, name) : message;
}
