import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Batch, PushedFamily } from "../../src/push/batch.ts";
import { encodeExport } from "../../src/push/otlp_message.ts";
import { decode, double, fixed, type Message, messages, number, texts } from "./decode.ts";

const START = 1_700_000_000_000;
const HISTOGRAM: PushedFamily = {
  name: "h_seconds",
  help: "Of h.",
  type: "histogram",
  unit: "seconds",
  samples: [
    { labels: { le: "0.5", a: "1" }, value: 2, suffix: "_bucket", startMs: START },
    { labels: { le: "2", a: "1" }, value: 5, suffix: "_bucket", startMs: START },
    { labels: { le: "+Inf", a: "1" }, value: 6, suffix: "_bucket", startMs: START },
    { labels: { a: "1" }, value: 9.5, suffix: "_sum", startMs: START },
    { labels: { a: "1" }, value: 6, suffix: "_count", startMs: START },
  ],
};
const GAUGE: PushedFamily = {
  name: "g_bytes",
  help: "Of g.",
  type: "gauge",
  unit: "bytes",
  samples: [{ labels: { a: "own" }, value: 1.5 }],
};
const BATCH: Batch = {
  atMs: 1_700_000_000_123,
  families: [
    GAUGE,
    { name: "c_total", help: "", type: "counter", samples: [{ labels: {}, value: 3, startMs: START }] },
    HISTOGRAM,
    {
      name: "s",
      help: "",
      type: "summary",
      samples: [
        { labels: { quantile: "0.5" }, value: 7 },
        { labels: {}, value: 8, suffix: "_sum", startMs: START },
        { labels: {}, value: 4, suffix: "_count", startMs: START },
      ],
    },
  ],
  gone: [GAUGE],
};
const GAUGE_HISTOGRAM: PushedFamily = {
  name: "q",
  help: "",
  type: "gaugehistogram",
  samples: [
    { labels: { le: "+Inf" }, value: 6, suffix: "_bucket", timestampMs: 5 },
    { labels: {}, value: 9.5, suffix: "_gsum" },
  ],
};
const SCOPE = { name: "memory_exporter", version: "1" };
const MESSAGE = encodeExport(BATCH, {
  attributes: { "service.name": "j", "host.name": "h" },
  labels: { a: "all", zone: "z" },
  scope: SCOPE,
});

const only = (message: Message | undefined, field: number): Message =>
  messages(message ?? new Map(), field)[0] ?? new Map();
const attributes = (message: Message, field: number) =>
  messages(message, field).map((one) => `${texts(one, 1)}=${texts(only(one, 2), 1)}`);

function metricsOf(): readonly Message[] {
  return messages(only(only(decode(MESSAGE), 1), 2), 2);
}

test("resource and scope", () => {
  const resource = only(decode(MESSAGE), 1);
  assert.equal(attributes(only(resource, 1), 1), ["service.name=j", "host.name=h"]);
  const scope = only(only(resource, 2), 1);
  assert.equal([texts(scope, 1), texts(scope, 2)], [["memory_exporter"], ["1"]]);
});

test("names, help, units and kinds", () => {
  const metrics = metricsOf();
  assert.equal(
    metrics.map((one) => [
      ...texts(one, 1),
      ...texts(one, 2),
      ...texts(one, 3),
      [5, 7, 9, 11].find((field) => one.has(field)),
    ]),
    [
      ["g_bytes", "Of g.", "By", 5],
      ["c_total", "", 7],
      ["h_seconds", "Of h.", "s", 9],
      ["s", "", 11],
      ["g_bytes", "Of g.", "By", 5],
    ],
  );
});

test("a time beyond 64 bits doesn't fail the batch", () => {
  const late = { ...GAUGE, samples: [{ labels: {}, value: 1, timestampMs: Number.MAX_SAFE_INTEGER }] };
  const message = decode(encodeExport({ ...BATCH, families: [late] }, { attributes: {}, labels: {}, scope: SCOPE }));
  const [metric] = messages(only(only(message, 1), 2), 2);
  assert.is(fixed(only(only(metric, 5), 1), 3), 9_223_372_036_854_000_000n);
});

