import { test } from "uvu";
import * as assert from "uvu/assert";
import { family, type MetricHead } from "../src/metric.ts";

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

test.run();
