import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { getSystemErrorName } from "node:util";
import { type Exit, type Started, type StartProcess, spawnFailure } from "./child.ts";

/** In this time the event loop reads what the streams have, if they have something. */
const QUIET_MS = 5;
/** As many quiet times in a row mean that nothing is left to read. */
const QUIET_TIMES = 3;
/** The streams of an exited child have some 200 KiB, which take fewer reads. Another process may go on writing for ever. */
const MAX_READS = 40;

/** Starts a child by the runtime. Node forks, which takes longer the more memory it uses. */
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
    // Some errors are thrown, others are emitted later.
    return reasonOf(file, error);
  }
};

function startedOf(child: ChildProcess, file: string): Started {
  let isClosed = false;
  return {
    pid: child.pid,
    exited: exitOf(child, file),
    closed: new Promise<void>((resolve) =>
      child.once("close", () => {
        isClosed = true;
        resolve();
      }),
    ),
    isClosed: () => isClosed,
    readRest: async () => {
      let reads = 0;
      const count = () => {
        reads += 1;
        quiet = 0;
      };
      let quiet = 0;
      const streams = [child.stdout, child.stderr];
      for (const stream of streams) stream?.on("data", count);
      for (; quiet < QUIET_TIMES && reads < MAX_READS && !isClosed; quiet += 1) await sleep(QUIET_MS);
      for (const stream of streams) stream?.off("data", count);
    },
    closePipes: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    unref() {
      try {
        child.unref();
      } catch {
        // Deno throws if the child has exited meanwhile.
      }
    },
    killAlone: () => child.kill("SIGKILL"),
  };
}

function exitOf(child: ChildProcess, file: string): Promise<Exit> {
  return new Promise((resolve) => {
    // If there is a pid, the error is that of a failed kill, and the exit event follows.
    child.on("error", (error) => child.pid === undefined && resolve({ how: "failed", reason: reasonOf(file, error) }));
    child.once("exit", (code, signal) =>
      resolve(signal ? { how: "signal", signal } : { how: "code", code: code ?? -1 }),
    );
  });
}

function reasonOf(file: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  // Deno has codes for some errors only.
  const number = /\(os error (\d+)\)/.exec(message)?.[1];
  const name = code ?? (number && getSystemErrorName(-Number(number)));
  return name ? spawnFailure(file, name) : message;
}
