import type { Source } from "../source.ts";
import { startSchedule } from "./schedule.ts";
import { type Context, createSourceRunner, type SourceRunner } from "./source_runner.ts";

/** The sources of a gatherer with their runners and schedules. They can be replaced. */
export type Roster = {
  readonly runners: () => readonly SourceRunner[];
  /** Starts the schedules and the first run of each source. */
  readonly start: () => void;
  readonly started: () => boolean;
  /**
   * Replaces the sources. A source with the same name and identity as before keeps its last result, its counters and its
   * schedule. Current runs of the others end with their old configuration.
   */
  readonly replace: (sources: readonly Source[]) => void;
  /** Ends all runs. Resolves when nothing is left of them, or after a time limit. */
  readonly stop: () => Promise<void>;
};

type Place = { readonly runner: SourceRunner; endSchedule: () => void };

export function createRoster(sources: readonly Source[], context: Context): Roster {
  let places = sources.map(placeOf);
  /** Replaced sources that may still run. */
  const leaving = new Set<SourceRunner>();
  let started = false;
  let stopped = false;

  function placeOf(source: Source): Place {
    return { runner: createSourceRunner(source, context), endSchedule: () => {} };
  }

  function begin(place: Place): void {
    const { source, run } = place.runner;
    if (source.schedule) place.endSchedule = startSchedule(source.schedule, run);
    else void run();
  }

  function leave({ runner, endSchedule }: Place): void {
    endSchedule();
    leaving.add(runner);
    void runner.idle().then(() => leaving.delete(runner));
  }

  return {
    runners: () => places.map(({ runner }) => runner),
    start() {
      started = true;
      places.forEach(begin);
    },
    started: () => started,
    replace(next) {
      if (stopped) return;
      const before = places;
      places = next.map((source) => before.find(({ runner }) => isSame(runner.source, source)) ?? placeOf(source));
      before.filter((place) => !places.includes(place)).forEach(leave);
      if (started) places.filter((place) => !before.includes(place)).forEach(begin);
    },
    async stop() {
      stopped = true;
      for (const { endSchedule } of places) endSchedule();
      await Promise.all([...places.map(({ runner }) => runner.stop()), ...[...leaving].map((runner) => runner.stop())]);
    },
  };
}

function isSame(one: Source, other: Source): boolean {
  return one.name === other.name && one.identity !== undefined && one.identity === other.identity;
}
