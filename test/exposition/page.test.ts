import { test } from "uvu";
import * as assert from "uvu/assert";
import { legalPage } from "../../src/exposition/page.ts";
import type { Family, Labels, MetricType, Sample } from "../../src/metric.ts";

function of(name: string, type: MetricType, ...samples: readonly Sample[]): Family {
  return { name, help: "Help.", type, samples };
}

const one = (value: number, labels: Labels = {}): Sample => ({ labels, value });

/** The page as lines of suffix, labels and value. */
function linesOf(page: readonly Family[]): string[] {
  return page.flatMap(({ name, samples }) =>
    samples.map(({ suffix = "", labels, value }) => `${name}${suffix} ${JSON.stringify(labels)} ${value}`),
  );
}

test("sorts families by name, series and labels by labels", () => {
  const page = legalPage([
    of("b", "gauge", one(1, { z: "1", a: "2" }), one(2, { a: "1" }), one(3)),
    of("a_total", "counter", one(4)),
    of("B", "gauge", one(5)),
  ]);
  assert.equal(linesOf(page), ["B {} 5", "a_total {} 4", "b {} 3", 'b {"a":"1"} 2', 'b {"a":"2","z":"1"} 1']);
});

test("brings the parts of each histogram together, buckets by bound, le last", () => {
  const bucket = (le: string, value: number, zone: string): Sample => ({
    labels: { le, zone },
    value,
    suffix: "_bucket",
  });
  const page = legalPage([
    of(
      "h",
      "histogram",
      { labels: { zone: "b" }, value: 9, suffix: "_count" },
      bucket("+Inf", 3, "a"),
      bucket("10", 2, "a"),
      { labels: { zone: "a" }, value: 7.5, suffix: "_sum" },
      bucket("2.50", 1, "a"),
      bucket("1e1", 99, "a"),
      { labels: { zone: "a" }, value: 3, suffix: "_count" },
    ),
  ]);
  assert.equal(linesOf(page), [
    'h_bucket {"zone":"a","le":"2.5"} 1',
    'h_bucket {"zone":"a","le":"10"} 2',
    'h_bucket {"zone":"a","le":"+Inf"} 3',
    'h_sum {"zone":"a"} 7.5',
    'h_count {"zone":"a"} 3',
    'h_count {"zone":"b"} 9',
  ]);
});

test("merges a name that is given twice; of a series given twice the first stands", () => {
  const page = legalPage([
    { ...of("a", "gauge", one(1), one(2)), help: "First." },
    of("b", "gauge", one(3)),
    of("a", "gauge", one(4), one(5, { x: "1" }), one(6, { x: "" })),
  ]);
  assert.equal(linesOf(page), ["a {} 1", 'a {"x":"1"} 5', "b {} 3"]);
  assert.is(page[0]?.help, "First.");
});

test("merges histograms whole: one of the same labels isn't mixed with the first", () => {
  const histogram = (le: string, count: number): Family =>
    of(
      "h",
      "histogram",
      { labels: { le }, value: count, suffix: "_bucket" },
      { labels: {}, value: count, suffix: "_count" },
    );
  assert.equal(linesOf(legalPage([histogram("+Inf", 1), histogram("5", 2)])), [
    'h_bucket {"le":"+Inf"} 1',
    "h_count {} 1",
  ]);
});

test("keeps the first of two types", () => {
  assert.equal(linesOf(legalPage([of("a", "gauge", one(1)), of("a", "counter", one(2, { x: "1" }))])), ["a {} 1"]);
});

test("leaves out what isn't there or isn't legal", () => {
  const page = legalPage([
    of("empty", "gauge"),
    of("nan", "gauge", one(Number.NaN)),
    of("negative_total", "counter", one(-1)),
    of("1digit", "gauge", one(1)),
    of("line\nbreak", "gauge", one(1)),
    of("", "gauge", one(1)),
    of("é", "gauge", one(1)),
    of(
      "labels",
      "gauge",
      one(1, { "": "x" }),
      one(1, { "a-b": "x" }),
      one(1, { 'a="",b': "x" }),
      one(1, { __name__: "x" }),
    ),
    of("suffix", "gauge", { labels: {}, value: 1, suffix: "_count" }),
    of("bare", "histogram", one(1), { labels: { le: "x" }, value: 1, suffix: "_bucket" }),
    of(
      "unbound",
      "histogram",
      { labels: {}, value: 1, suffix: "_bucket" },
      { labels: { le: "" }, value: 1, suffix: "_bucket" },
    ),
    of("below", "histogram", { labels: { le: "1" }, value: -1, suffix: "_bucket" }),
    of("quantiles", "summary", one(1), one(1, { quantile: "1.5" }), one(1, { quantile: "-0.5" })),
    of("kept", "gauge", one(Number.POSITIVE_INFINITY), one(-5, { constructor: "x" })),
  ]);
  assert.equal(linesOf(page), ["kept {} Infinity", 'kept {"constructor":"x"} -5']);
});

test("leaves out a family that is named like a part of a histogram or summary", () => {
  const count: Sample = { labels: {}, value: 1, suffix: "_count" };
  const page = legalPage([
    of("h_count", "gauge", one(2)),
    of("h", "histogram", count),
    of("s_sum", "gauge", one(3)),
    of("s", "summary", count),
  ]);
  assert.equal(linesOf(page), ["h_count {} 1", "s_count {} 1"]);
});

test("leaves out a family that is named like the time when series that are handed on began", () => {
  const created: Sample = { labels: {}, value: 5, suffix: "_created" };
  const count: Sample = { labels: {}, value: 1, suffix: "_count" };
  const own = of("h", "histogram", count, created);
  const names = (...families: Family[]) => legalPage(families).map(({ name }) => name);
  assert.equal(
    names({ ...own, verbatim: true }, of("h_created", "gauge", one(5)), of("other_created", "gauge", one(5))),
    ["h", "other_created"],
  );
  assert.equal(names(own, of("h_created", "gauge", one(5))), ["h", "h_created"]);
});

test("makes texts well-formed before it compares them", () => {
  const page = legalPage([
    { ...of("a", "gauge", one(1, { x: "\ud800" }), one(2, { x: "\udfff" }), one(3, { x: "a\0b" })), help: "\ud800\0" },
  ]);
  assert.equal(linesOf(page), ['a {"x":"a\ufffdb"} 3', 'a {"x":"\ufffd"} 1']);
  assert.is(page[0]?.help, "\ufffd\ufffd");
});

test("tells apart labels that would look the same side by side", () => {
  const page = legalPage([
    of("a", "gauge", one(1, { x: "1", y: "2" }), one(2, { x: '1",y="2' }), one(3, { x: "1\0y\x002" })),
  ]);
  assert.is(page[0]?.samples.length, 3);
});

test("leaves the families that it is given as they are", () => {
  const given = [of("b", "gauge", one(2, { b: "1", a: "2" }), one(1)), of("a", "gauge", one(1))];
  const copy = structuredClone(given);
  legalPage(given);
  assert.equal(given, copy);
});

test.run();
