import type { Containment } from "./command/containment.ts";
import type { Family } from "./metric.ts";
import type { OneFile } from "./read_file.ts";

/** What one thing to collect is made of. Presets, flags and the configuration file all end in these types. */

/** What a command printed or a file holds, and how that was requested. */
export type Output = {
  /** Everything, byte for byte. Of several files each line has its path and a colon in front, as `grep -H ""` prints it. */
  readonly stdout: Uint8Array;
  /**
   * The words of the command line, program first; of a shell line, the words of the command that it is about. Units
   * follow from them. A file has those of the command that would print the same: `cat FILE`.
   */
  readonly words: readonly string[];
  /** How the command exited, 0 where no process ran: formats in which the exit status is a figure (`nagios`) need it. */
  readonly exitCode?: number;
  /** The files of an origin that wants each by itself; `stdout` is empty then. */
  readonly files?: readonly OneFile[];
  /** A reader that meets more samples than this may end with an OverflowError; the gatherer counts them afterwards. */
  readonly maxSeries?: number;
  /** Takes a warning about what the output can't tell. The gatherer logs each message of a source once. */
  readonly warn?: (message: string) => void;
};

/** Reads a whole output into families, or throws a ParseError or an OverflowError. Pure but for `warn`. */
export type Read = (output: Output) => readonly Family[];

/**
 * Files that are read without a process. As a shell has it, `*` in a path stands for any characters of one name and `[0-9]`
 * for a digit (`/proc/[0-9]*\/status`); other patterns are not known. Files that are missing or may not be read are passed
 * over, as long as one is left. One path without a pattern gives the file as it is, everything else its lines as
 * `grep -H ""` prints them: path, colon, line, each with a line end.
 */
export type Files = {
  readonly files: readonly string[] | FindFiles;
  /** Only the lines that begin with one of these count, for the bound of the output too. */
  readonly lines?: readonly string[];
  /** Each file by itself, in the output's `files`, those that can't be read too; a pattern may match none. */
  readonly apart?: true;
};

/** Where an output comes from: a command, or files. */
export type Origin = { readonly argv: readonly string[] } | Files;

/** Names the files after a look into others: `read` gives the text of a file, undefined where it is missing or can't be read. */
export type FindFiles = (read: (path: string) => Promise<string | undefined>) => Promise<readonly string[]>;

/** One way to get the figures of a source. */
export type Attempt = Origin & {
  readonly read: Read;
  /** The words that a reader gets, where they aren't those of the origin: of a shell line, those that it is about. */
  readonly words?: readonly string[];
};

/** One thing to collect. Built from flags, a preset or the configuration file: the gatherer doesn't know which. */
export type Source = {
  /** Value of the label `command`. */
  readonly name: string;
  /** Tried in order until one works. That one is kept while it does, and the first is tried again from time to time. */
  readonly attempts: readonly Attempt[];
  /** The same text as long as nothing about the source has changed. Not for people: it may hold secrets. */
  readonly identity?: string;
  /** What every run gets, whoever asked for it. */
  readonly timeoutMs: number;
  /** Whether people may see all words of its command lines: those of presets, and of commands that are configured so. */
  readonly showsWords: boolean;
  /** Whether it yields to others that give the same series. Where it doesn't, the same series from another one is a fault. */
  readonly yields?: boolean;
  /** Runs in the background. Without it, it runs when it is gathered. */
  readonly schedule?: Schedule;
  readonly maxOutputBytes: number;
  /** More samples fail the run with `overflow`. */
  readonly maxSeries: number;
  /** The whole environment of the command. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its commands run; `/` unless another is given. */
  readonly directory?: string;
  /** Exit statuses that are no failure; 0 alone unless others are given. */
  readonly okExitCodes?: readonly number[];
  /** What is added to the niceness of its commands. */
  readonly nice?: number;
  readonly containment?: Containment;
  readonly diesWithExporter?: boolean;
};

/** Default limit of samples of a source; presets stay far below it on ordinary machines. */
export const DEFAULT_MAX_SERIES = 1000;

/** The maximum age of a result unless another is given, in intervals. */
export const MAX_AGE_INTERVALS = 3;

/** How often a source runs in the background, and up to what age its last result is served. */
export type Schedule = { readonly intervalMs: number; readonly maxAgeMs: number };

/** The words of the command that prints what an origin gives. Files that have to be found first are not among them. */
export function wordsOf(origin: Origin): readonly string[] {
  if ("argv" in origin) return origin.argv;
  const files = typeof origin.files === "function" ? [] : origin.files;
  const pattern = origin.lines ? ["-HE", `^(${origin.lines.join("|")})`] : ["-H", ""];
  const isOneFile = files.length === 1 && !/[*[]/.test(files[0] ?? "");
  return isOneFile && !origin.lines ? ["cat", ...files] : ["grep", ...pattern, ...files];
}
