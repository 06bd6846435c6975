import { type Family, family, type MetricHead } from "../metric.ts";
import type { Loss, Queue } from "./queue.ts";

/** Why samples were lost: dropped from the queue, or refused by the server. */
export const DROP_REASONS = ["age", "size", "newer", "refused"] as const satisfies readonly (Loss | "refused")[];
export type DropReason = (typeof DROP_REASONS)[number];

/** Counters of pushes. */
export type PushRecord = {
  attempts: number;
  /** Attempts after which the batch wasn't stored completely. */
  failures: number;
  /** Number of stored samples. */
  samples: number;
  readonly dropped: Map<DropReason, number>;
  /** In seconds since the epoch. */
  lastSuccessSeconds: number | undefined;
  /** Damaged parts of the spool, and failed writes. */
  spoolErrors: number;
};

export function createRecord(): PushRecord {
  const dropped = new Map(DROP_REASONS.map((reason) => [reason, 0]));
  return { attempts: 0, failures: 0, samples: 0, dropped, lastSuccessSeconds: undefined, spoolErrors: 0 };
}

export function drop(record: PushRecord, reason: DropReason, samples: number): void {
  record.dropped.set(reason, (record.dropped.get(reason) ?? 0) + samples);
}

/** Number of lost samples. */
export function droppedSamples({ dropped }: PushRecord): number {
  return [...dropped.values()].reduce((sum, count) => sum + count, 0);
}

const name = (end: string) => `memory_exporter_push_${end}`;
const HEADS = {
  attempts: { name: name("attempts_total"), help: "Total number of push requests.", type: "counter" },
  failures: {
    name: name("failures_total"),
    help: "Total number of push requests after which not all samples were stored.",
    type: "counter",
  },
  samples: { name: name("samples_total"), help: "Total number of samples pushed and stored.", type: "counter" },
  dropped: {
    name: name("dropped_samples_total"),
    help: "Total number of samples dropped by reason: too old, queue full, replaced by newer ones, refused by the server.",
    type: "counter",
  },
  length: { name: name("queue_length"), help: "Current number of gatherings in the push queue.", type: "gauge" },
  bytes: { name: name("queue_bytes"), help: "Current size of the push queue in bytes.", type: "gauge", unit: "bytes" },
  oldest: {
    name: name("queue_oldest_age_seconds"),
    help: "Age of the oldest gathering in the push queue; 0 if the queue is empty.",
    type: "gauge",
    unit: "seconds",
  },
  success: {
    name: name("last_success_timestamp_seconds"),
    help: "Time of the last successful push in seconds since the epoch.",
    type: "gauge",
    unit: "seconds",
  },
  spool: {
    name: name("spool_errors_total"),
    help: "Total number of skipped damaged parts of the spool and of failed writes to it.",
    type: "counter",
  },
} as const satisfies Record<string, MetricHead>;

/** Metrics about pushes. @param spooled whether there is a spool */
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
