import type { Containment } from "../command/contain.ts";
import { findProgram } from "../command/environment.ts";
import type { Outcome, Verdict } from "../command/outcome.ts";
import type { Run, Runner } from "../command/run.ts";
import type { Log } from "../log.ts";
import type { Alternative, Read } from "../presets/preset.ts";
import { type Ended, judge } from "./judge.ts";
import { createRedactor } from "./redact.ts";

/** A memory command as it was configured: what to run, in what bounds, and how to read it. */
export type Task = {
  /** Value of the label `command`. */
  readonly name: string;
  /** Tried in order until one works; that one is kept while it does. */
  readonly alternatives: readonly Alternative[];
  /** How to read an alternative that doesn't say so itself. */
  readonly read: Read;
  /** Words of the command line for the reader, where they aren't those of argv: a shell line's. */
  readonly words?: readonly string[];
  /** What to run to learn the program's version, where the meaning of these words depends on it. */
  readonly versionArgv: (words: readonly string[]) => readonly string[] | undefined;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly containment?: Containment;
  readonly diesWithExporter?: boolean;
};

/** What is known of a task over all its runs. */
export type TaskRecord = {
  readonly last: Ended | undefined;
  /** The latest runs that failed, the last one first. */
  readonly failures: readonly Ended[];
  readonly verdicts: ReadonlyMap<Verdict, number>;
  /** Seconds since the epoch. */
  readonly lastSuccessSeconds: number | undefined;
  /** Processes that outlived their command and were killed. */
  readonly stragglers: number;
};

/** Runs one task, never twice at a time. */
export type TaskRunner = {
  readonly task: Task;
  /** The run under way, or a new one with this deadline. Never rejects. */
  readonly run: (deadlineMs: number) => Promise<Ended>;
  readonly record: () => TaskRecord;
  /** Kills the run under way and starts no other. Resolves when nothing is left of it, or that takes too long. */
  readonly stop: () => Promise<void>;
};

/** After these another alternative may do better; a timeout leaves no time for one. */
const TRY_ANOTHER: ReadonlySet<Verdict> = new Set<Verdict>(["spawn", "exit", "signal", "parse", "overflow"]);
/** Failed runs that are remembered. */
const FAILURES = 20;
/** Characters of a command that a line of the log shows. */
const BRIEF_LENGTH = 100;
/** How long an answer waits for what its run left behind to be cleared, so that the same page counts it. */
const CLEAR_MS = 100;
/** How long a stop waits for what is left of runs to be cleared. */
const RELEASE_MS = 1000;

