import { type Stats, statSync } from "node:fs";
import { reasonOf, reasonOfCode } from "../system_error.ts";
import { createCapture, createTail } from "./capture.ts";
import type { Argv } from "./containment.ts";
import { killGroup, killRest } from "./group.ts";
import type { Usage } from "./libc.ts";

/** Why a child was killed before it ended by itself; the name of a stream stands for too much of it. */
export type Cause = "timeout" | "aborted" | "stdout" | "stderr";

/** How a child ended. */
export type Exit =
  | { readonly how: "failed"; readonly reason: string }
  | { readonly how: "code"; readonly code: number; readonly usage?: Usage }
  | { readonly how: "signal"; readonly signal: string; readonly usage?: Usage };

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

/** What to start, and how much it may print. */
export type Start = {
  readonly argv: Argv;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly limitBytes: number;
};

/** Takes what comes from the streams of a child. The chunk of a stream is only valid until it returns. */
export type Output = { readonly stdout: (chunk: Uint8Array) => void; readonly stderr: (chunk: Uint8Array) => void };

/** A child as the runtime or the C library has started it. */
export type Started = Pick<Child, "pid" | "exited" | "closed" | "letGo" | "unref"> & {
  /** Sends SIGKILL to it alone, which must not have been reaped. */
  readonly killAlone: () => void;
};

/** A way to start a child whose output goes to `output`, or one line that says why there is none. */
export type StartProcess = (start: Start, output: Output) => Started | string;

const STDERR_TAIL_BYTES = 8 * 1024;
/** How much a command may complain. */
export const STDERR_LIMIT_BYTES = 1024 * 1024;

/** Starts a child in some way, or says why there is none. Never throws. */
export function startChild(startProcess: StartProcess, start: Start): Child | string {
  const { argv, environment, directory, limitBytes } = start;
  const words = [...argv, directory, ...Object.entries(environment).flat()];
  if (words.some((word) => word.includes("\0")))
    return `${argv[0].replaceAll("\0", "\\0")}: found a NUL character in an argument or a variable, wanted none`;
  // Where the directory is missing, a spawn says that the program is.
  const unusable = directory === "/" ? undefined : whyNoDirectory(directory);
  if (unusable !== undefined) return unusable;
  const stdout = createCapture(limitBytes);
  const stderr = createTail(STDERR_TAIL_BYTES);
  const stop = new AbortController();
  const end = (cause: Cause) => stop.abort(cause);
  const started = startProcess(start, {
    stdout: (chunk) => stdout.push(chunk) || end("stdout"),
    stderr: (chunk) => stderr.push(chunk) > STDERR_LIMIT_BYTES && end("stderr"),
  });
  if (typeof started === "string") return started;
  const { pid, exited, closed, letGo, unref, killAlone } = started;
  let reaped = false;
  exited.then(() => {
    reaped = true;
  });
  const kill = () => {
    if (pid === undefined) return;
    // Without a group there (the child changed it) its own pid is still exact until it is reaped.
    if (reaped) killRest(pid);
    else if (!killGroup(pid)) killAlone();
  };
  const ended = new Promise<Cause>((resolve) => {
    stop.signal.addEventListener("abort", () => {
      kill();
      if (stop.signal.reason === "stdout" || stop.signal.reason === "stderr") letGo();
      resolve(stop.signal.reason);
    });
  });
  const cause = () => (stop.signal.aborted ? (stop.signal.reason as Cause) : undefined);
  return { pid, exited, closed, ended, cause, end, kill, letGo, unref, stdout: stdout.bytes, stderrTail: stderr.text };
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

/** Why a program can't be started, by the code of the error, whichever way it was tried. */
export function spawnFailure(file: string, code: string): string {
  const kind = kindOf(file);
  if (kind?.isDirectory()) return `${file}: it is a directory, wanted a program`;
  if (code === "ENOENT" && kind) return `${file}: the interpreter that its first line names (#!) doesn't exist`;
  if (code === "EACCES" && kind && (kind.mode & 0o111) === 0)
    return `${file}: permission denied, wanted an executable file (chmod +x)`;
  return `${file}: ${reasonOfCode(code) ?? code}`;
}
