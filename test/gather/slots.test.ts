import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSlots } from "../../src/gather/slots.ts";

/** Somebody who takes a place, and what was told so far. */
function scene(limit: number) {
  const slots = createSlots(limit);
  const told: string[] = [];
  const take = (name: string) =>
    Promise.resolve(slots.take()).then((release) => {
      told.push(name);
      return release;
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { slots, told, take, settle };
}

test("at most the limit of runs have a slot, and others wait in order", async () => {
  const { told, take, settle } = scene(2);
  const [a, b] = await Promise.all([take("a"), take("b")]);
  const c = take("c");
  void take("d");
  await settle();
  assert.equal(told, ["a", "b"]);
  b();
  await settle();
  assert.equal(told, ["a", "b", "c"]);
  a();
  (await c)();
  await settle();
  assert.equal(told, ["a", "b", "c", "d"]);
});

test("a higher limit admits waiting runs, a lower one takes effect when runs end", async () => {
  const { slots, told, take, settle } = scene(1);
  const a = await take("a");
  const b = take("b");
  slots.setLimit(Number.POSITIVE_INFINITY);
  const [releaseB, releaseC] = await Promise.all([b, take("c")]);
  slots.setLimit(1);
  void take("d");
  a();
  releaseB();
  await settle();
  assert.equal(told, ["a", "b", "c"]);
  releaseC();
  await settle();
  assert.equal(told, ["a", "b", "c", "d"]);
});

test.run();
