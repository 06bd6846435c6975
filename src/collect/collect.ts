import type { Runner } from "../command/run.ts";
import type { Log } from "../log.ts";
import { type Family, family } from "../metric.ts";
import type { Ended } from "./judge.ts";
import { commandFamilies, processFamilies } from "./self.ts";
import { createTaskRunner, type Task, type TaskRecord, type TaskRunner } from "./task.ts";

/** What one scrape gives. */
export type Collection = {
  /** Whether every command of the scrape ran and was understood. */
  readonly up: boolean;
  /** The memory metrics, `memory_up` first, then those about the commands. */
  readonly families: readonly Family[];
  /** How each command of the scrape ended. */
  readonly ended: readonly { readonly name: string; readonly ended: Ended }[];
};

/** Runs the memory commands for those who ask. */
export type Collector = {
  readonly names: readonly string[];
  /**
   * Runs the named commands, all at once, and resolves when each has ended; those under way are shared.
   * A run is bounded by its command's timeout and by `deadlineMs`. Never rejects.
   */
  readonly collect: (options?: {
    readonly deadlineMs?: number;
    readonly names?: readonly string[];
  }) => Promise<Collection>;
  /** Whether the first collection has ended and `stop` was not called. */
  readonly ready: () => boolean;
  readonly records: () => readonly { readonly task: Task; readonly record: TaskRecord }[];
  /** Kills what runs. Resolves when it is reaped, or can't be. */
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly tasks: readonly Task[];
  /** Prefix of all memory metrics: `memory` unless the user wants another. */
  readonly namespace: string;
  readonly runner: Runner;
  readonly log: Log;
  /** Whether to tell about the commands and processes besides their figures. */
  readonly selfMetrics: boolean;
  readonly isPid1: boolean;
};

/** A collector for some commands. */
export function createCollector({ tasks, namespace, runner, log, selfMetrics, isPid1 }: Options): Collector {
  const runners = tasks.map((task) => createTaskRunner(task, runner, log));
  let collected = false;
  let stopped = false;

  async function collect(options: { deadlineMs?: number; names?: readonly string[] } = {}): Promise<Collection> {
    const { deadlineMs = Number.POSITIVE_INFINITY, names } = options;
    const chosen = names ? runners.filter((one) => names.includes(one.task.name)) : runners;
    const ended = await Promise.all(
      chosen.map(async (one) => ({
        name: one.task.name,
        ended: await one.run(Math.min(deadlineMs, one.task.timeoutMs)),
      })),
    );
    collected = true;
    const up = ended.every((one) => one.ended.verdict === "ok");
    const read = firstOfEach(ended.flatMap((one) => one.ended.families)).map((one) => inNamespace(one, namespace));
    const families = [
      upFamily(namespace, up),
      ...read,
      ...(selfMetrics ? [...commandFamilies(chosen), ...(await processFamilies(isPid1))] : []),
    ];
    return { up, families, ended };
  }

  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all(runners.map((one) => one.stop()));
  }

  return {
    names: tasks.map((task) => task.name),
    collect,
    ready: () => collected && !stopped,
    records: () => runners.map((one: TaskRunner) => ({ task: one.task, record: one.record() })),
    stop,
  };
}

function upFamily(namespace: string, up: boolean): Family {
  const help = "Whether every memory command of this scrape ran and was understood.";
  return family({ name: `${namespace}_up`, help, type: "gauge" }, [[{}, Number(up)]]);
}

/** Presets name their metrics `memory_…`; a user's prefix stands in its place. */
export function inNamespace(one: Family, namespace: string): Family {
  return namespace === "memory" ? one : { ...one, name: one.name.replace(/^memory(?=_)/, namespace) };
}

/** Where two commands tell the same fact, the one that was named first is believed. */
function firstOfEach(families: readonly Family[]): readonly Family[] {
  const byName = new Map<string, Family>();
  for (const one of families) {
    const known = byName.get(one.name);
    byName.set(one.name, known ? { ...known, samples: [...known.samples, ...newSamples(known, one)] } : one);
  }
  return [...byName.values()];
}

function newSamples(known: Family, more: Family): Family["samples"] {
  const keys = new Set(known.samples.map((sample) => JSON.stringify(sample.labels)));
  return more.samples.filter((sample) => !keys.has(JSON.stringify(sample.labels)));
}
