import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesGauge } from "../../src/presets/figures.ts";
import { labelledFamilies } from "../../src/presets/labelled.ts";
import { sampleLines } from "../memory_cases.ts";

const ROWS = [bytesGauge("a", "A.", "a"), bytesGauge("b", "B.", "b"), bytesGauge("c", "C.", "c")];
const ITEMS = [
  { name: "x", figures: { a: 1, b: 2 } },
  { name: "y", figures: { a: 0 } },
] as const;

test("labelledFamilies() gives a sample for each item that has the figure, and no empty family", () => {
  const families = labelledFamilies(ROWS, ITEMS, {
    labels: ({ name }) => ({ item: name }),
    figure: ({ figures }, from) => (figures as Readonly<Record<string, number>>)[from],
    maxSeries: undefined,
  });
  assert.is(families.length, 2);
  assert.equal(sampleLines(families), [
    'memory_a_bytes{item="x"} 1',
    'memory_a_bytes{item="y"} 0',
    'memory_b_bytes{item="x"} 2',
  ]);
});

test.run();
