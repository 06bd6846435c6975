import type { OutcomeName } from "../command/outcome.ts";
import type { Runner } from "../command/run.ts";
import type { Log } from "../log.ts";
import { type Attempt, type Source, wordsOf } from "../source.ts";
import { within } from "../within.ts";
import { createAttemptRunner, type Totals } from "./attempt_runner.ts";
import { lastErrorLine, type RunResult, resultOf } from "./run_result.ts";
import { brief, shownWords } from "./shown.ts";
import type { Slots } from "./slots.ts";

/** How a run ended, and when. */
export type Ended = Pick<RunResult, "outcome" | "seconds" | "endedMs">;

/** Records about all runs of a source. */
export type SourceRecord = Totals & {
  readonly last: RunResult | undefined;
  /** The latest failed runs, most recent first. */
  readonly failures: readonly RunResult[];
  /** The ends of the latest runs, most recent last. */
  readonly recent: readonly Ended[];
  /** When the first of the runs ended that have failed since the last success, on the clock of `performance.now()`. */
  readonly failingSinceMs: number | undefined;
  readonly outcomes: ReadonlyMap<OutcomeName, number>;
  /** Seconds since the epoch. */
  readonly lastSuccessSeconds: number | undefined;
};

/** Runs one source, never twice at a time. */
export type SourceRunner = {
  readonly source: Source;
  /** The current run, or a new one with the source's timeout. Never rejects. */
  readonly run: () => Promise<RunResult>;
  /** Start of the current run, as `performance.now()`. Undefined if there is none. */
  readonly runningSinceMs: () => number | undefined;
  readonly record: () => SourceRecord;
  /** Resolves when nothing is running and nothing is left of earlier runs. */
  readonly idle: () => Promise<unknown>;
  /** Ends the current run and allows no other. Resolves when nothing is left of it, or after a time limit. */
  readonly stop: () => Promise<void>;
};

/** Outcomes after which the next attempt is tried. After a timeout there is no time left. */
const TRY_ANOTHER: ReadonlySet<OutcomeName> = new Set<OutcomeName>(["spawn", "exit", "signal", "parse", "overflow"]);
/** Number of failed runs that are kept. */
const FAILURES = 20;
/** Number of runs whose end is kept. */
export const RECENT = 30;
/** Maximum number of different warnings of a source in the log. */
const WARNINGS = 20;
/** How long a stop waits for processes that are left. */
const RELEASE_MS = 1000;
/** Interval at which the attempts before the used one are tried again. */
export const RETRY_MS = 60_000;

/** What runs need besides their source. */
export type Context = {
  readonly runner: Runner;
  readonly log: Log;
  /** The limit of simultaneous runs. The timeout begins when a run gets its place and nothing is left of the one before. */
  readonly slots?: Slots;
  readonly retryMs?: number;
};

