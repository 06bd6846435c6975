import { type Stats, statSync } from "node:fs";
import { reasonOf, reasonOfCode } from "../system_error.ts";
import { createCapture, createTail } from "./capture.ts";
import type { Argv } from "./containment.ts";
import { killGroup, killRest } from "./group.ts";
import type { Usage } from "./libc.ts";

/** Why a child was killed. The name of a stream means that it exceeded its limit. */
export type Cause = "timeout" | "aborted" | "stdout" | "stderr";

/** How a child ended. */
export type Exit =
  | { readonly how: "failed"; readonly reason: string }
  | { readonly how: "code"; readonly code: number; readonly usage?: Usage }
  | { readonly how: "signal"; readonly signal: string; readonly usage?: Usage };

/** A child in its own session and process group, whose streams are read. */
export type Child = {
  /** Undefined if it could not be started. `exited` has the reason. */
  readonly pid: number | undefined;
  /** Resolves when it is reaped. */
  readonly exited: Promise<Exit>;
  /** Resolves when it is reaped and all writers of its streams have closed them. */
  readonly closed: Promise<void>;
  /** Whether `closed` has resolved or is about to. */
  readonly isClosed: () => boolean;
  /**
   * Reads what its streams have by now. After that, `isClosed` says for certain whether a process can still write to them: a busy
   * event loop may not have read the output of a command that has exited long ago.
   */
  readonly readRest: () => Promise<void>;
  /** Resolves at the first call of `end`. */
  readonly ended: Promise<Cause>;
  readonly cause: () => Cause | undefined;
  /** Kills it and its group. The first cause is kept. */
  readonly end: (cause: Cause) => void;
  readonly kill: () => void;
  /** Closes its streams. Processes that still write to them get EPIPE. */
  readonly closePipes: () => void;
  /** Allows the exporter to exit although this child is still running. */
  readonly unref: () => void;
  readonly stdout: () => Uint8Array;
  readonly stderrTail: () => string;
};

/** What to start, and the limit of its output. */
export type Start = {
  readonly argv: Argv;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly limitBytes: number;
};

/** Takes the chunks of a child's streams. A chunk is only valid until the function returns. */
export type Output = { readonly stdout: (chunk: Uint8Array) => void; readonly stderr: (chunk: Uint8Array) => void };

/** A child that was started by the runtime or the C library. */
export type Started = Pick<Child, "pid" | "exited" | "closed" | "isClosed" | "readRest" | "closePipes" | "unref"> & {
  /** Sends SIGKILL to the child only, which must not be reaped yet. */
  readonly killAlone: () => void;
};

/** Starts a child whose output goes to `output`. Returns one line if it can't be started. */
export type StartProcess = (start: Start, output: Output) => Started | string;

const STDERR_TAIL_BYTES = 8 * 1024;
/** Limit of stderr. */
export const STDERR_LIMIT_BYTES = 1024 * 1024;

/** Starts a child by `startProcess`. Returns one line if it can't be started. Never throws. */
export function startChild(startProcess: StartProcess, start: Start): Child | string {
  const { argv, environment, directory, limitBytes } = start;
  if ([argv, [directory], Object.keys(environment), Object.values(environment)].some(hasNul))
    return `${argv[0].replaceAll("\0", "\\0")}: found a NUL character in an argument or a variable, wanted none`;
  // If the directory is missing, the error of a spawn would be about the program.
  const unusable = directory === "/" ? undefined : whyNoDirectory(directory);
  if (unusable !== undefined) return unusable;
  const stdout = createCapture(limitBytes);
  const stderr = createTail(STDERR_TAIL_BYTES);
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<Cause>();
  let cause: Cause | undefined;
  const end = (why: Cause) => {
    if (cause !== undefined) return;
    cause = why;
    kill();
    if (why === "stdout" || why === "stderr") closePipes();
    resolveEnded(why);
  };
  const started = startProcess(start, {
    stdout: (chunk) => stdout.push(chunk) || end("stdout"),
    stderr: (chunk) => stderr.push(chunk) > STDERR_LIMIT_BYTES && end("stderr"),
  });
  if (typeof started === "string") return started;
  const { pid, exited, closed, isClosed, readRest, closePipes, unref, killAlone } = started;
  let reaped = false;
  exited.then(() => {
    reaped = true;
  });
  const kill = () => {
    if (pid === undefined) return;
    // The child may have left its group. Its pid is valid until it is reaped.
    if (reaped) killRest(pid);
    else if (!killGroup(pid)) killAlone();
  };
  return {
    pid,
    exited,
    closed,
    isClosed,
    readRest,
    ended,
    cause: () => cause,
    end,
    kill,
    closePipes,
    unref,
    stdout: stdout.bytes,
    stderrTail: stderr.text,
  };
}

function hasNul(words: readonly string[]): boolean {
  return words.some((word) => word.includes("\0"));
}

function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function whyNoDirectory(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? undefined : `${path}: not a directory`;
  } catch (error) {
    return `${path}: ${reasonOf(error)}`;
  }
}

/** Why a program can't be started, by the code of the error. */
export function spawnFailure(file: string, code: string): string {
  const kind = kindOf(file);
  if (kind?.isDirectory()) return `${file}: it is a directory, wanted a program`;
  if (code === "ENOENT" && kind) return `${file}: the interpreter that its first line names (#!) doesn't exist`;
  if (code === "EACCES" && kind && (kind.mode & 0o111) === 0)
    return `${file}: permission denied, wanted an executable file (chmod +x)`;
  return `${file}: ${reasonOfCode(code) ?? code}`;
}
