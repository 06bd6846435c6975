import type { Usage } from "../../src/command/libc.ts";
import type { Outcome } from "../../src/command/outcome.ts";
import type { Command, Runner } from "../../src/command/run.ts";
import { createGatherer, type Gatherer } from "../../src/gather/gatherer.ts";
import { createSelfMetrics } from "../../src/gather/self_metrics.ts";
import type { Log, LogFields } from "../../src/log.ts";
import { family } from "../../src/metric.ts";
import type { Read, Source } from "../../src/source.ts";
import { ParseError } from "../../src/text.ts";
import { buildInfo } from "../../src/version.ts";

/** A run that ended well. */
export function printed(text: string): Outcome {
  return { kind: "ok", seconds: 0.01, code: 0, stdout: new TextEncoder().encode(text), stderrTail: "", held: false };
}

export const EXIT_3: Outcome = { kind: "exit", seconds: 0.02, code: 3, stderrTail: "no luck" };
export const ABORTED: Outcome = { kind: "aborted", seconds: 0.5 };

/** A run that takes as long as the test wants. */
export type Pending = { readonly end: (outcome: Outcome) => void; readonly release: (stragglers: number) => void };

type Fake = {
  readonly runner: Runner;
  /** Command lines that were started, in order. */
  readonly started: string[];
  /** Command lines that were aborted, in order. */
  readonly aborted: string[];
  readonly commands: { readonly command: Command; readonly deadlineMs: number }[];
  /** Runs that wait for their end, in order. */
  readonly pending: Pending[];
};

/** A runner that starts nothing: `decide` tells how a command line ends, at once, or else the test does by `pending`. */
export function fakeRunner(decide: (line: string) => Outcome | undefined, used?: Usage): Fake {
  const runner: Runner = { start, killAll: () => {}, reap: () => {}, spawnMethod: "fork", adopts: false };
  const fake: Fake = { runner, started: [], aborted: [], commands: [], pending: [] };
  function start(command: Command, deadlineMs: number): ReturnType<Runner["start"]> {
    const line = command.argv.join(" ");
    fake.started.push(line);
    fake.commands.push({ command, deadlineMs });
    const outcome = decide(line);
    const usage = () => used;
    if (outcome) return { outcome: Promise.resolve(outcome), released: Promise.resolve(0), usage, abort: () => {} };
    const ended = Promise.withResolvers<Outcome>();
    const released = Promise.withResolvers<number>();
    fake.pending.push({ end: ended.resolve, release: released.resolve });
    const abort = () => {
      fake.aborted.push(line);
      ended.resolve(ABORTED);
      released.resolve(0);
    };
    return { outcome: ended.promise, released: released.promise, usage, abort };
  }
  return fake;
}

/** A log that keeps its lines: `info Message {"key":"value"}`. */
export function fakeLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string, fields?: LogFields) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  return { log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }, lines };
}

/** Reads the number that a command printed. */
export const readNumber: Read = ({ stdout }) => {
  const text = new TextDecoder().decode(stdout);
  if (!/^\d+\n$/.test(text)) throw new ParseError(`found ${text.trim()}, wanted a number`, 1);
  return [family({ name: "memory_total_bytes", help: "Total.", type: "gauge" }, [[{}, Number(text)]])];
};

/** A source whose attempts are programs that are named by absolute paths. */
export function sourceOf(...lines: readonly string[]): Source {
  return {
    name: "free",
    attempts: lines.map((line) => ({ argv: line.split(" "), read: readNumber })),
    timeoutMs: 5000,
    maxOutputBytes: 1000,
    maxSeries: 100,
    environment: { PATH: "/nonexistent" },
    showsWords: true,
    yields: true,
  };
}

/** A gatherer of some sources that tells nothing of the exporter but its build. */
export function gathererOf(sources: readonly Source[], runner: Runner): Gatherer {
  const self = createSelfMetrics({ level: "none", info: buildInfo(), isPid1: false, spawnMethod: "fork" });
  return createGatherer({ sources, namespace: "memory", runner, log: fakeLog().log, self });
}
