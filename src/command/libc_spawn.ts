import { Socket } from "node:net";
import { type Exit, type StartProcess, spawnFailure } from "./child.ts";
import { killProcess } from "./group.ts";
import type { Libc, Waited } from "./libc.ts";
import type { Spawn } from "./posix_spawn.ts";

/** Starts and reaps children with the C library. */
export type LibcSpawn = {
  readonly start: StartProcess;
  /** Reaps children that have exited. Call it at SIGCHLD; one signal may stand for several children. */
  readonly reap: () => void;
};

/** Buffer of one read: the default capacity of a pipe. */
const READ_BYTES = 64 * 1024;
/** Interval at which children are checked, in case a signal is lost. The timer also keeps the event loop alive. */
const REAP_AGAIN_MS = 1000;

/** A spawner without children. */
export function createLibcSpawn(spawn: Spawn, wait: Libc["wait"]): LibcSpawn {
  /** Callbacks by pid, for children that aren't reaped yet. */
  const living = new Map<number, (waited: Waited) => void>();
  const buffer = new Uint8Array(READ_BYTES);

  function reapOne(pid: number): void {
    const waited = wait(pid);
    if (waited === undefined) return;
    living.get(pid)?.(waited);
    living.delete(pid);
  }

  /** Reads a pipe until its end. */
  function read(fd: number, push: (chunk: Uint8Array) => void): Socket {
    const callback = (bytes: number) => {
      push(buffer.subarray(0, bytes));
      return true;
    };
    return new Socket({ fd, readable: true, writable: false, onread: { buffer, callback } }).on("error", () => {});
  }

  const start: StartProcess = ({ argv, environment, directory }, output) => {
    const started = spawn(argv, environment, directory);
    if (typeof started === "string") return spawnFailure(argv[0], started);
    const { pid } = started;
    const again = setInterval(reapOne, REAP_AGAIN_MS, pid);
    const exited = new Promise<Exit>((resolve) => {
      living.set(pid, ({ end, usage }) => {
        clearInterval(again);
        resolve(typeof end === "string" ? { how: "signal", signal: end, usage } : { how: "code", code: end, usage });
      });
    });
    const streams = [read(started.stdout, output.stdout), read(started.stderr, output.stderr)];
    const streamsClosed = streams.map(
      (stream) => new Promise<void>((resolve) => stream.once("close", () => resolve())),
    );
    return {
      pid,
      exited,
      closed: Promise.all([exited, ...streamsClosed]).then(() => {}),
      closePipes: () => streams.forEach((stream) => void stream.destroy()),
      unref: () => again.unref(),
      killAlone: () => killProcess(pid),
    };
  };

  return { start, reap: () => [...living.keys()].forEach(reapOne) };
}
