import { test } from "uvu";
import * as assert from "uvu/assert";
import { createHistory, MAX_ALWAYS, MAX_SERIES, SLOTS, STEP_SECONDS } from "../../src/gather/history.ts";
import type { Result } from "../../src/gather/result.ts";
import { type Family, family, type Labels } from "../../src/metric.ts";

const STEP_MS = STEP_SECONDS * 1000;
/** The first slot of these tests. */
const FIRST = 100_000_000;
const at = (slot: number) => slot * STEP_MS + 1;

function gauge(name: string, samples: readonly (readonly [Labels, number])[]): Family {
  return family({ name, help: "Help.", type: "gauge" }, samples);
}

function result(source: string, families: readonly Family[], outcome: Result["outcome"] = "ok"): Result {
  const common = { detail: "", seconds: 0, timeoutSeconds: 5, ageSeconds: 0, yields: true };
  return { source, outcome, families, ...common };
}

const one = (value: number, source = "one") => result(source, [gauge("a", [[{}, value]])]);
/** A result with so many series of a label. */
const many = (count: number, name = "many") =>
  result(name, [
    gauge(
      name,
      Array.from({ length: count }, (_, i) => [{ i: `${i}` }, i] as const),
    ),
  ]);

test("each slot has the first value of a series; slots without a gathering are gaps", () => {
  const history = createHistory();
  assert.is(history.newest(), undefined);
  history.record([one(1)], at(FIRST));
  history.record([one(2)], at(FIRST));
  history.record([one(3)], at(FIRST + 3));
  const values = [-1, 0, 1, 2, 3, 4].map((offset) => history.named("a")?.at(FIRST + offset));
  assert.equal(values, [Number.NaN, 1, Number.NaN, Number.NaN, 3, Number.NaN]);
  assert.is(history.newest(), FIRST + 3);
});

test("a failed source leaves a gap, and its slot is open for a success that comes later", () => {
  const history = createHistory();
  history.record([result("one", [], "exit")], at(FIRST));
  assert.is(history.named("a"), undefined);
  history.record([one(5)], at(FIRST));
  assert.is(history.named("a")?.at(FIRST), 5);
});

test("if two sources give the same series, the first one is used; each source has its own slot", () => {
  const history = createHistory();
  history.record([one(1), one(2, "two")], at(FIRST));
  assert.equal([history.named("a")?.at(FIRST), history.series().length], [1, 1]);
  history.record([one(3, "two")], at(FIRST + 1));
  history.record([one(4)], at(FIRST + 1));
  assert.is(history.named("a")?.at(FIRST + 1), 3);
});

test("the oldest slots are dropped after six hours", () => {
  const history = createHistory();
  for (let slot = FIRST; slot < FIRST + SLOTS + 10; slot += 1) history.record([one(slot)], at(slot));
  const past = history.named("a");
  assert.equal([past?.at(FIRST + 9), past?.at(FIRST + 10)], [Number.NaN, FIRST + 10]);
  assert.is(past?.at(FIRST + SLOTS + 9), FIRST + SLOTS + 9);
});

test("after a pause that is longer than the history it is empty", () => {
  const history = createHistory();
  history.record([one(1)], at(FIRST));
  history.record([one(2)], at(FIRST + 3 * SLOTS));
  const past = history.named("a");
  let found = 0;
  for (let slot = FIRST; slot <= FIRST + 3 * SLOTS; slot += 1) if (!Number.isNaN(past?.at(slot) ?? 0)) found += 1;
  assert.is(found, 1);
});

test("series without values for six hours are removed", () => {
  const history = createHistory();
  history.record([one(1)], at(FIRST));
  history.record([many(1)], at(FIRST + SLOTS));
  assert.equal(history.named("a")?.at(FIRST), Number.NaN);
});

test("all values take less than 2 MiB", () => {
  const names = Array.from({ length: MAX_ALWAYS }, (_, i) => `always_${i}`);
  const history = createHistory(names);
  for (let slot = FIRST; slot < FIRST + 100; slot += 1) {
    const wanted = result(
      "wanted",
      names.map((name) => gauge(name, [[{}, 1]])),
    );
    history.record([many(1000), many(1000, `changing_${slot}`), wanted], at(slot));
  }
  assert.ok(history.bytes() <= 2 * 2 ** 20, `${history.bytes()} bytes`);
  assert.is(history.series().length, MAX_SERIES + MAX_ALWAYS);
  for (const name of names) assert.is(history.named(name)?.at(FIRST), 1, name);
  assert.throws(() => createHistory([...names, "one_more"]), RangeError);
});

test("series that stay keep their places, and those that have gone give way", () => {
  const history = createHistory();
  history.record([many(MAX_SERIES)], at(FIRST));
  history.record([one(1), many(MAX_SERIES)], at(FIRST + 1));
  assert.is(history.named("a"), undefined);
  history.record([many(MAX_SERIES - 1)], at(FIRST + 30));
  history.record([one(2)], at(FIRST + 30));
  assert.is(history.named("a")?.at(FIRST + 30), 2);
  assert.is(history.series().length, MAX_SERIES);
});

test("a clock that is set back slightly is tolerated; otherwise the history is deleted", () => {
  const history = createHistory();
  history.record([one(1)], at(FIRST));
  history.record([many(1)], at(FIRST - 1));
  assert.equal([history.newest(), history.series().length], [FIRST, 2]);
  history.record([one(3)], at(FIRST - 100));
  assert.equal([history.newest(), history.series().length], [FIRST - 100, 1]);
  assert.is(history.named("a")?.at(FIRST - 100), 3);
});

test("parts of histograms, values of another time, infinite ones and long labels are left out", () => {
  const history = createHistory();
  const labels = { path: "x".repeat(2000) };
  const odd: Family = {
    ...gauge("odd", []),
    samples: [
      { labels: {}, value: 1, suffix: "_sum" },
      { labels: {}, value: 1, timestampMs: 5 },
      { labels: {}, value: Number.POSITIVE_INFINITY },
      { labels, value: 1 },
    ],
  };
  history.record([result("odd", [odd])], at(FIRST));
  assert.is(history.series().length, 0);
});

test.run();
