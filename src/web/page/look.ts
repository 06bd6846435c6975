import type { Gatherer, SourceState } from "../../gather/gatherer.ts";
import type { History } from "../../gather/history.ts";
import type { Result } from "../../gather/result.ts";
import { brief } from "../../gather/shown.ts";
import type { Ended } from "../../gather/source_runner.ts";
import type { Family } from "../../metric.ts";
import { type Charts, chartsOf } from "./charts.ts";
import { type Figures, gaugesOf, type Lookup } from "./figures.ts";

/** How a run of a command ended, seconds since the epoch. */
export type RunEnd = { readonly outcome: string; readonly seconds: number; readonly time: number };

/** A command as the page shows it. */
export type CommandLook = {
  readonly name: string;
  /** What was run or read last, as people may see it; empty before the first run ended. */
  readonly shown: string;
  /** Of the last run that ended; `none` before the first. */
  readonly outcome: Result["outcome"] | "none";
  /** Why it failed, in one line; empty if it didn't. */
  readonly detail: string;
  /** Since when it fails, seconds since the epoch. */
  readonly failingSince: number | undefined;
  /** How long the last run took. */
  readonly seconds: number | undefined;
  readonly ageSeconds: number | undefined;
  readonly timeoutSeconds: number;
  /** How long the run under way has taken so far; undefined where none is. */
  readonly runningSeconds: number | undefined;
  /** The latest runs, the last one last. */
  readonly recent: readonly RunEnd[];
  /** The last run that failed, however long ago. */
  readonly lastError: (RunEnd & { readonly detail: string }) | undefined;
};

/** What a command tells. */
export type Told = {
  readonly command: string;
  /** Whether it is a command of one's own, and no preset. */
  readonly isOwn: boolean;
  readonly families: readonly Family[];
};

/** What was known at one time: all pages and answers of the next seconds show it. */
export type Look = {
  /** Seconds since the epoch. */
  readonly time: number;
  /** How long a viewer waits for the next update. */
  readonly paceMs: number;
  readonly commands: readonly CommandLook[];
  /** What each command tells, of those that tell something. */
  readonly told: readonly Told[];
  readonly figures: Figures;
  /** Shares of time in which tasks waited, over the last minute, as the kernel has it. */
  readonly waiting: number | undefined;
  readonly stalled: number | undefined;
  readonly charts: Charts;
};

/** How long a look is good for: over all viewers together, no source runs more often for them. */
export const LOOK_MS = 5000;
/** A bit more than what a look is good for, so that each update of one viewer shows a new one. */
const PACE_MS = LOOK_MS + 200;
const SLOWEST_MS = 60_000;
/** Answers to all viewers together in the time of one look. */
const ANSWERS = 15;

/**
 * How long each viewer waits for the next update, by how many answers one look gave at the pace before: with many
 * viewers it grows, so that all of them together ask about three times a second.
 */
export function paceAfter(paceMs: number, answers: number): number {
  return Math.round(Math.min(SLOWEST_MS, Math.max(PACE_MS, (paceMs * answers) / ANSWERS)));
}

/** How long a page waits for commands; what takes longer is shown as it was. */
const PATIENCE_MS = 200;

type Options = {
  readonly gatherer: Pick<Gatherer, "gather" | "records">;
  readonly history: Pick<History, "named" | "newest" | "series">;
  readonly lookMs?: number;
};

/** Looks when somebody asks, at most once in 5 s for all who do. Nothing runs while nobody asks. */
export function createLooks({ gatherer, history, lookMs = LOOK_MS }: Options): () => Promise<Look> {
  let last: { readonly look: Promise<Look>; readonly sinceMs: number } | undefined;
  let paceMs = PACE_MS;
  let answers = 0;
  const take = async (): Promise<Look> => {
    paceMs = paceAfter(paceMs, answers);
    answers = 0;
    // What somebody else has gathered in the meantime is new enough.
    const { results } = await gatherer.gather({ patienceMs: PATIENCE_MS, maxAgeMs: lookMs / 2 });
    return { ...lookAt(results, gatherer.records(), history), paceMs };
  };
  return () => {
    const nowMs = performance.now();
    if (last === undefined || nowMs - last.sinceMs >= lookMs) {
      const look = take();
      last = { look, sinceMs: nowMs };
      look.catch(() => {
        last = undefined;
      });
    }
    answers += 1;
    return last.look;
  };
}

function lookAt(results: readonly Result[], states: readonly SourceState[], history: Options["history"]) {
  const byName = new Map(results.map((result) => [result.source, result]));
  const nowMs = performance.now();
  const told = states.map((state) => toldBy(byName.get(state.source.name), state));
  const families = told.flatMap((one) => one.families);
  return {
    time: Date.now() / 1000,
    commands: states.map((state) => commandLook(byName.get(state.source.name), state, nowMs)),
    told: told.filter((one) => one.families.length > 0),
    figures: gaugesOf(lookupOf(families)),
    waiting: shareOf(families, "memory_pressure_waiting_ratio"),
    stalled: shareOf(families, "memory_pressure_stalled_ratio"),
    charts: chartsOf(history),
  };
}

/** While a run goes on, what the one before it gave. */
function toldBy(result: Result | undefined, { source, record }: SourceState): Told {
  const families = (result?.outcome === "late" ? record.last?.families : result?.families) ?? [];
  return { command: source.name, isOwn: !source.yields, families };
}

function commandLook(result: Result | undefined, state: SourceState, nowMs: number): CommandLook {
  const { source, record, runningSinceMs } = state;
  const { last, failingSinceMs, failures } = record;
  // A result may fail though its run went well: beside another source, or by its age.
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

/** The series without labels; where several sources tell one, the first counts. */
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
