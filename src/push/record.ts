import { counter, type Family, family, gauge } from "../metric.ts";
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

const DROPPED = counter(
  "memory_exporter_push_dropped_samples_total",
  "Total number of samples dropped by reason: too old, queue full, replaced by newer ones, refused by the server.",
);

/** Metrics about pushes. @param spooled whether there is a spool */
export function pushFamilies(record: PushRecord, queue: Queue, spooled: boolean): readonly Family[] {
  const counted = (end: string, help: string, value: number) =>
    family(counter(`memory_exporter_push_${end}`, help), [[{}, value]]);
  const gaugeOf = (end: string, help: string, value: number | undefined) =>
    family(gauge(`memory_exporter_push_${end}`, help), [[{}, value]]);
  const spoolHelp = "Total number of skipped damaged parts of the spool and of failed writes to it.";
  const failuresHelp = "Total number of push requests after which not all samples were stored.";
  const successHelp = "Time of the last successful push in seconds since the epoch.";
  const oldestHelp = "Age of the oldest gathering in the push queue; 0 if the queue is empty.";
  return [
    counted("attempts_total", "Total number of push requests.", record.attempts),
    counted("failures_total", failuresHelp, record.failures),
    counted("samples_total", "Total number of samples pushed and stored.", record.samples),
    family(
      DROPPED,
      DROP_REASONS.map((reason) => [{ reason }, record.dropped.get(reason)]),
    ),
    gaugeOf("queue_length", "Current number of gatherings in the push queue.", queue.length()),
    gaugeOf("queue_bytes", "Current size of the push queue in bytes.", queue.bytes()),
    gaugeOf("queue_oldest_age_seconds", oldestHelp, (queue.oldestMs() ?? 0) / 1000),
    gaugeOf("last_success_timestamp_seconds", successHelp, record.lastSuccessSeconds),
    ...(spooled ? [counted("spool_errors_total", spoolHelp, record.spoolErrors)] : []),
  ];
}
