import { test } from "uvu";
import * as assert from "uvu/assert";
import { binaryTicks, decimalTicks, stackOf, tickLabel } from "../../../src/web/page/browser/scales.js";
import {
  bytes,
  clock,
  duration,
  exact,
  inUnit,
  percent,
  plainFigure,
  whole,
} from "../../../src/web/page/browser/units.js";

const GIB = 2 ** 30;
/** With plain spaces in place of those that tie a figure to its unit. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("sizes have three digits and a binary unit", () => {
  const sizes = [0, 1, 1023, 1024, 1535, 10_230, 1023.4 * 1024, 1023.6 * 1024, 23.54 * GIB, 1e21, -GIB];
  assert.equal(
    sizes.map((size) => plain(bytes(size))),
    [
      "0 B",
      "1 B",
      "1023 B",
      "1.00 KiB",
      "1.50 KiB",
      "9.99 KiB",
      "1023 KiB",
      "1.00 MiB",
      "23.5 GiB",
      "867 EiB",
      "−1.00 GiB",
    ],
  );
});

test("ratios, durations and plain values are readable", () => {
  assert.equal(
    [0, 0.00001, 0.0004, 0.031, 0.0995, 0.42, 1].map((share) => plain(percent(share))),
    ["0 %", "< 0.01 %", "0.04 %", "3.1 %", "10 %", "42 %", "100 %"],
  );
  assert.equal(
    [0.00231, 0.25, 1.2, 12, 59.9, 60, 3600, 11_100, 93_600].map((seconds) => plain(duration(seconds))),
    ["2.31 ms", "250 ms", "1.20 s", "12 s", "59 s", "1 min", "1 h", "3 h 5 min", "1 d 2 h"],
  );
  assert.equal(
    [-1, 0.9, 45].map((seconds) => plain(whole(seconds))),
    ["0 s", "0 s", "45 s"],
  );
  assert.equal(
    [0, 0.25, 12, 1234.5, 1_234_567, -2.5e9, 1e-7].map((value) => plain(plainFigure(value))),
    ["0", "0.25", "12", "1,235", "1.23 million", "−2.50 billion", "1.00e-7"],
  );
});

test("a value is shown in the unit of its metric, and exactly in the title", () => {
  assert.equal([inUnit(2048, "bytes"), inUnit(0.5, "ratio"), inUnit(7, "")].map(plain), ["2.00 KiB", "50 %", "7"]);
  assert.equal([24_073_625_600, 0.1234567, 999, 1000.5, -1234].map(exact), [
    "24,073,625,600",
    "0.123457",
    "999",
    "1,000.5",
    "−1,234",
  ]);
  assert.is(clock(1_700_000_000.9), "22:13:20");
});

test("the layers of memory add up to the total", () => {
  assert.equal(stackOf({ used: 5, buffers: 1, cache: 6, free: 10, total: 20 }), [5, 6, 10, 20]);
  assert.equal(stackOf({ used: 5, buffers: 1, cache: 4, free: 10, total: 20 }), [5, 6, 10, 20]);
  assert.equal(stackOf({ used: 5, free: 10 }), [5, 5, 5, 15]);
  assert.equal(stackOf({ used: 15, cache: 6, free: 10, total: 20 }), [15, 15, 15, 25]);
});

test("ticks are a few round values, without unnecessary digits", () => {
  assert.equal(binaryTicks(23.5 * GIB), [0, 8 * GIB, 16 * GIB]);
  assert.equal(decimalTicks(0.09), [0, 0.05]);
  assert.equal(decimalTicks(700), [0, 200, 400, 600]);
  assert.equal(
    [0, 8 * GIB, 1.5 * GIB, 512 * 2 ** 20].map((value) => plain(tickLabel(bytes, value))),
    ["0", "8 GiB", "1.5 GiB", "512 MiB"],
  );
  assert.equal(
    [0.05, 0.005, 1].map((value) => plain(tickLabel(percent, value))),
    ["5 %", "0.5 %", "100 %"],
  );
});

test.run();
