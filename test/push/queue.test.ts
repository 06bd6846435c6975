import { test } from "uvu";
import * as assert from "uvu/assert";
import { createQueue, type Entry, type QueueOptions } from "../../src/push/queue.ts";

function scene(options: Partial<QueueOptions> = {}) {
  const lost: string[] = [];
  const removed: number[] = [];
  let now = 0;
  const queue = createQueue({
    maxBytes: 1000,
    maxAgeMs: 1000,
    maxEntries: Number.POSITIVE_INFINITY,
    lost: ({ number }, why) => lost.push(`${number} ${why}`),
    removed: ({ number }) => removed.push(number),
    now: () => now,
    ...options,
  });
  const add = (bytes = 100, atMs = now) => queue.add({ atMs, samples: 1, bytes: new Uint8Array(bytes) });
  const at = (ms: number) => {
    now = ms;
  };
  return { queue, lost, removed, add, at };
}

test("entries are taken in order, and put back to the front", () => {
  const { queue, add, removed } = scene();
  for (let i = 0; i < 3; i++) add();
  assert.is(queue.take()?.number, 1);
  queue.putBack();
  assert.is(queue.take()?.number, 1);
  queue.done();
  assert.is(queue.take()?.number, 2);
  assert.equal([queue.length(), queue.samples(), queue.bytes(), removed], [2, 2, 200, [1]]);
});

test("a part of the taken entry can be put back", () => {
  const { queue, removed } = scene();
  queue.add({ atMs: 0, samples: 5, bytes: new Uint8Array(1) });
  const entry = queue.take();
  if (entry) queue.putBack({ ...entry, samples: 3 });
  assert.equal([queue.samples(), queue.take()?.samples, removed], [3, 3, []]);
  queue.done();
  assert.equal(removed, [1]);
});

test("above the limit the oldest entries are dropped, never the taken one", () => {
  const { queue, add, lost } = scene({ maxBytes: 300 });
  add();
  queue.take();
  for (let i = 0; i < 4; i++) add();
  assert.equal(lost, ["2 size", "3 size"]);
  queue.done();
  assert.is(queue.take()?.number, 4);
});

test("no more entries are dropped than necessary", () => {
  const { queue, add, lost, removed } = scene({ maxBytes: 500 });
  for (let i = 0; i < 5; i++) add();
  add(150);
  assert.equal([lost, removed, queue.bytes()], [["1 size", "2 size"], [1, 2], 450]);
});

test("an entry that is larger than the queue is kept while it is the only one", () => {
  const { queue, add, lost } = scene({ maxBytes: 50 });
  add();
  assert.equal([queue.length(), lost], [1, []]);
  add();
  assert.equal([queue.length(), lost], [1, ["1 size"]]);
});

test("entries that are too old are dropped", () => {
  const { queue, add, lost, at } = scene();
  add();
  at(1001);
  add();
  assert.equal(lost, ["1 age"]);
  at(2002);
  assert.is(queue.take(), undefined);
  assert.equal(lost, ["1 age", "2 age"]);
});

test("a taken entry that is too old isn't put back", () => {
  const { queue, add, lost, at } = scene();
  add();
  queue.take();
  at(1001);
  queue.putBack();
  assert.equal([lost, queue.length()], [["1 age"], 0]);
});

test("if only the latest is useful, it replaces the waiting one", () => {
  const { queue, add, lost } = scene({ maxEntries: 1 });
  add();
  queue.take();
  add();
  add();
  queue.putBack();
  assert.equal(lost, ["2 newer", "1 newer"]);
  assert.is(queue.take()?.number, 3);
});

test("numbers go on behind what was restored", () => {
  const entry: Entry = { number: 7, atMs: 0, samples: 1, bytes: new Uint8Array(1) };
  const { queue, add } = scene({ restored: { entries: [entry], next: 9 } });
  add();
  assert.is(queue.take()?.number, 7);
  queue.done();
  assert.is(queue.take()?.number, 9);
});

test("the age of the oldest is known, and waiters are notified", async () => {
  const { queue, add, at } = scene();
  assert.is(queue.oldestMs(), undefined);
  const changed = queue.changed();
  add();
  await changed;
  at(300);
  assert.is(queue.oldestMs(), 300);
  await queue.changed();
});

test.run();
