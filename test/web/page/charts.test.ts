import { test } from "uvu";
import * as assert from "uvu/assert";
import { createHistory, STEP_SECONDS } from "../../../src/gather/history.ts";
import { family } from "../../../src/metric.ts";
import { chartsOf, pastValues, rowsSince } from "../../../src/web/page/charts.ts";

const FIRST = 100_000_000;
const timeOf = (slot: number) => (FIRST + slot) * STEP_SECONDS;

/** A history in which slots have values of series. */
function historyOf(values: readonly (readonly [slot: number, Readonly<Record<string, number>>])[]) {
  const history = createHistory();
  for (const [slot, series] of values) {
    const families = Object.entries(series).map(([name, value]) =>
      family({ name, help: "", type: "gauge" }, [[{}, value]]),
    );
    const result = { source: "one", outcome: "ok", families, detail: "", seconds: 0, timeoutSeconds: 5, ageSeconds: 0 };
    history.record([{ ...result, outcome: "ok", yields: true }], timeOf(slot) * 1000);
  }
  return history;
}

const used = (value: number) => ({ memory_used_bytes: value });
const waiting = (value: number) => ({ memory_pressure_waiting_seconds_total: value });

test("a chart has the times of gatherings; charts without values are missing", () => {
  const charts = chartsOf(
    historyOf([
      [0, used(1)],
      [1, used(2)],
    ]),
  );
  assert.equal(Object.keys(charts), ["memory"]);
  assert.equal(charts.memory?.rows, [
    { time: timeOf(0), values: { used: 1 } },
    { time: timeOf(1), values: { used: 2 } },
  ]);
  assert.equal(chartsOf(createHistory()), {});
});

test("a period without values is a gap, unless it is the usual scrape interval", () => {
  const rowsOf = (slots: readonly number[]) =>
    chartsOf(historyOf(slots.map((slot) => [slot, used(1)]))).memory?.rows.map(({ time, values }) => [
      time / STEP_SECONDS - FIRST,
      "used" in values,
    ]);
  const isThere = (slot: number) => [slot, true];
  assert.equal(rowsOf([0, 1, 2, 30, 31]), [isThere(0), isThere(1), isThere(2), [3, false], isThere(30), isThere(31)]);
  assert.equal(rowsOf([0, 4, 8]), [0, 4, 8].map(isThere));
  assert.equal(rowsOf([0, 20, 40, 60, 100]), [0, 20, 40, 60, 100].map(isThere));
  assert.equal(rowsOf([0, 20, 40, 60, 111])?.length, 6);
});

test("counters are shown as increase per second, without a value after a reset", () => {
  const counts: readonly (readonly [number, number])[] = [
    [0, 10],
    [1, 25],
    [3, 40],
    [4, 3],
    [5, 18],
  ];
  const charts = chartsOf(historyOf(counts.map(([slot, count]) => [slot, waiting(count)])));
  assert.equal(
    charts.pressure?.rows.map(({ time, values }) => [time / STEP_SECONDS - FIRST, values.waiting]),
    [
      [1, 1],
      [3, 0.5],
      [5, 1],
    ],
  );
});

test("rows begin at the requested time, and many rows are averaged, except gaps", () => {
  const slots = [
    ...Array.from({ length: 12 }, (_, slot) => slot),
    ...Array.from({ length: 12 }, (_, slot) => 100 + slot),
  ];
  const chart = chartsOf(historyOf(slots.map((slot) => [slot, used(slot)]))).memory;
  assert.ok(chart);
  assert.is(rowsSince(chart, timeOf(100), 100).length, 12);
  const few = rowsSince(chart, 0, 9);
  assert.ok(few.length <= 12, `${few.length}`);
  const gaps = few.flatMap(({ values }, index) => ("used" in values ? [] : [index]));
  assert.is(gaps.length, 1);
  const before = few.slice(0, gaps[0]).map(({ values }) => values.used ?? 0);
  assert.ok(
    before.every((value) => value < 12),
    JSON.stringify(before),
  );
});

test("one series has its own rows", () => {
  const history = historyOf([
    [0, used(1)],
    [2, used(3)],
  ]);
  const past = history.named("memory_used_bytes");
  assert.ok(past);
  const { rows } = pastValues(past, FIRST + 2, 60);
  assert.equal(
    rows.map(({ values }) => values.value),
    [1, 3],
  );
});

test.run();
