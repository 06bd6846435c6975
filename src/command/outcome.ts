import type { OneFile } from "../read_file.ts";

/**
 * How a run of a command ended. Output is only reachable where the command ended well:
 * a partial output can't be read by mistake. `seconds` is the time from the start to the outcome.
 */
export type Outcome =
  | {
      readonly kind: "ok";
      readonly seconds: number;
      /** The exit status: 0, or one that the command may end with. None where no command ran. */
      readonly code?: number;
      readonly stdout: Uint8Array;
      readonly stderrTail: string;
      readonly held: boolean;
      /** Files that were read each by itself. */
      readonly files?: readonly OneFile[];
    }
  | { readonly kind: "timeout"; readonly seconds: number; readonly timeoutMs: number; readonly stderrTail: string }
  | {
      readonly kind: "overflow";
      readonly seconds: number;
      readonly stream: "stdout" | "stderr";
      readonly limitBytes: number;
    }
  | { readonly kind: "aborted"; readonly seconds: number }
  | { readonly kind: "exit"; readonly seconds: number; readonly code: number; readonly stderrTail: string }
  | { readonly kind: "signal"; readonly seconds: number; readonly signal: string; readonly stderrTail: string }
  | { readonly kind: "spawn"; readonly seconds: number; readonly reason: string }
  | { readonly kind: "unkillable"; readonly seconds: number; readonly pid: number };

/** An outcome, or an output that ended well but could not be understood. */
export type OutcomeName = Outcome["kind"] | "parse";

/** Every name of an outcome, in the order in which they are exposed. */
export const OUTCOMES: readonly OutcomeName[] = [
  "ok",
  "timeout",
  "exit",
  "signal",
  "spawn",
  "overflow",
  "parse",
  "aborted",
  "unkillable",
];
