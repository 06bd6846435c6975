import type { Command } from "./command/run.ts";
import type { Family } from "./metric.ts";
import type { OneFile } from "./read_file.ts";

/** The central types: what to collect, and how to read it. Presets, flags and the configuration file all produce them. */

/** The output of a command or the content of a file, and where it comes from. */
export type Output = {
  /** The whole output, unchanged. If there are several files, each line begins with its path and a colon, as with `grep -H ""`. */
  readonly stdout: Uint8Array;
  /**
   * The command line as words, beginning with the program. Units depend on it. For a file it is the command that prints the
   * file: `cat FILE`.
   */
  readonly words: readonly string[];
  /** The exit status of the command, 0 if no process ran. The format `nagios` needs it. */
  readonly exitCode?: number;
  /** The files, if the origin reads them separately. `stdout` is empty then. */
  readonly files?: readonly OneFile[];
  /** A reader may throw an OverflowError if there are more samples. The gatherer checks the limit afterwards. */
  readonly maxSeries?: number;
  /** Logs a warning about the output. Each message of a source is logged once. */
  readonly warn?: (message: string) => void;
};

/** Parses a whole output to families. Throws a ParseError or an OverflowError. Pure except for `warn`. */
export type Read = (output: Output) => readonly Family[];

/**
 * Files that are read without a process. As in a shell, `*` in a path matches any characters within a name, and `[0-9]` a digit
 * (`/proc/[0-9]*\/status`). There are no other patterns. Files that are missing or can't be read are skipped, unless all are. A
 * single path without a pattern gives the file unchanged. Otherwise lines are prefixed as `grep -H ""` does: path, colon, line.
 */
export type Files = {
  readonly files: readonly string[] | FindFiles;
  /** Keep only lines that begin with one of these. Other lines don't count for the limit of the output. */
  readonly lines?: readonly string[];
  /** Read files separately, into the output's `files`, with those that can't be read. A pattern may match no file. */
  readonly apart?: true;
};

/** Where an output comes from: a command, or files. */
export type Origin = { readonly argv: readonly string[] } | Files;

/** Finds the files by the content of others. `read` gives the text of a file, undefined if it can't be read. */
export type FindFiles = (read: (path: string) => Promise<string | undefined>) => Promise<readonly string[]>;

/** One way to get the values of a source. */
export type Attempt = Origin & {
  readonly read: Read;
  /** The command line for the reader, if it isn't that of the origin. */
  readonly words?: readonly string[];
};

/** One thing to collect. It is made from flags, a preset or the configuration file; the gatherer doesn't know which. */
export type Source = Omit<Command, "argv"> & {
  /** Value of the label `command`. */
  readonly name: string;
  /** Tried in order until one works. That one is used from then on, and earlier ones are tried again from time to time. */
  readonly attempts: readonly Attempt[];
  /** Identifies the source in a reload: it changes if anything about the source changes. Never show it, it may contain secrets. */
  readonly identity?: string;
  /** Timeout of each run. */
  readonly timeoutMs: number;
  /** Whether its whole command line may be shown. True for presets. */
  readonly showsWords: boolean;
  /** Whether other sources may give the same series, which then take precedence. Otherwise that is an error. */
  readonly yields?: boolean;
  /** Runs in the background on this schedule. Without one, it runs when it is gathered. */
  readonly schedule?: Schedule;
  /** A run with more samples fails with `overflow`. */
  readonly maxSeries: number;
};

/** Default limit of samples of a source. Presets stay far below it on ordinary machines. */
export const DEFAULT_MAX_SERIES = 1000;

/** Default maximum age of a result, in intervals. */
export const MAX_AGE_INTERVALS = 3;

/** The interval at which a source runs in the background, and the maximum age of a result that is served. */
export type Schedule = { readonly intervalMs: number; readonly maxAgeMs: number };

/** Whether a path is a pattern (see Files). */
export function isPattern(path: string): boolean {
  return /\*|\[0-9\]/.test(path);
}

/** The command line that prints the same output as an origin. It doesn't include files that have to be found first. */
export function wordsOf(origin: Origin): readonly string[] {
  if ("argv" in origin) return origin.argv;
  const files = typeof origin.files === "function" ? [] : origin.files;
  const pattern = origin.lines ? ["-HE", `^(${origin.lines.join("|")})`] : ["-H", ""];
  const isOneFile = files.length === 1 && !isPattern(files[0] ?? "");
  return isOneFile && !origin.lines ? ["cat", ...files] : ["grep", ...pattern, ...files];
}