/** Makes a runner for one source. Failures are logged when they change. */
export function createSourceRunner(source: Source, { runner, log, slots, retryMs = RETRY_MS }: Context): SourceRunner {
  const { attempts, timeoutMs } = source;
  const attemptRunner = createAttemptRunner(source, runner);
  const outcomes = new Map<OutcomeName, number>();
  /** Index of the attempt in use, which is tried first. */
  let used = 0;
  /** When an attempt before the used one was passed over or failed last. */
  let fellBackMs = 0;
  let running: { readonly result: Promise<RunResult>; readonly sinceMs: number } | undefined;
  let retry: Promise<unknown> | undefined;
  let last: RunResult | undefined;
  /** The result of the latest attempt, also of one in the background. */
  let latest: RunResult | undefined;
  let failures: readonly RunResult[] = [];
  const recent: Ended[] = [];
  let failingSinceMs: number | undefined;
  let lastSuccessSeconds: number | undefined;
  let stopped = false;
  const warned = new Set<string>();
  const warn = (message: string) => {
    if (warned.has(message) || warned.size >= WARNINGS) return;
    warned.add(message);
    log.warn(message, { command: source.name });
  };

  function run(): Promise<RunResult> {
    if (running) return running.result;
    const sinceMs = performance.now();
    const result = runOnce().finally(() => {
      running = undefined;
    });
    running = { result, sinceMs };
    return result;
  }

  async function runOnce(): Promise<RunResult> {
    if (retry) {
      attemptRunner.abort();
      await retry;
    }
    const left = attemptRunner.released();
    // As long as it can't be ended, its result is repeated. That doesn't count as a run.
    if (left && latest && latest.outcome !== "aborted" && attemptRunner.stuck()) return latest;
    if (left) await within(left, timeoutMs);
    const place = slots?.take();
    const release = place instanceof Promise ? await place : place;
    const result = await search().finally(release);
    outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
    if (result.outcome === "ok") lastSuccessSeconds = Date.now() / 1000;
    else failures = [result, ...failures].slice(0, FAILURES);
    remember(result);
    report(result);
    last = result;
    if (result.outcome === "ok" && used > 0 && performance.now() - fellBackMs >= retryMs) retryEarlier();
    return result;
  }

  function remember({ outcome, seconds, endedMs }: RunResult): void {
    if (recent.push({ outcome, seconds, endedMs }) > RECENT) recent.shift();
    failingSinceMs = outcome === "ok" ? undefined : (failingSinceMs ?? endedMs);
  }

  /** Tries the attempts within one timeout, beginning with the used one. What a run waited for before doesn't count. */
  async function search(): Promise<RunResult> {
    const began = performance.now();
    const restMs = () => timeoutMs - (performance.now() - began);
    const order = [used, ...[...attempts.keys()].filter((index) => index !== used)];
    let failed: RunResult | undefined;
    for (const index of order) {
      const result = await tryOne(index, Math.max(1, restMs()));
      if (result.outcome === "ok") {
        use(index, failed);
        return result;
      }
      if (failed === undefined || result.outcome === "unkillable") failed = result;
      if (stopped || !TRY_ANOTHER.has(result.outcome) || restMs() <= 0) break;
    }
    if (failed === undefined) throw new Error(`Source ${source.name} has no attempts`);
    if (TRY_ANOTHER.has(failed.outcome)) used = 0;
    // After two timeouts in a row, the next attempt is used.
    else if (last?.outcome !== "ok") {
      used = (used + 1) % attempts.length;
      fellBackMs = performance.now();
    }
    return failed;
  }

  async function tryOne(index: number, deadlineMs: number): Promise<RunResult> {
    const attempt = attempts[index] as Attempt;
    const shown = shownWords(attempt, source);
    const outcome = stopped ? ({ kind: "aborted", seconds: 0 } as const) : await attemptRunner.run(attempt, deadlineMs);
    const { read, words = wordsOf(attempt) } = attempt;
    latest = resultOf(outcome, { shown, words, read, maxSeries: source.maxSeries, warn, log });
    return latest;
  }

  /** Sets the attempt in use. */
  function use(index: number, failed: RunResult | undefined): void {
    if (index === used && last !== undefined) return;
    fellBackMs = performance.now();
    used = index;
    const because = failed && `${brief(failed.shown)}: ${failed.outcome}: ${failed.detail}`;
    const shown = shownWords(attempts[index] as Attempt, source);
    log.info("Command works", { command: source.name, argv: brief(shown), instead_of: because });
  }

  /**
   * Tries the attempts before the used one in the background, since they may give more series. This doesn't count as a run, and is
   * aborted when a run starts.
   */
  function retryEarlier(): void {
    const tryAll = async () => {
      for (let index = 0; index < used; index += 1) {
        const { outcome } = await tryOne(index, timeoutMs);
        if (outcome === "ok") use(index, undefined);
        else if (outcome === "aborted") return;
      }
      fellBackMs = performance.now();
    };
    retry = tryAll().finally(() => {
      retry = undefined;
    });
  }

  function report(result: RunResult): void {
    if (result.outcome === last?.outcome && result.detail === last.detail) return;
    const { outcome, detail: reason } = result;
    if (outcome !== "ok") {
      log.warn("Command failed", { command: source.name, outcome, reason, stderr: lastErrorLine(result) });
    } else if (last && last.outcome !== "ok") {
      log.info("Command works again", { command: source.name, argv: brief(result.shown) });
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    attemptRunner.abort();
    await Promise.all([running?.result, retry]);
    await within(Promise.resolve(attemptRunner.released()), RELEASE_MS);
  }

  return {
    source,
    run,
    runningSinceMs: () => running?.sinceMs,
    idle: () => Promise.all([running?.result, retry]).then(() => attemptRunner.released()),
    record: () => ({
      ...{ last, failures, recent, failingSinceMs, outcomes, lastSuccessSeconds },
      ...attemptRunner.totals(),
    }),
    stop,
  };
}
