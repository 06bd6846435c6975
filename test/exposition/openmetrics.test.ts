import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeOpenMetrics } from "../../src/exposition/openmetrics.ts";
import { legalPage } from "../../src/exposition/page.ts";
import type { Family, Labels, MetricType, Sample } from "../../src/metric.ts";
import { needs } from "../tools.ts";
import { PYTHON, PYTHON_PROBE, readStrictly } from "./strict.ts";

const withPython = needs(PYTHON, ...PYTHON_PROBE) ? test : test.skip;

function of(name: string, type: MetricType, ...samples: readonly Sample[]): Family {
  return { name, help: "Help.", type, samples };
}

const one = (value: number, labels: Labels = {}): Sample => ({ labels, value });

function encode(...families: readonly Family[]): string {
  return encodeOpenMetrics(legalPage(families));
}

test("TYPE, UNIT, HELP, samples, EOF", () => {
  const family: Family = { ...of("a_bytes", "gauge", one(5)), unit: "bytes", help: 'a "b"\n\\c' };
  assert.is(
    encode(family),
    '# TYPE a_bytes gauge\n# UNIT a_bytes bytes\n# HELP a_bytes a \\"b\\"\\n\\\\c\na_bytes 5.0\n# EOF\n',
  );
});

test("UNIT only where the name ends in it", () => {
  const withUnit = (name: string, type: MetricType, unit: string) =>
    encode({ ...of(name, type, one(1)), unit }).includes("# UNIT");
  assert.is(withUnit("a_seconds_total", "counter", "seconds"), true);
  assert.is(withUnit("a_seconds", "untyped", "seconds"), true);
  assert.is(withUnit("a_seconds", "gauge", "bytes"), false);
  assert.is(withUnit("seconds", "gauge", "seconds"), false);
  assert.is(withUnit("megabytes", "gauge", "bytes"), false);
  assert.is(withUnit("a_seconds_max", "gauge", "seconds"), false);
});

test("no HELP without a text", () => {
  assert.is(encode({ ...of("a", "gauge", one(1)), help: "" }), "# TYPE a gauge\na 1.0\n# EOF\n");
});

test("a counter is named without _total, its samples with it", () => {
  assert.is(encode(of("a_total", "counter", one(3))), "# TYPE a counter\n# HELP a Help.\na_total 3.0\n# EOF\n");
});

test("a counter that can't be one is unknown", () => {
  assert.match(encode(of("a", "counter", one(3))), "# TYPE a unknown\n# HELP a Help.\na 3.0\n");
  assert.match(encode(of("_total", "counter", one(3))), "# TYPE _total unknown\n");
  const beside = encode(of("a_total", "counter", one(3)), of("a", "gauge", one(1)));
  assert.match(
    beside,
    "# TYPE a gauge\n# HELP a Help.\na 1.0\n# TYPE a_total unknown\n# HELP a_total Help.\na_total 3.0\n",
  );
});

test("floats say that they are", () => {
  const values = [0, 1, -1, 0.5, 1e6, 16_777_216_000, 1e21, 1e-7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const lines = encode(of("a", "gauge", ...values.map((value, i) => one(value, { i: `${i}` })))).split("\n");
  assert.equal(
    lines.filter((line) => line.startsWith("a{")).map((line) => line.split(" ")[1]),
    ["0.0", "1.0", "-1.0", "0.5", "1000000.0", "16777216000.0", "1e+21", "1e-7", "+Inf", "-Inf"],
  );
});

test("le is canonical, counts are whole", () => {
  const bounds = [
    "0",
    "-1.5",
    "0.00001",
    "0.0001",
    "0.25",
    "1",
    "10",
    "123456",
    "999999.5",
    "1000000",
    "1.5e7",
    "1e+21",
    "+Inf",
  ];
  const samples = bounds.map((le, value): Sample => ({ labels: { le }, value, suffix: "_bucket" }));
  const lines = encode(of("h", "histogram", ...samples, { labels: {}, value: 12, suffix: "_count" })).split("\n");
  assert.equal(
    lines.filter((line) => line.startsWith("h_")),
    [
      'h_bucket{le="-1.5"} 1',
      'h_bucket{le="0.0"} 0',
      'h_bucket{le="1e-05"} 2',
      'h_bucket{le="0.0001"} 3',
      'h_bucket{le="0.25"} 4',
      'h_bucket{le="1.0"} 5',
      'h_bucket{le="10.0"} 6',
      'h_bucket{le="123456.0"} 7',
      'h_bucket{le="999999.5"} 8',
      'h_bucket{le="1e+06"} 9',
      'h_bucket{le="1.5e+07"} 10',
      'h_bucket{le="1e+21"} 11',
      'h_bucket{le="+Inf"} 12',
      "h_count 12",
    ],
  );
});

test("only bounds are made canonical", () => {
  assert.match(encode(of("a", "gauge", one(1, { le: "1", quantile: "1" }))), 'a{le="1",quantile="1"} 1.0\n');
  assert.match(encode(of("s", "summary", one(1, { quantile: "1", le: "1" }))), 's{le="1",quantile="1.0"} 1.0\n');
});

withPython("no name clashes with another, whatever is there", () => {
  const count: Sample = { labels: {}, value: 0, suffix: "_count" };
  const parts: Sample[] = [
    { labels: { le: "+Inf" }, value: 0, suffix: "_bucket" },
    { labels: {}, value: 0, suffix: "_sum" },
    count,
  ];
  const page = encode(
    of("a_total", "counter", one(1)),
    of("a", "gauge", one(1)),
    of("b_total", "counter", one(1)),
    of("b_created", "gauge", one(1)),
    of("h", "histogram", ...parts),
    of("h_created", "gauge", one(1)),
    of("h_count_total", "counter", one(1)),
    of("h_info", "gauge", one(1)),
    of("s", "summary", count),
    of("s_sum_total", "counter", one(1)),
    of("t", "counter", one(1)),
    of("t_total", "counter", one(1)),
    of("u_bucket", "gauge", one(1)),
    of("u_total", "gauge", one(1)),
  );
  assert.equal(
    readStrictly(page, "openmetrics.parser").map(({ name, type }) => `${name} ${type}`),
    [
      "a gauge",
      "a_total unknown",
      "b_created gauge",
      "b_total unknown",
      "h histogram",
      "h_count_total unknown",
      "h_info gauge",
      "s summary",
      "s_sum_total unknown",
      "t unknown",
      "t_total unknown",
      "u_bucket gauge",
      "u_total gauge",
    ],
  );
});

test.run();
