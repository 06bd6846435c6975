import { type Family, family, type MetricHead } from "../metric.ts";
import type { Loss, Queue } from "./queue.ts";

/** Why samples were never stored: given up in the queue, refused by the server, or on a damaged part of the spool. */
export const DROP_REASONS = ["age", "size", "newer", "refused"] as const satisfies readonly (Loss | "refused")[];
export type DropReason = (typeof DROP_REASONS)[number];

/** What is counted of all pushes so far. */
export type PushRecord = {
  attempts: number;
  /** Attempts after which the batch wasn't stored, or not all of it. */
  failures: number;
  /** Samples that were stored. */
  samples: number;
  readonly dropped: Map<DropReason, number>;
  /** In seconds since the epoch. */
  lastSuccessSeconds: number | undefined;
  /** Parts of the spool that couldn't be read back, and writes to it that failed. */
  spoolErrors: number;
};

export function createRecord(): PushRecord {
  const dropped = new Map(DROP_REASONS.map((reason) => [reason, 0]));
  return { attempts: 0, failures: 0, samples: 0, dropped, lastSuccessSeconds: undefined, spoolErrors: 0 };
}

export function drop(record: PushRecord, reason: DropReason, samples: number): void {
  record.dropped.set(reason, (record.dropped.get(reason) ?? 0) + samples);
}

/** Samples that were never stored and never will be. */
export function droppedSamples({ dropped }: PushRecord): number {
  return [...dropped.values()].reduce((sum, count) => sum + count, 0);
}

const name = (end: string) => `memory_exporter_push_${end}`;
const HEADS = {
  attempts: { name: name("attempts_total"), help: "Requests that were sent to push.", type: "counter" },
  failures: {
    name: name("failures_total"),
    help: "Requests to push after which the samples weren't stored, or not all of them.",
    type: "counter",
  },
  samples: { name: name("samples_total"), help: "Samples that were pushed and stored.", type: "counter" },
  dropped: {
    name: name("dropped_samples_total"),
    help: "Samples that were given up: too old, too much for the queue, replaced by newer ones, or refused by the server.",
    type: "counter",
  },
  length: { name: name("queue_length"), help: "Gatherings that wait to be pushed.", type: "gauge" },
  bytes: { name: name("queue_bytes"), help: "Size of what waits to be pushed.", type: "gauge", unit: "bytes" },
  oldest: {
    name: name("queue_oldest_age_seconds"),
    help: "Age of the oldest gathering that waits to be pushed; 0 if none does.",
    type: "gauge",
    unit: "seconds",
  },
  success: {
    name: name("last_success_timestamp_seconds"),
    help: "When a push was last stored, in seconds since the epoch.",
    type: "gauge",
    unit: "seconds",
  },
  spool: {
    name: name("spool_errors_total"),
    help: "Damaged parts of the spool that were skipped, and writes to it that failed.",
    type: "counter",
  },
} as const satisfies Record<string, MetricHead>;

/** What pages tell of the pushes. @param spooled whether there is a spool. */
export function pushFamilies(record: PushRecord, queue: Queue, spooled: boolean): readonly Family[] {
  const dropped = DROP_REASONS.map((reason) => [{ reason }, record.dropped.get(reason)] as const);
  const one = (head: MetricHead, value: number | undefined) => family(head, [[{}, value]]);
  return [
    one(HEADS.attempts, record.attempts),
    one(HEADS.failures, record.failures),
    one(HEADS.samples, record.samples),
    family(HEADS.dropped, dropped),
    one(HEADS.length, queue.length()),
    one(HEADS.bytes, queue.bytes()),
    one(HEADS.oldest, (queue.oldestMs() ?? 0) / 1000),
    one(HEADS.success, record.lastSuccessSeconds),
    ...(spooled ? [one(HEADS.spool, record.spoolErrors)] : []),
  ];
}
