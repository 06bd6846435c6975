import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Batch, countSamples, pack, sliceBatch, unpack } from "../../src/push/batch.ts";

const BATCH: Batch = {
  atMs: 1_700_000_000_123,
  families: [
    {
      name: "memory_x_total",
      help: "Ünits of x.",
      type: "counter",
      samples: [
        { labels: { a: "1" }, value: 2 ** 53, startMs: 1_700_000_000_000 },
        { labels: {}, value: Number.POSITIVE_INFINITY },
        { labels: { b: "" }, value: Number.NEGATIVE_INFINITY },
      ],
    },
  ],
  gone: [{ name: "memory_y", help: "", type: "gauge", samples: [{ labels: { z: "\ud83d\ude00" }, value: 0.1 }] }],
};

test("unpack() is the inverse of pack(), also for infinite numbers", () => {
  assert.equal(unpack(pack(BATCH)), BATCH);
});

test("samples and ends of series are counted", () => {
  assert.is(countSamples(BATCH), 4);
});

test("a batch can be split at any sample, with ended series last", () => {
  const values = ({ families, gone }: Batch) =>
    [families, gone].map((part) => part.flatMap(({ samples }) => samples.map(({ value }) => value)));
  const [all, ends] = values(BATCH);
  assert.equal(values(sliceBatch(BATCH, 0, 4)), [all, ends]);
  assert.equal(values(sliceBatch(BATCH, 1, 2)), [[Number.POSITIVE_INFINITY], []]);
  assert.equal(values(sliceBatch(BATCH, 2, 4)), [[Number.NEGATIVE_INFINITY], [0.1]]);
  assert.equal(sliceBatch(BATCH, 3, 9).families, []);
});

test("other bytes are an error", () => {
  assert.throws(() => unpack(new Uint8Array([1, 2, 3])));
});

test("a page of 60 series takes less than 8 MiB for an hour at 15 s", () => {
  const samples = Array.from({ length: 60 }, (_, i) => ({
    labels: { command: `name-${i}` },
    value: Math.random() * 2 ** 40,
  }));
  const help = "How long the last run of the command took, and some more words so that it is as long as others.";
  const families = samples.map((sample, i) => ({
    name: `memory_metric_${i}_bytes`,
    help,
    type: "gauge" as const,
    samples: [sample],
  }));
  const bytes = pack({ atMs: Date.now(), families, gone: [] }).length;
  assert.ok(bytes * 240 < 8 * 2 ** 20, `${bytes} bytes a page`);
});

test.run();