/** A runner for one task. What it starts goes through `runner`; what fails is logged when it changes. */
export function createTaskRunner(task: Task, runner: Runner, log: Log): TaskRunner {
  const verdicts = new Map<Verdict, number>();
  const programs = new Map<string, string>();
  const versions = new Map<string, string>();
  const redactor = createRedactor(
    task.alternatives.map((one) => one.argv),
    task.environment,
  );
  const shownArgv = new Map(task.alternatives.map((one) => [one, redactor.argv(one.argv)]));
  /** Runs of which anything may be left. */
  const live = new Set<Run>();
  let order = task.alternatives;
  let inFlight: Promise<Ended> | undefined;
  let last: Ended | undefined;
  let failures: readonly Ended[] = [];
  let lastSuccessSeconds: number | undefined;
  let stragglers = 0;
  let stopped = false;

  function run(deadlineMs: number): Promise<Ended> {
    if (inFlight) return shared(inFlight, deadlineMs);
    inFlight = runOnce(deadlineMs).finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  }

  /** The result of a run that another scrape began, unless this scrape's deadline comes first. */
  async function shared(running: Promise<Ended>, deadlineMs: number): Promise<Ended> {
    const began = performance.now();
    const ended = await within(running, deadlineMs);
    if (ended) return ended;
    const endedMs = performance.now();
    const detail = "the run that this scrape shares did not end within the scrape's deadline";
    const timed = { seconds: (endedMs - began) / 1000, timeoutMs: deadlineMs, endedMs };
    return { ...timed, verdict: "timeout", detail, argv: [], exitCode: undefined, stderrTail: "", families: [] };
  }

  async function runOnce(deadlineMs: number): Promise<Ended> {
    const began = performance.now();
    // A command that can't be killed is answered for until it goes; no second one is started beside it.
    if (live.size > 0 && last?.verdict === "unkillable") return last;
    if (live.size > 0) await within(released(), deadlineMs);
    const ended = await search(deadlineMs, began);
    verdicts.set(ended.verdict, (verdicts.get(ended.verdict) ?? 0) + 1);
    if (ended.verdict === "ok") lastSuccessSeconds = Date.now() / 1000;
    else failures = [ended, ...failures].slice(0, FAILURES);
    report(ended);
    last = ended;
    return ended;
  }

  /** Tries the alternatives in order, the one that works first, all within one deadline. */
  async function search(deadlineMs: number, began: number): Promise<Ended> {
    const restMs = () => deadlineMs - (performance.now() - began);
    let failed: Ended | undefined;
    for (const alternative of order) {
      const ended = await attempt(alternative, restMs(), deadlineMs);
      if (ended.verdict === "ok") {
        keep(alternative, failed);
        return ended;
      }
      if (failed === undefined || ended.verdict === "unkillable") failed = ended;
      if (stopped || !TRY_ANOTHER.has(ended.verdict) || restMs() <= 0) break;
    }
    if (failed === undefined) throw new Error(`Task ${task.name} has no alternatives`);
    if (TRY_ANOTHER.has(failed.verdict)) order = task.alternatives;
    else if (last?.verdict !== "ok") order = [...order.slice(1), ...order.slice(0, 1)];
    return failed;
  }

  function keep(alternative: Alternative, failed: Ended | undefined): void {
    if (alternative === order[0] && last !== undefined) return;
    order = [alternative, ...task.alternatives.filter((other) => other !== alternative)];
    const because = failed && `${brief(failed.argv)}: ${failed.verdict}: ${failed.detail}`;
    const argv = brief(shownArgv.get(alternative) ?? []);
    log.info("Memory command works", { command: task.name, argv, instead_of: because });
  }

  /** @param timeoutMs what the whole run was allowed, of which `restMs` is left. */
  async function attempt(alternative: Alternative, restMs: number, timeoutMs: number): Promise<Ended> {
    const began = performance.now();
    const outcome = await start(alternative.argv, restMs);
    const words = task.words ?? alternative.argv;
    const asked = outcome.kind === "ok" ? await askVersion(words, restMs - (performance.now() - began)) : undefined;
    return judge(asked?.kind === "unkillable" ? asked : outcome, {
      argv: shownArgv.get(alternative) ?? [],
      redact: redactor.text,
      words,
      version: versions.get(versionKey(words)),
      timeoutMs,
      read: alternative.read ?? task.read,
      log,
    });
  }

  async function start(argv: readonly string[], deadlineMs: number): Promise<Outcome> {
    if (stopped) return { kind: "aborted", seconds: 0 };
    const [name = "", ...rest] = argv;
    const program = programs.get(name) ?? findProgram(name, task.environment.PATH);
    if (program === undefined)
      return { kind: "spawn", seconds: 0, reason: `${name}: not found in ${task.environment.PATH}` };
    programs.set(name, program);
    const run = runner.start({ ...task, argv: [program, ...rest] }, deadlineMs);
    live.add(run);
    const cleared = run.released.then((count) => {
      stragglers += count;
      live.delete(run);
    });
    const outcome = await run.outcome;
    if (outcome.kind === "spawn") programs.delete(name);
    if (outcome.kind !== "unkillable") await within(cleared, CLEAR_MS);
    return outcome;
  }

  /** Asks for the program's version where it matters and isn't known. */
  async function askVersion(words: readonly string[], deadlineMs: number): Promise<Outcome | undefined> {
    const argv = task.versionArgv(words);
    if (argv === undefined || versions.has(versionKey(words))) return undefined;
    const outcome = await start(argv, Math.max(1, deadlineMs));
    if (outcome.kind === "ok") versions.set(versionKey(words), new TextDecoder().decode(outcome.stdout).trim());
    return outcome;
  }

  function versionKey(words: readonly string[]): string {
    return task.versionArgv(words)?.join("\0") ?? "";
  }

  function report(ended: Ended): void {
    if (ended.verdict === last?.verdict && ended.detail === last.detail) return;
    if (ended.verdict !== "ok") {
      log.warn("Memory command failed", { command: task.name, outcome: ended.verdict, reason: ended.detail });
    } else if (last && last.verdict !== "ok") {
      log.info("Memory command works again", { command: task.name, argv: brief(ended.argv) });
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    for (const run of live) run.abort();
    await inFlight;
    await within(released(), RELEASE_MS);
  }

  function released(): Promise<unknown> {
    return Promise.all([...live].map((run) => run.released));
  }

  return { task, run, record: () => ({ last, failures, verdicts, lastSuccessSeconds, stragglers }), stop };
}

/** A command for a line of the log: of a script, which some presets have, its beginning. */
function brief(argv: readonly string[]): string {
  const line = argv.join(" ").replace(/\s+/g, " ");
  return line.length > BRIEF_LENGTH ? `${line.slice(0, BRIEF_LENGTH).toWellFormed()}…` : line;
}

/** What a promise resolves to, or undefined if that takes longer than some time. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first;
}
