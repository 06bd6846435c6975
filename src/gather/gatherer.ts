import type { Runner } from "../command/run.ts";
import type { Log } from "../log.ts";
import type { Family } from "../metric.ts";
import type { Source } from "../source.ts";
import { within } from "../within.ts";
import { familiesOf, upFamily } from "./assembly.ts";
import { lateResult, type Result, resultNow } from "./result.ts";
import type { RunResult } from "./run_result.ts";
import { startSchedule } from "./schedule.ts";
import type { SelfMetrics } from "./self_metrics.ts";
import { createSourceRunner, type SourceRecord, type SourceRunner } from "./source_runner.ts";

/** What one gathering gives to all who share it. */
export type Gathering = {
  /** Whether every source that was asked for has a result that was understood. */
  readonly up: boolean;
  readonly results: readonly Result[];
  /** The whole page: `memory_up`, the families of the sources, and those about the exporter. */
  readonly families: readonly Family[];
};

/** What somebody who gathers wants. */
export type Ask = {
  /** Names of sources; without it, all. */
  readonly names?: readonly string[];
  /** How long to wait. A run that takes longer goes on, and its source is `late` in this gathering. */
  readonly patienceMs?: number;
};

/** Runs sources for those who ask, and on a schedule, and knows their last results. */
export type Gatherer = {
  readonly names: readonly string[];
  /** Never rejects. Those who ask for the same at the same time share one gathering. */
  readonly gather: (ask?: Ask) => Promise<Gathering>;
  /** Begins with the schedules, and with a first run of every source. */
  readonly start: () => void;
  /** Whether the first run of every source has ended and `stop` was not called. */
  readonly ready: () => boolean;
  readonly records: () => readonly { readonly source: Source; readonly record: SourceRecord }[];
  /** Ends what runs. Resolves when nothing is left of it, or that takes too long. */
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly sources: readonly Source[];
  /** Prefix of all memory metrics: `memory` unless the user wants another. */
  readonly namespace: string;
  readonly runner: Runner;
  readonly log: Log;
  /** What pages tell of the exporter itself. */
  readonly self: SelfMetrics;
};

/** A gatherer for some sources. */
export function createGatherer(options: Options): Gatherer {
  const { sources, namespace, runner, log, self } = options;
  const runners = sources.map((source) => createSourceRunner(source, { runner, log }));
  const underWay = new Map<string, Shared>();
  const schedules: (() => void)[] = [];
  let started = false;
  let stopped = false;

  /** A gathering that has begun: what each source gave so far, and all of it at the end. */
  function begin(names: readonly string[], key: string): Shared {
    const chosen = runners.filter(({ source }) => names.includes(source.name));
    const ended = new Map<SourceRunner, RunResult>();
    // Collected while the commands run.
    const own = self.own();
    const all = Promise.all(
      chosen.map(async (one) => {
        const last = started && one.source.schedule ? one.record().last : undefined;
        ended.set(one, last ?? (await one.run()));
        // Who asks from here on gets a new run of this source.
        if (last === undefined) underWay.delete(key);
      }),
    );
    const assemble = async (): Promise<Gathering> => {
      const results = chosen.map((one) => {
        const run = ended.get(one);
        return run ? resultNow(one.source, run) : lateResult(one);
      });
      const up = results.every(({ outcome }) => outcome === "ok");
      const records = chosen.map((one) => one.record());
      const families = [
        upFamily(namespace, up),
        ...familiesOf(results, namespace),
        ...self.commands(results, records),
        ...(await own),
      ];
      return { up, results, families };
    };
    return { whole: all.then(assemble), now: assemble };
  }

  async function gather({ names = sources.map(({ name }) => name), patienceMs = Number.POSITIVE_INFINITY }: Ask = {}) {
    const key = names.join(" ");
    const shared = underWay.get(key) ?? begin(names, key);
    if (shared !== underWay.get(key)) {
      underWay.set(key, shared);
      void shared.whole.then(() => underWay.get(key) === shared && underWay.delete(key));
    }
    return (await within(shared.whole, patienceMs)) ?? shared.now();
  }

  return {
    names: sources.map(({ name }) => name),
    gather,
    start() {
      started = true;
      for (const one of runners) {
        if (one.source.schedule) schedules.push(startSchedule(one.source.schedule, one.run));
        else void one.run();
      }
    },
    ready: () => !stopped && runners.every((one) => one.record().last !== undefined),
    records: () => runners.map((one) => ({ source: one.source, record: one.record() })),
    async stop() {
      stopped = true;
      for (const end of schedules) end();
      await Promise.all(runners.map((one) => one.stop()));
    },
  };
}

type Shared = {
  /** Resolves when every source has its result. */
  readonly whole: Promise<Gathering>;
  /** What is known by now. */
  readonly now: () => Promise<Gathering>;
};
