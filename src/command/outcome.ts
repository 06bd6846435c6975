import type { OneFile } from "../read_file.ts";

/**
 * The outcome of a run. Only `ok` has the output, so that a partial output can't be parsed by mistake. `seconds` is the duration of
 * the run.
 */
export type Outcome =
  | {
      readonly kind: "ok";
      readonly seconds: number;
      /** The exit status, which counts as success. Undefined if no command ran. */
      readonly code?: number;
      readonly stdout: Uint8Array;
      readonly stderrTail: string;
      readonly held: boolean;
      /** Files that were read separately. */
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

/** An outcome, or `parse` for an output that could not be parsed. */
export type OutcomeName = Outcome["kind"] | "parse";

/** All outcomes, in the order in which they are exposed. */
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
