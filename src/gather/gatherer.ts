import type { Runner } from "../command/run.ts";
import type { Log } from "../log.ts";
import type { Family } from "../metric.ts";
import type { Source } from "../source.ts";
import { within } from "../within.ts";
import { familiesOf, upFamily } from "./assembly.ts";
import { withoutConflicts } from "./conflicts.ts";
import type { History } from "./history.ts";
import { createProbes, probePage } from "./probes.ts";
import { lateResult, type Result, resultNow } from "./result.ts";
import { createRoster } from "./roster.ts";
import type { RunResult } from "./run_result.ts";
import type { SelfMetrics } from "./self_metrics.ts";
import { createSlots } from "./slots.ts";
import type { SourceRecord, SourceRunner } from "./source_runner.ts";

/** The result of a gathering, which all callers share. */
export type Gathering = {
  /** Whether all requested sources succeeded. */
  readonly up: boolean;
  readonly results: readonly Result[];
  /** The whole page: `memory_up`, the families of the sources, and those about the exporter. */
  readonly families: readonly Family[];
};

/** Options of a gathering. */
export type Ask = {
  /** Names of the sources. Defaults to all. */
  readonly names?: readonly string[];
  /** How long to wait. A run that takes longer continues, and its source is `late` in this gathering. */
  readonly maxWaitMs?: number;
  /** Use results that are younger than this, without another run. By default only sources with a schedule use earlier results. */
  readonly maxAgeMs?: number;
};

/** Options of a probe. */
export type ProbeAsk = {
  readonly name: string;
  /** The source with the parameters of a request, and a key for these. Without it, the unchanged source of this name. */
  readonly bound?: { readonly source: Source; readonly key: string };
  readonly maxWaitMs?: number;
};

/** The current state of a source. */
export type SourceState = {
  readonly source: Source;
  readonly record: SourceRecord;
  /** Start of the current run, as `performance.now()`. */
  readonly runningSinceMs: number | undefined;
};

/** Runs sources on request and on schedule, and keeps their last results. */
export type Gatherer = {
  readonly names: () => readonly string[];
  /** Gathers a page. Simultaneous calls for the same sources share a gathering. Never rejects. */
  readonly gather: (ask?: Ask) => Promise<Gathering>;
  /** The page of a single source. Undefined if too many sets of parameters are running. Never rejects. */
  readonly probe: (ask: ProbeAsk) => Promise<Gathering | undefined>;
  /** Starts the schedules and the first run of each source. */
  readonly start: () => void;
  /** Whether the first run of every source has ended and `stop` was not called. */
  readonly ready: () => boolean;
  /** Replaces the sources (see Roster.replace) and the limit of simultaneous runs. */
  readonly replace: (sources: readonly Source[], maxConcurrent?: number) => void;
  readonly records: () => readonly SourceState[];
  /** Ends all runs. Resolves when nothing is left of them, or after a time limit. */
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly sources: readonly Source[];
  /** Maximum number of commands that run at the same time. Defaults to no limit. */
  readonly maxConcurrent?: number | undefined;
  /** Prefix of all memory metrics, `memory` by default. */
  readonly namespace: string;
  readonly runner: Runner;
  readonly log: Log;
  /** Metrics about the exporter itself. */
  readonly self: SelfMetrics;
  /** Records the results of all gatherings. */
  readonly history?: Pick<History, "record"> | undefined;
};

