import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { createCapture, createTail } from "./capture.ts";
import type { Argv } from "./contain.ts";
import { killGroup } from "./group.ts";

/** Why a child was killed before it ended by itself; the name of a stream stands for too much of it. */
export type Cause = "timeout" | "aborted" | "stdout" | "stderr";

/** How a child ended. */
export type Exit =
  | { readonly how: "failed"; readonly reason: string }
  | { readonly how: "code"; readonly code: number }
  | { readonly how: "signal"; readonly signal: string };

/** A child in a session and process group of its own, with its streams being read. */
export type Child = {
  /** None if it could not be started: `exited` then says why. */
  readonly pid: number | undefined;
  /** Resolves when it is reaped. */
  readonly exited: Promise<Exit>;
  /** Resolves when it is reaped and nobody writes to its streams any more. */
  readonly closed: Promise<void>;
  /** Resolves at the first `end`. */
  readonly ended: Promise<Cause>;
  readonly cause: () => Cause | undefined;
  /** Kills it and its group; the first cause stands. */
  readonly end: (cause: Cause) => void;
  readonly kill: () => void;
  /** Stops reading. Whoever still writes gets EPIPE. */
  readonly letGo: () => void;
  /** Lets the exporter end though this child has not. */
  readonly unref: () => void;
  readonly stdout: () => Uint8Array;
  readonly stderrTail: () => string;
};

const STDERR_TAIL_BYTES = 8 * 1024;
/** How much a command may complain. */
export const STDERR_LIMIT_BYTES = 1024 * 1024;

type Start = {
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly limitBytes: number;
};

/** Starts a child, or says why there is none: some faults throw, others come as an event later. Never throws. */
export function startChild([file, ...rest]: Argv, { environment, directory, limitBytes }: Start): Child | string {
  try {
    // Where the directory is missing, a spawn says that the program is.
    if (directory !== "/" && !statSync(directory).isDirectory()) return `${directory}: not a directory`;
    return watch(
      spawn(file, rest, { detached: true, stdio: ["ignore", "pipe", "pipe"], cwd: directory, env: { ...environment } }),
      limitBytes,
    );
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function watch(child: ChildProcess, limitBytes: number): Child {
  const stop = new AbortController();
  const end = (cause: Cause) => stop.abort(cause);
  const letGo = () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const kill = () => {
    // Without a group there (the child changed it) its own pid is still exact: it is unreaped.
    if (child.pid !== undefined && !killGroup(child.pid)) child.kill("SIGKILL");
  };
  const ended = new Promise<Cause>((resolve) => {
    stop.signal.addEventListener("abort", () => {
      kill();
      if (stop.signal.reason === "stdout" || stop.signal.reason === "stderr") letGo();
      resolve(stop.signal.reason);
    });
  });
  const stdout = createCapture(limitBytes);
  const stderr = createTail(STDERR_TAIL_BYTES);
  child.stdout?.on("data", (chunk: Uint8Array) => stdout.push(chunk) || end("stdout"));
  child.stderr?.on("data", (chunk: Uint8Array) => stderr.push(chunk) > STDERR_LIMIT_BYTES && end("stderr"));
  for (const stream of [child.stdout, child.stderr]) stream?.on("error", () => {});
  return {
    pid: child.pid,
    exited: exitOf(child),
    closed: new Promise<void>((resolve) => child.once("close", () => resolve())),
    ended,
    cause: () => (stop.signal.aborted ? (stop.signal.reason as Cause) : undefined),
    end,
    kill,
    letGo,
    unref: () => child.unref(),
    stdout: stdout.bytes,
    stderrTail: stderr.text,
  };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    // With a pid there, an error is a failed kill: the exit is still to come.
    child.on("error", (error) => child.pid === undefined && resolve({ how: "failed", reason: reasonOf(error) }));
    child.once("exit", (code, signal) =>
      resolve(signal ? { how: "signal", signal } : { how: "code", code: code ?? -1 }),
    );
  });
}
