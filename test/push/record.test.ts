import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode } from "../../src/exposition/encode.ts";
import { createQueue } from "../../src/push/queue.ts";
import { createRecord, drop, droppedSamples, pushFamilies } from "../../src/push/record.ts";
import { sampleOf } from "../exporter.ts";

const emptyQueue = () =>
  createQueue({ maxBytes: 1000, maxAgeMs: 1e6, maxEntries: 10, lost: () => {}, now: () => 4000 });

test("all metrics exist from the start, except the time of the last success", async () => {
  const page = await encode(pushFamilies(createRecord(), emptyQueue(), true), "text");
  const names = [...page.matchAll(/^(\w+)/gm)].map(([name]) => name);
  assert.equal(
    names,
    [
      ...Array(4).fill("memory_exporter_push_dropped_samples_total"),
      ...["attempts_total", "failures_total", "queue_bytes", "queue_length"].map(
        (end) => `memory_exporter_push_${end}`,
      ),
      ...["queue_oldest_age_seconds", "samples_total", "spool_errors_total"].map(
        (end) => `memory_exporter_push_${end}`,
      ),
    ].sort(),
  );
});

test("counts are exported", async () => {
  const record = createRecord();
  Object.assign(record, { attempts: 3, failures: 1, samples: 50, lastSuccessSeconds: 12.5 });
  drop(record, "age", 7);
  drop(record, "refused", 2);
  const queue = emptyQueue();
  queue.add({ atMs: 1000, samples: 1, bytes: new Uint8Array(5) });
  const page = await encode(pushFamilies(record, queue, false), "text");
  const value = (end: string) => sampleOf(page, `memory_exporter_push_${end}`);
  assert.is(droppedSamples(record), 9);
  assert.equal(
    ["attempts_total", "failures_total", "samples_total", "last_success_timestamp_seconds"].map(value),
    [3, 1, 50, 12.5],
  );
  assert.equal(['dropped_samples_total{reason="age"}', 'dropped_samples_total{reason="size"}'].map(value), [7, 0]);
  assert.equal(["queue_length", "queue_bytes", "queue_oldest_age_seconds"].map(value), [1, 5, 3]);
  assert.is(value("spool_errors_total"), undefined);
});

test.run();