test("a gauge has a value and a time, a sum is cumulative, monotonic and has a start", () => {
  const [gauge, counter] = metricsOf();
  const point = only(only(gauge, 5), 1);
  assert.equal([double(point, 4), fixed(point, 3), point.has(2)], [1.5, 1_700_000_000_123_000_000n, false]);
  assert.equal([attributes(point, 7), only(gauge, 5).has(2)], [["a=own", "zone=z"], false]);
  const sum = only(counter, 7);
  assert.equal([number(sum, 2), number(sum, 3)], [2, 1]);
  assert.equal([double(only(sum, 1), 4), fixed(only(sum, 1), 2)], [3, 1_700_000_000_000_000_000n]);
});

test("the buckets of a histogram count what is between their bounds", () => {
  const [, , metric] = metricsOf();
  const point = only(only(metric, 9), 1);
  assert.equal([attributes(point, 9), number(only(metric, 9), 2)], [["a=1", "zone=z"], 2]);
  assert.equal([fixed(point, 4), double(point, 5), fixed(point, 2)], [6n, 9.5, 1_700_000_000_000_000_000n]);
  const bytes = (field: number) => Uint8Array.from(point.get(field)?.[0] as Uint8Array).buffer;
  assert.equal([...new BigUint64Array(bytes(6))], [2n, 3n, 1n]);
  assert.equal([...new Float64Array(bytes(7))], [0.5, 2]);
});

test("a summary has its quantiles", () => {
  const [, , , metric] = metricsOf();
  const point = only(only(metric, 11), 1);
  assert.equal([fixed(point, 4), double(point, 5)], [4n, 8]);
  assert.equal([fixed(point, 2), fixed(point, 3)], [1_700_000_000_000_000_000n, 1_700_000_000_123_000_000n]);
  assert.equal(attributes(point, 7), ["a=all", "zone=z"]);
  assert.equal([double(only(point, 6), 1), double(only(point, 6), 2)], [0.5, 7]);
});

test("a series that ended has a point without a value", () => {
  const point = only(only(metricsOf().at(-1), 5), 1);
  assert.equal([point.has(4), number(point, 8)], [false, 1]);
  const ended = encodeExport(
    { atMs: 7, families: [], gone: BATCH.families.slice(2) },
    { attributes: {}, labels: {}, scope: SCOPE },
  );
  const [histogram, summary] = messages(only(only(decode(ended), 1), 2), 2);
  assert.equal([number(only(only(histogram, 9), 1), 10), number(only(only(summary, 11), 1), 8)], [1, 1]);
});

test("the parts of a gauge histogram are gauges, and a time of its own stays", () => {
  const message = encodeExport(
    { atMs: 7, families: [GAUGE_HISTOGRAM], gone: [] },
    { attributes: {}, labels: {}, scope: { name: "", version: "" } },
  );
  const metrics = messages(only(only(decode(message), 1), 2), 2);
  assert.equal(
    metrics.map((one) => texts(one, 1)),
    [["q_bucket"], ["q_gsum"]],
  );
  assert.equal(
    metrics.map((one) => fixed(only(only(one, 5), 1), 3)),
    [5_000_000n, 7_000_000n],
  );
});

test("invalid counts are no error", () => {
  const samples = [Number.NaN, Number.POSITIVE_INFINITY, -1].map((value, i) => ({
    labels: { i: String(i) },
    value,
    suffix: "_count" as const,
  }));
  encodeExport(
    { atMs: -1, families: [{ ...HISTOGRAM, samples }], gone: [] },
    { attributes: {}, labels: {}, scope: { name: "", version: "" } },
  );
});

test.run();
