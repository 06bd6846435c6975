import { test } from "uvu";
import * as assert from "uvu/assert";
import { counter, family, gauge, type MetricHead } from "../src/metric.ts";

const HEAD: MetricHead = { name: "memory_x_bytes", help: "X.", type: "gauge", unit: "bytes" };

test("a family has the samples that have a value", () => {
  const made = family(HEAD, [
    [{ a: "1" }, 0],
    [{ a: "2" }, undefined],
    [{ a: "3" }, null],
    [{ a: "4" }, Number.NaN],
    [{ a: "5" }, -1],
    [{}, Number.POSITIVE_INFINITY],
  ]);
  assert.equal(made, {
    ...HEAD,
    samples: [
      { labels: { a: "1" }, value: 0 },
      { labels: { a: "5" }, value: -1 },
      { labels: {}, value: Number.POSITIVE_INFINITY },
    ],
  });
});

test("of what else its head knows it takes nothing along", () => {
  const row = { name: "memory_up", help: "Up.", type: "gauge", from: "nowhere" } as const;
  assert.equal(family(row, []), { name: "memory_up", help: "Up.", type: "gauge", samples: [] });
});

test("a metric has the unit that its name has", () => {
  const units = ["a_bytes", "a_seconds_total", "a_ratio", "a_bytes_free", "a_total"].map(
    (name) => counter(name, "").unit,
  );
  assert.equal(units, ["bytes", "seconds", "ratio", undefined, undefined]);
  assert.equal(gauge("a_seconds", "H."), { name: "a_seconds", help: "H.", type: "gauge", unit: "seconds" });
  assert.equal(Object.keys(gauge("a", "H.")), ["name", "help", "type"]);
});

test.run();
