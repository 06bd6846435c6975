import type { Remains } from "./sweep.ts";

/** Isolation of a run by the kernel: it includes processes that leave the run's group and session or clear their environment. */
export type Containment = {
  /** The argv to start instead of the command, or an error message. `marker` identifies the run. */
  readonly wrap: (argv: Argv, marker: string) => Argv | string;
  /** Kills all processes of the run outside its process group, synchronously. */
  readonly kill: (marker: string) => void;
  /** A file by which another process can do the same, if there is one. */
  readonly killFile: (marker: string) => string | undefined;
  /** Kills all processes of the run and cleans up. Resolves to the number of processes that outlived the command. */
  readonly clear: (remains: Remains) => Promise<number>;
};

/** A program and its arguments. */
export type Argv = readonly [string, ...string[]];
