import { Socket } from "node:net";
import { type Exit, type StartProcess, spawnFailure } from "./child.ts";
import { killProcess } from "./group.ts";
import type { Libc, Waited } from "./libc.ts";
import type { Spawn } from "./posix_spawn.ts";

/** Starts children by the C library, and reaps them. */
export type LibcSpawn = {
  readonly start: StartProcess;
  /** Reaps those of them that have ended: to be called at SIGCHLD, which may stand for several. */
  readonly reap: () => void;
};

/** What one read takes at most: as much as a pipe holds. */
const READ_BYTES = 64 * 1024;
/** Should a signal get lost, the end of a child is noticed so much later. The timer also keeps the program from ending. */
const REAP_AGAIN_MS = 1000;

/** No children yet. */
export function createLibcSpawn(spawn: Spawn, wait: Libc["wait"]): LibcSpawn {
  /** What to do with the end of each child that is not reaped yet. */
  const living = new Map<number, (waited: Waited) => void>();
  const buffer = new Uint8Array(READ_BYTES);

  function reapOne(pid: number): void {
    const waited = wait(pid);
    if (waited === undefined) return;
    living.get(pid)?.(waited);
    living.delete(pid);
  }

  /** Reads a pipe to its end. */
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