/** Makes a gatherer. */
export function createGatherer(options: Options): Gatherer {
  const { sources, maxConcurrent = Number.POSITIVE_INFINITY, namespace, runner, log, self, history } = options;
  const slots = createSlots(maxConcurrent);
  const roster = createRoster(sources, { runner, log, slots });
  const probes = createProbes({ runner, log, slots });
  const underWay = new Map<string, Shared>();
  /** The conflicts that were logged last. */
  const conflicts = new Map<string, string>();
  let wasReady = false;
  let stopped = false;

  function namesOf(): readonly string[] {
    return roster.runners().map(({ source }) => source.name);
  }

  /** Starts a gathering. */
  function begin(names: readonly string[], maxAgeMs: number, key: string): Shared {
    const chosen = roster.runners().filter(({ source }) => names.includes(source.name));
    const ended = new Map<SourceRunner, RunResult>();
    const all = Promise.all(
      chosen.map(async (one) => {
        const last =
          (roster.started() && one.source.schedule) || isFresh(one, maxAgeMs) ? one.record().last : undefined;
        ended.set(one, last ?? (await one.run()));
        // Later requests start a new run of this source.
        if (last === undefined) underWay.delete(key);
      }),
    );
    // Collected while the commands run, which have been started by now.
    const own = self.own();
    const assemble = async (): Promise<Gathering> => {
      const ownFamilies = [...(await own), ...(await self.processes())];
      const each = chosen.map((one) => {
        const run = ended.get(one);
        return run ? resultNow(one.source, run) : lateResult(one);
      });
      const results = withoutConflicts(each, namespace, new Set(ownFamilies.map(({ name }) => name)));
      report(each, results);
      history?.record(results);
      const up = results.every(({ outcome }) => outcome === "ok");
      const records = chosen.map((one) => one.record());
      const families = [
        upFamily(namespace, up),
        ...familiesOf(results, namespace),
        ...self.commands(results, records),
        ...ownFamilies,
      ];
      return { up, results, families };
    };
    return { whole: all.then(assemble), now: assemble };
  }

  /** Logs conflicts between sources when they change. */
  function report(each: readonly Result[], results: readonly Result[]): void {
    for (const [index, result] of results.entries()) {
      const { source, outcome, detail: reason } = result;
      if (result === each[index]) conflicts.delete(source);
      else if (conflicts.get(source) !== reason) {
        conflicts.set(source, reason);
        log.warn("Command failed", { command: source, outcome, reason });
      }
    }
  }

  async function gather(ask: Ask = {}): Promise<Gathering> {
    const { names = namesOf(), maxWaitMs = Number.POSITIVE_INFINITY, maxAgeMs = 0 } = ask;
    const key = [maxAgeMs, ...names].join(" ");
    const shared = underWay.get(key) ?? begin(names, maxAgeMs, key);
    if (shared !== underWay.get(key)) {
      underWay.set(key, shared);
      void shared.whole.then(() => underWay.get(key) === shared && underWay.delete(key));
    }
    return (await within(shared.whole, maxWaitMs)) ?? shared.now();
  }

  async function probe({ name, bound, maxWaitMs = Number.POSITIVE_INFINITY }: ProbeAsk) {
    const [result] = bound
      ? [await probes.run(JSON.stringify([name, bound.source.identity, bound.key]), bound.source, maxWaitMs)]
      : (await gather({ names: [name], maxWaitMs })).results;
    return result && { ...probePage(result, namespace), results: [result] };
  }

  return {
    probe,
    names: namesOf,
    gather,
    start: roster.start,
    ready() {
      wasReady ||= roster.runners().every((one) => one.record().last !== undefined);
      return wasReady && !stopped;
    },
    replace(next, limit = Number.POSITIVE_INFINITY) {
      slots.setLimit(limit);
      roster.replace(next);
      // Later requests use the new sources.
      underWay.clear();
      conflicts.clear();
    },
    records: () =>
      roster.runners().map((one) => ({
        source: one.source,
        record: one.record(),
        runningSinceMs: one.runningSinceMs(),
      })),
    async stop() {
      stopped = true;
      await Promise.all([roster.stop(), probes.stop()]);
    },
  };
}

function isFresh(one: SourceRunner, maxAgeMs: number): boolean {
  const { last } = one.record();
  return last !== undefined && performance.now() - last.endedMs < maxAgeMs;
}

type Shared = {
  /** Resolves when every source has its result. */
  readonly whole: Promise<Gathering>;
  /** The results that are there by now. */
  readonly now: () => Promise<Gathering>;
};
