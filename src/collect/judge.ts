import type { Outcome, Verdict } from "../command/outcome.ts";
import type { Log } from "../log.ts";
import type { Family } from "../metric.ts";
import type { Read } from "../presets/preset.ts";
import { ParseError, quote } from "../text.ts";

/** How a run of a task ended, and what it gave. People may see it: its words are without secrets. */
export type Ended = {
  readonly verdict: Verdict;
  /** One line for people: why it failed; empty if it didn't. */
  readonly detail: string;
  readonly argv: readonly string[];
  readonly seconds: number;
  /** Deadline that the run had. */
  readonly timeoutMs: number;
  /** On the clock of `performance.now()`. */
  readonly endedMs: number;
  readonly exitCode: number | undefined;
  readonly stderrTail: string;
  /** What was read; none unless the verdict is `ok`. */
  readonly families: readonly Family[];
};

type Reading = {
  /** The command line as people may see it. */
  readonly argv: readonly string[];
  /** Takes secrets out of what the command said. */
  readonly redact: (text: string) => string;
  readonly words: readonly string[];
  readonly version: string | undefined;
  readonly timeoutMs: number;
  readonly read: Read;
  readonly log: Log;
};

/** Reads an output that ended well, and puts every other outcome into words. A reader that throws makes it `parse`. */
export function judge(outcome: Outcome, reading: Reading): Ended {
  const stderrTail = reading.redact("stderrTail" in outcome ? outcome.stderrTail : "");
  const common = {
    argv: reading.argv,
    seconds: outcome.seconds,
    timeoutMs: reading.timeoutMs,
    endedMs: performance.now(),
    exitCode: outcome.kind === "exit" ? outcome.code : outcome.kind === "ok" ? 0 : undefined,
    stderrTail,
  };
  if (outcome.kind !== "ok") {
    return { ...common, verdict: outcome.kind, detail: reading.redact(failure(outcome, stderrTail)), families: [] };
  }
  try {
    if (outcome.held && outcome.stdout.at(-1) !== 0x0a) {
      throw new ParseError("output ends inside a line, and a process that outlived the command holds its pipe");
    }
    const { words, version } = reading;
    const families = reading.read({ stdout: outcome.stdout, words, ...(version !== undefined && { version }) });
    return { ...common, verdict: "ok", detail: "", families };
  } catch (error) {
    if (!(error instanceof ParseError)) reading.log.error("Parser failed", { stack: stackOf(error) });
    const detail = error instanceof ParseError ? reading.redact(error.message) : "internal error, see the log";
    return { ...common, verdict: "parse", detail, families: [] };
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function failure(outcome: Exclude<Outcome, { kind: "ok" }>, stderrTail: string): string {
  switch (outcome.kind) {
    case "timeout":
      return `did not end within ${(outcome.timeoutMs / 1000).toFixed(3)} s${said(stderrTail)}`;
    case "exit":
      return `exit status ${outcome.code}${said(stderrTail)}`;
    case "signal":
      return `killed by ${outcome.signal}${said(stderrTail)}`;
    case "spawn":
      return outcome.reason;
    case "overflow":
      return `wrote more than ${outcome.limitBytes} bytes to ${outcome.stream}`;
    case "aborted":
      return "the exporter stops";
    case "unkillable":
      return `process ${outcome.pid} was killed and does not end`;
  }
}

function said(stderrTail: string): string {
  const lastLine = stderrTail.split("\n").at(-1) ?? "";
  return lastLine === "" ? "" : `, stderr ends in ${quote(lastLine)}`;
}
