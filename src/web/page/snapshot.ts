import type { Gatherer, SourceState } from "../../gather/gatherer.ts";
import type { History } from "../../gather/history.ts";
import type { Result } from "../../gather/result.ts";
import { brief } from "../../gather/shown.ts";
import type { Ended } from "../../gather/source_runner.ts";
import type { Family } from "../../metric.ts";
import { type Charts, chartsOf } from "./charts.ts";
import { type Figures, gaugesOf, type Lookup } from "./figures.ts";

/** How a run ended. `time` is in seconds since the epoch. */
export type RunEnd = { readonly outcome: string; readonly seconds: number; readonly time: number };

/** A command as the page shows it. */
export type CommandState = {
  readonly name: string;
  /** The command line or files of the last run, without secrets; empty before the first run has ended. */
  readonly shown: string;
  /** Outcome of the last run; `none` before the first has ended. */
  readonly outcome: Result["outcome"] | "none";
  /** Why it failed, in one line; empty after a success. */
  readonly detail: string;
  /** Start of the current failures, in seconds since the epoch. */
  readonly failingSince: number | undefined;
  /** Duration of the last run. */
  readonly seconds: number | undefined;
  readonly ageSeconds: number | undefined;
  readonly timeoutSeconds: number;
  /** Duration of the current run so far, if there is one. */
  readonly runningSeconds: number | undefined;
  /** The latest runs, oldest first. */
  readonly recent: readonly RunEnd[];
  /** The last failed run. */
  readonly lastError: (RunEnd & { readonly detail: string }) | undefined;
};

/** The metrics of a command. */
export type CommandMetrics = {
  readonly command: string;
  /** Whether it is a configured command, not a preset. */
  readonly isOwn: boolean;
  readonly families: readonly Family[];
};

/** The state at one time. All pages and answers of the next seconds are made from it. */
export type Snapshot = {
  /** Seconds since the epoch. */
  readonly time: number;
  /** Time until a viewer requests the next update. */
  readonly paceMs: number;
  readonly commands: readonly CommandState[];
  /** Metrics of the commands that have any. */
  readonly metrics: readonly CommandMetrics[];
  readonly figures: Figures;
  /** Ratios of time in which some or all tasks waited, over the last minute, from the kernel. */
  readonly waiting: number | undefined;
  readonly stalled: number | undefined;
  readonly charts: Charts;
};

/** How long a snapshot is used. Viewers together don't run a source more often. */
export const SNAPSHOT_MS = 5000;
/** Slightly longer, so that each update of a viewer shows a new snapshot. */
const PACE_MS = SNAPSHOT_MS + 200;
const SLOWEST_MS = 60_000;
/** Target number of answers per snapshot, for all viewers together. */
const ANSWERS = 15;

/**
 * The update interval of each viewer, from the number of answers that one snapshot gave at the previous interval. It grows with the
 * number of viewers, so that they together make about three requests per second.
 */
export function paceAfter(paceMs: number, answers: number): number {
  return Math.round(Math.min(SLOWEST_MS, Math.max(PACE_MS, (paceMs * answers) / ANSWERS)));
}

/** How long a page waits for commands. For commands that take longer, it shows the previous result. */
const MAX_WAIT_MS = 200;

type Options = {
  readonly gatherer: Pick<Gatherer, "gather" | "records">;
  readonly history: Pick<History, "named" | "newest" | "series">;
  readonly snapshotMs?: number;
};

/** Makes snapshots on demand, at most one in 5 s for all viewers. */
export function createSnapshots({ gatherer, history, snapshotMs = SNAPSHOT_MS }: Options): () => Promise<Snapshot> {
  let last: { readonly snapshot: Promise<Snapshot>; readonly sinceMs: number } | undefined;
  let paceMs = PACE_MS;
  let answers = 0;
  const take = async (): Promise<Snapshot> => {
    paceMs = paceAfter(paceMs, answers);
    answers = 0;
    // Results of a recent scrape are new enough.
    const { results } = await gatherer.gather({ maxWaitMs: MAX_WAIT_MS, maxAgeMs: snapshotMs / 2 });
    return { ...snapshotOf(results, gatherer.records(), history), paceMs };
  };
  return () => {
    const nowMs = performance.now();
    if (last === undefined || nowMs - last.sinceMs >= snapshotMs) {
      const snapshot = take();
      last = { snapshot, sinceMs: nowMs };
      snapshot.catch(() => {
        last = undefined;
      });
    }
    answers += 1;
    return last.snapshot;
  };
}

function snapshotOf(results: readonly Result[], states: readonly SourceState[], history: Options["history"]) {
  const byName = new Map(results.map((result) => [result.source, result]));
  const nowMs = performance.now();
  const metrics = states.map((state) => metricsOf(byName.get(state.source.name), state));
  const families = metrics.flatMap((one) => one.families);
  return {
    time: Date.now() / 1000,
    commands: states.map((state) => commandState(byName.get(state.source.name), state, nowMs)),
    metrics: metrics.filter((one) => one.families.length > 0),
    figures: gaugesOf(lookupOf(families)),
    waiting: shareOf(families, "memory_pressure_waiting_ratio"),
    stalled: shareOf(families, "memory_pressure_stalled_ratio"),
    charts: chartsOf(history),
  };
}

/** The metrics of a command; those of the previous run while one is running. */
function metricsOf(result: Result | undefined, { source, record }: SourceState): CommandMetrics {
  const families = (result?.outcome === "late" ? record.last?.families : result?.families) ?? [];
  return { command: source.name, isOwn: !source.yields, families };
}

function commandState(result: Result | undefined, state: SourceState, nowMs: number): CommandState {
  const { source, record, runningSinceMs } = state;
  const { last, failingSinceMs, failures } = record;
  // A result may fail although its run succeeded: by a conflict with another source, or by its age.
  const judged = result?.outcome === "late" ? last : result;
  const timeOf = (ms: number) => (Date.now() - nowMs + ms) / 1000;
  const endOf = ({ outcome, seconds, endedMs }: Ended): RunEnd => ({ outcome, seconds, time: timeOf(endedMs) });
  const [failed] = failures;
  return {
    name: source.name,
    shown: last ? brief(last.shown) : "",
    outcome: judged?.outcome ?? "none",
    detail: judged?.detail ?? "",
    failingSince: failingSinceMs === undefined ? undefined : timeOf(failingSinceMs),
    seconds: last?.seconds,
    ageSeconds: last && (nowMs - last.endedMs) / 1000,
    timeoutSeconds: source.timeoutMs / 1000,
    runningSeconds: runningSinceMs === undefined ? undefined : (nowMs - runningSinceMs) / 1000,
    recent: record.recent.map(endOf),
    lastError: failed && { ...endOf(failed), detail: failed.detail },
  };
}

/** The series without labels. If several sources give one, the first is used. */
function lookupOf(families: readonly Family[]): Lookup {
  const values = new Map<string, number>();
  for (const { name, samples } of families) {
    const plain = samples.find(({ labels, suffix }) => suffix === undefined && Object.keys(labels).length === 0);
    if (plain && !values.has(name)) values.set(name, plain.value);
  }
  return (name) => values.get(name);
}

function shareOf(families: readonly Family[], name: string): number | undefined {
  const samples = families.find((family) => family.name === name)?.samples ?? [];
  return samples.find(({ labels }) => labels.window === "60s")?.value;
}
