import { closeSync, readSync } from "node:fs";
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
/** The most that a pipe has at a time. */
const PIPE_BYTES = 1024 * 1024;
/**
 * After this time the event loop watches the pipes of a child. Most children exit earlier: then their pipes are read once, when they
 * are reaped, which takes half of the time and memory of a run. Until then a child can write as much as its pipes hold.
 */
const WATCH_MS = 100;
/** Interval at which children are checked, in case a signal is lost. The timer also keeps the event loop alive. */
const REAP_AGAIN_MS = 1000;

/** The reading end of a pipe. */
type Pipe = {
  /** Resolves when it is closed. */
  readonly closed: Promise<void>;
  readonly isClosed: () => boolean;
  /** Reads it in the event loop until its end. */
  readonly watch: () => void;
  /** Reads what it has by now, and closes it if no process can write to it any more. */
  readonly readRest: () => void;
  readonly close: () => void;
};

/** A spawner without children. */
export function createLibcSpawn(
  spawn: Spawn,
  { wait, endedChild, pollPipe }: Pick<Libc, "wait" | "endedChild" | "pollPipe">,
): LibcSpawn {
  /** Callbacks by pid, for children that aren't reaped yet. */
  const living = new Map<number, (waited: Waited) => void>();
  const buffer = new Uint8Array(READ_BYTES);

  /** Reaps a child of this spawner if it has exited. Returns whether it did. */
  function reapOne(pid: number): boolean {
    const callback = living.get(pid);
    const waited = callback && wait(pid);
    if (waited === undefined) return false;
    living.delete(pid);
    callback?.(waited);
    return true;
  }

  function openPipe(fd: number, push: (chunk: Uint8Array) => void): Pipe {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    let socket: Socket | undefined;
    let isOpen = true;
    let isClosed = false;
    const settle = () => {
      isClosed = true;
      resolve();
    };
    const take = (bytes: number) => {
      push(buffer.subarray(0, bytes));
      return true;
    };
    function watch(): void {
      if (!isOpen || socket) return;
      socket = new Socket({ fd, readable: true, writable: false, onread: { buffer, callback: take } });
      socket.on("error", () => {}).once("close", settle);
    }
    function readRest(): void {
      // Taking too much closes it, and so does a socket that has read its end.
      for (let left = PIPE_BYTES; isOpen && !socket?.destroyed; ) {
        const { hasBytes, hasWriter } = pollPipe(fd);
        if (hasWriter && (!hasBytes || left <= 0)) return;
        const bytes = hasBytes ? readSync(fd, buffer) : 0;
        if (bytes === 0) close();
        else take(bytes);
        left -= bytes;
      }
    }
    function close(): void {
      if (socket) socket.destroy();
      else if (isOpen) closeSync(fd);
      isOpen = false;
      if (!socket) settle();
    }
    return { closed, isClosed: () => isClosed || Boolean(socket?.destroyed), watch, readRest, close };
  }

  const start: StartProcess = ({ argv, environment, directory }, output) => {
    const started = spawn(argv, environment, directory);
    if (typeof started === "string") return spawnFailure(argv[0], started);
    const { pid } = started;
    const pipes = [openPipe(started.stdout, output.stdout), openPipe(started.stderr, output.stderr)];
    let isReferenced = true;
    let timer = setTimeout(() => {
      for (const pipe of pipes) pipe.watch();
      timer = setInterval(reapOne, REAP_AGAIN_MS, pid);
      if (!isReferenced) timer.unref();
    }, WATCH_MS);
    const exited = new Promise<Exit>((resolve) => {
      living.set(pid, ({ end, usage }) => {
        clearInterval(timer);
        for (const pipe of pipes) {
          pipe.readRest();
          pipe.watch();
        }
        resolve(typeof end === "string" ? { how: "signal", signal: end, usage } : { how: "code", code: end, usage });
      });
    });
    return {
      pid,
      exited,
      closed: Promise.all([exited, ...pipes.map((pipe) => pipe.closed)]).then(() => {}),
      isClosed: () => !living.has(pid) && pipes.every((pipe) => pipe.isClosed()),
      readRest: async () => pipes.forEach((pipe) => void pipe.readRest()),
      closePipes: () => pipes.forEach((pipe) => void pipe.close()),
      unref() {
        isReferenced = false;
        timer.unref();
      },
      killAlone: () => living.has(pid) && killProcess(pid),
    };
  };

  function reap(): void {
    for (let pid = endedChild(); pid; pid = endedChild()) {
      if (reapOne(pid)) continue;
      // Not a child of this spawner. It hides any of ours that have exited after it, so each one is checked.
      for (const own of [...living.keys()]) reapOne(own);
      return;
    }
  }

  return { start, reap };
}
