import type { Remains } from "./sweep.ts";

/** Holds all processes that a run starts, also those that leave its group and session and clean their environment. */
export type Containment = {
  /** What to start in place of a command, or why that can't be; `marker` names the run. */
  readonly wrap: (argv: Argv, marker: string) => Argv | string;
  /** Kills all that the run holds besides its process group, at once. */
  readonly kill: (marker: string) => void;
  /** The file through which another process can do the same, if there is one. */
  readonly killFile: (marker: string) => string | undefined;
  /** Kills what the run holds and takes away what was made for it. Resolves to the number of processes that outlived it. */
  readonly clear: (remains: Remains) => Promise<number>;
};

/** A program and its arguments. */
export type Argv = readonly [string, ...string[]];
