import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Family } from "../../src/metric.ts";
import { createHistory } from "../../src/push/history.ts";

const gauge = (name: string, value: number, labels = {}): Family => ({
  name,
  help: "",
  type: "gauge",
  samples: [{ labels, value }],
});
const counter = (name: string, value: number): Family => ({ ...gauge(name, value), type: "counter" });

test("a series that disappears ends once", () => {
  const history = createHistory(0);
  assert.equal(history.next([gauge("a", 1), gauge("b", 1, { x: "1" })], 10).gone, []);
  const second = history.next([gauge("a", 1), gauge("b", 1, { x: "2" })], 20);
  assert.equal(
    second.gone.map(({ name, samples }) => [name, samples.map(({ labels }) => labels)]),
    [["b", [{ x: "1" }]]],
  );
  assert.equal(history.next([gauge("a", 1), gauge("b", 1, { x: "2" })], 30).gone, []);
});

test("the end ends all series", () => {
  const history = createHistory(0);
  history.next([gauge("a", 1), counter("b_total", 1)], 10);
  const { families, gone, atMs } = history.end(20);
  assert.equal([families, gone.map(({ name }) => name), atMs], [[], ["a", "b_total"], 20]);
});

test("a counter starts when it is first seen, those of the exporter at its start", () => {
  const history = createHistory(5);
  const starts = (atMs: number, value: number) =>
    history
      .next([counter("memory_exporter_push_x_total", value), counter("memory_y_total", value)], atMs)
      .families.map(({ samples }) => samples[0]?.startMs);
  assert.equal(starts(10, 3), [5, 10]);
  assert.equal(starts(20, 4), [5, 10]);
  assert.equal(starts(30, 1), [20, 20], "a counter that fell was reset since it was seen last");
  assert.equal(starts(40, 2), [20, 20]);
  assert.equal(starts(50, 2), [20, 20], "one that stands still was not reset");
});

test("gauges have no start, parts of histograms have one", () => {
  const history = createHistory(0);
  const histogram: Family = {
    name: "h",
    help: "",
    type: "histogram",
    samples: [
      { labels: { le: "+Inf" }, value: 1, suffix: "_bucket" },
      { labels: {}, value: 2, suffix: "_sum" },
      { labels: {}, value: 1, suffix: "_count" },
    ],
  };
  const [first, second] = history.next([gauge("a", 1), histogram], 10).families;
  assert.equal(first?.samples[0], { labels: {}, value: 1 });
  assert.equal(
    second?.samples.map(({ startMs }) => startMs),
    [10, 10, 10],
  );
});

test("the sum and the count of a summary have a start, its quantiles don't", () => {
  const summary: Family = {
    name: "s",
    help: "",
    type: "summary",
    samples: [
      { labels: { quantile: "0.5" }, value: 1 },
      { labels: {}, value: 2, suffix: "_sum" },
      { labels: {}, value: 1, suffix: "_count" },
    ],
  };
  const [family] = createHistory(0).next([summary], 10).families;
  assert.equal(
    family?.samples.map(({ suffix, startMs }) => [suffix, startMs]),
    [
      [undefined, undefined],
      ["_sum", 10],
      ["_count", 10],
    ],
  );
});

test("all ended series of a family are reported", () => {
  const history = createHistory(0);
  const samples = ["1", "2", "3"].map((x) => ({ labels: { x }, value: 1 }));
  history.next([{ ...gauge("a", 1), samples }], 10);
  const [gone] = history.next([gauge("a", 1, { x: "2" })], 20).gone;
  assert.equal(
    gone?.samples.map(({ labels }) => labels),
    [{ x: "1" }, { x: "3" }],
  );
});

test("invalid samples aren't pushed", () => {
  const { families } = createHistory(0).next([gauge("a", Number.NaN), gauge("0", 1), gauge("b", 1, { "0": "" })], 10);
  assert.equal(families, []);
});

test("of a series at several times the latest is pushed, and one with times of its own doesn't end", () => {
  const samples = [3, 1, 2].map((timestampMs) => ({ labels: {}, value: timestampMs, timestampMs }));
  const history = createHistory(0);
  const { families } = history.next([{ name: "a", help: "", type: "gauge", verbatim: true, samples }], 10);
  assert.equal(families[0]?.samples, [{ labels: {}, value: 3, timestampMs: 3 }]);
  assert.equal(history.next([], 20).gone, []);
});

test("names beyond those of all servers are written with underscores", () => {
  const verbatim: Family = { ...gauge("a.b", 1, { "c d": "é" }), verbatim: true };
  const [first] = createHistory(0).next([verbatim], 10).families;
  assert.equal([first?.name, first?.samples[0]?.labels], ["a_b", { c_d: "é" }]);
});

test.run();
