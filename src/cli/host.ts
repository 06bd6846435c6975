import type { Runner } from "../command/run.ts";

/** What the operating system gives to the program; only main.ts touches the real thing. */
export type Host = {
  /** Arguments, without program and script. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** What happens to orphaned processes: another init has them, the exporter's own does, or nobody reaps them. */
  readonly orphans: "elsewhere" | "reaped" | "left";
  /** Resolves when the text is written, or its reader went away; rejects with an OperationError if it can't be. */
  readonly writeOut: (text: string) => Promise<void>;
  readonly writeError: (line: string) => void;
  /** What comes on stdin, when it is asked for. */
  readonly input: () => AsyncIterable<Uint8Array>;
  /**
   * Resolves to the name of the first signal that asks the program to stop; before it is called, signals end it at once.
   * SIGHUP calls `reload`, if there is one, and asks for nothing else.
   */
  readonly stopped: (reload?: () => void) => Promise<string>;
  readonly runner: Runner;
  /** Why no command can be run safely here, where that is so. */
  readonly unsafe: string | undefined;
};

/** What main.ts exits with. */
export const EXIT = {
  ok: 0,
  /** Bad usage, bad configuration, or the program could not start. */
  failed: 1,
  /** A command failed, or an output could not be read. */
  notRead: 2,
} as const;
