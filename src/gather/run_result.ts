import type { Outcome, OutcomeName } from "../command/outcome.ts";
import type { Log } from "../log.ts";
import { type Family, sampleCount } from "../metric.ts";
import type { Read } from "../source.ts";
import { stackOf } from "../system_error.ts";
import { OverflowError, ParseError } from "../text.ts";

/** The result of one run of a source. */
export type RunResult = {
  readonly outcome: OutcomeName;
  /** The reason of a failure in one line, else empty. Without the command's stderr. */
  readonly detail: string;
  /** The command line or file, without parts that must not be shown. */
  readonly shown: readonly string[];
  readonly seconds: number;
  /** As `performance.now()`. */
  readonly endedMs: number;
  readonly exitCode: number | undefined;
  readonly stderrTail: string;
  /** The parsed output. Empty unless the outcome is `ok`. */
  readonly families: readonly Family[];
};

type Reading = {
  readonly shown: readonly string[];
  readonly words: readonly string[];
  readonly read: Read;
  readonly maxSeries: number;
  /** Takes warnings of the reader. */
  readonly warn: (message: string) => void;
  readonly log: Log;
};

/** Parses the output of a successful run, and describes other outcomes. If the reader throws, the outcome is `parse`. */
export function resultOf(outcome: Outcome, reading: Reading): RunResult {
  const common = {
    shown: reading.shown,
    seconds: outcome.seconds,
    endedMs: performance.now(),
    exitCode: outcome.kind === "exit" || outcome.kind === "ok" ? outcome.code : undefined,
    stderrTail: "stderrTail" in outcome ? outcome.stderrTail : "",
  };
  if (outcome.kind !== "ok") return { ...common, outcome: outcome.kind, detail: failureOf(outcome), families: [] };
  try {
    return { ...common, outcome: "ok", detail: "", families: familiesOf(outcome, reading) };
  } catch (error) {
    if (error instanceof OverflowError) return { ...common, outcome: "overflow", detail: error.message, families: [] };
    if (error instanceof ParseError) return { ...common, outcome: "parse", detail: error.message, families: [] };
    reading.log.error("Parser failed", { stack: stackOf(error) });
    return { ...common, outcome: "parse", detail: "internal error, see the log", families: [] };
  }
}

function familiesOf(
  { stdout, held, code, files }: Outcome & { kind: "ok" },
  { read, words, maxSeries, warn }: Reading,
) {
  if (held && stdout.at(-1) !== 0x0a) {
    throw new ParseError("output ends inside a line, and a process that outlived the command holds its pipe");
  }
  const families = read({ stdout, words, maxSeries, exitCode: code ?? 0, warn, ...(files && { files }) });
  const series = families.reduce((sum, family) => sum + sampleCount(family), 0);
  if (series > maxSeries) throw new OverflowError(maxSeries);
  return families;
}

/** Why a run failed, in one line. */
export function failureOf(outcome: Exclude<Outcome, { kind: "ok" }>): string {
  switch (outcome.kind) {
    case "timeout":
      return `did not end within ${(outcome.timeoutMs / 1000).toFixed(3)} s`;
    case "exit":
      return `exit status ${outcome.code}`;
    case "signal":
      return `killed by ${outcome.signal}`;
    case "spawn":
      return outcome.reason;
    case "overflow":
      return `${outcome.stream} has more than ${outcome.limitBytes} bytes${outcome.stream === "stdout" ? " (max_output)" : ""}`;
    case "aborted":
      return "the exporter stops";
    case "unkillable":
      return `process ${outcome.pid} was killed and does not end`;
  }
}

/** Maximum length of a line of stderr in the log. */
const ERROR_LINE_LENGTH = 200;

/** The last line of a run's stderr, shortened. Undefined if there is none. */
export function lastErrorLine({ stderrTail }: RunResult): string | undefined {
  const line = stderrTail.split("\n").at(-1) ?? "";
  if (line.length <= ERROR_LINE_LENGTH) return line === "" ? undefined : line;
  return `${line.slice(0, ERROR_LINE_LENGTH).toWellFormed()}…`;
}
