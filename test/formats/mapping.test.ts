import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Format, MetricMapping } from "../../src/formats/format.ts";
import { OverflowError } from "../../src/text.ts";
import { metric, outcome, readerOf } from "./reading.ts";

const CSV: Format = { format: "csv" };
const PAGE = "disk,size,state,free\nsda,1.5Gi,ok,12%\nsdb,-,degraded,7%\n";

const CASES: readonly (readonly [
  name: string,
  mapping: MetricMapping,
  page: string,
  wanted: readonly string[] | string,
])[] = [
  [
    "labels, constants, conversion",
    metric("size", { labels: { disk: "disk" }, constants: { kind: "x" }, convert: "bytes", absent: ["-"] }),
    PAGE,
    ['m{kind="x",disk="sda"} 1610612736'],
  ],
  [
    "scale after the conversion",
    metric("free", { labels: { disk: "disk" }, convert: "percent", scale: 1000 }),
    PAGE,
    ['m{disk="sda"} 120', 'm{disk="sdb"} 70'],
  ],
  [
    "enumeration",
    metric("state", { labels: { disk: "disk" }, enum: { ok: 0, degraded: 1 } }),
    PAGE,
    ['m{disk="sda"} 0', 'm{disk="sdb"} 1'],
  ],
  ["a condition", metric("free", { when: { disk: "sdb" }, convert: "percent" }), PAGE, ["m 0.07"]],
  [
    "a condition of several texts, and another",
    metric("free", { when: { disk: ["sda", "sdc"], state: "ok" }, convert: "percent" }),
    PAGE,
    ["m 0.12"],
  ],
  ["a condition that nothing meets", metric("free", { when: { disk: "sdz" } }), PAGE, []],
  [
    "a number for each record",
    metric({ number: 1 }, { labels: { disk: "disk", state: "state" } }),
    PAGE,
    ['m{disk="sda",state="ok"} 1', 'm{disk="sdb",state="degraded"} 1'],
  ],
  [
    "a column by its number",
    metric("4", { labels: { disk: "1" }, convert: "percent" }),
    PAGE,
    ['m{disk="sda"} 0.12', 'm{disk="sdb"} 0.07'],
  ],
  [
    "a column that isn't there",
    metric("sise"),
    PAGE,
    'found no column "sise", wanted it for m: the columns are "disk", "size", "state", "free"',
  ],
  [
    "a column for a label that isn't there",
    metric("free", { labels: { a: "b" } }),
    PAGE,
    'found no column "b", wanted it for m: the columns are "disk", "size", "state", "free"',
  ],
  ["a column that may be absent", metric("sise", { missing: "absent" }), PAGE, []],
  ["a cell that is empty", metric("b"), "a,b\n1,\n", 'line 2: found nothing in "b", wanted it for m'],
  ["a cell that may be empty", metric("b", { missing: "absent" }), "a,b\n1,\n2,3\n", ["m 3"]],
  ["a label that may be empty", metric("a", { labels: { b: "b" }, missing: "absent" }), "a,b\n1,\n", ["m 1"]],
  [
    "a label that is empty",
    metric("a", { labels: { b: "b" } }),
    "a,b\n1,\n",
    'line 2: found nothing in "b", wanted it for m',
  ],
  ["no number", metric("a"), "a\n12x\n", 'line 2: found "12x" in "a", wanted a number'],
  ["a number that is none", metric("a"), "a\nnan\n", 'line 2: found "nan" in "a", wanted a number'],
  [
    "no size",
    metric("a", { convert: "bytes" }),
    "a\n12x\n",
    'line 2: found "12x" in "a", wanted a size such as 1.5Gi or 12 MB',
  ],
  [
    "a word that isn't among those",
    metric("a", { enum: { ok: 0, bad: 1 } }),
    "a\nworse\n",
    'line 2: found "worse" in "a", wanted one of "ok", "bad"',
  ],
  [
    "a word of JavaScript's own",
    metric("a", { enum: { ok: 0 } }),
    "a\nconstructor\n",
    'line 2: found "constructor" in "a", wanted one of "ok"',
  ],
  [
    "a word that isn't among those, or a conversion",
    metric("a", { enum: { none: 0 }, convert: "bytes" }),
    "a\nnone\n",
    ["m 0"],
  ],
  [
    "a counter below zero",
    metric("a", { type: "counter" }),
    "a\n-1\n",
    'line 2: found "-1" in "a", wanted a counter of 0 or more',
  ],
  ["too large a number", metric("a", { scale: 1e300 }), "a\n1e300\n", 'line 2: found "1e300" in "a", wanted a number'],
  [
    "a series twice",
    metric("a"),
    "a\n1\n2\n",
    'line 3: found "m" a second time, wanted labels that tell the rows apart',
  ],
  [
    "a long label",
    metric("b", { labels: { a: "a" } }),
    `a,b\n${"x".repeat(1001)},1\n`,
    'line 2: found 1001 characters in "a", wanted at most 1000 for label a',
  ],
];

for (const [name, mapping, page, wanted] of CASES) {
  test(name, async () => assert.equal(outcome(await readerOf(CSV, mapping), page), wanted));
}

test("type, unit and help of families; several metrics of one output", async () => {
  const read = await readerOf(
    CSV,
    metric("a", { name: "x_bytes", unit: "bytes", type: "counter" }),
    metric("b", { name: "y", type: "untyped" }),
  );
  assert.equal(read({ stdout: new TextEncoder().encode("a,b\n1,2\n"), words: [] }), [
    { name: "x_bytes", help: "Help.", type: "counter", unit: "bytes", samples: [{ labels: {}, value: 1 }] },
    { name: "y", help: "Help.", type: "untyped", samples: [{ labels: {}, value: 2 }] },
  ]);
});

test("ends at the bound of series, long before the end of the rows", async () => {
  const read = await readerOf(CSV, metric("2", { labels: { name: "1" } }));
  const rows = `name,value\n${Array.from({ length: 10_000 }, (_, i) => `n${i},${i < 500 ? i : "bad"}`).join("\n")}\n`;
  const stdout = new TextEncoder().encode(rows);
  assert.throws(
    () => read({ stdout, words: [], maxSeries: 100 }),
    (error: unknown) => error instanceof OverflowError,
  );
});

test("200,000 rows, of which one counts", async () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => `n${i} ${i}`).join("\n");
  const chosen = metric("2", { when: { "1": "n199999" } });
  const wanted = ["m 199999"];
  assert.equal(outcome(await readerOf({ format: "table", header: false }, chosen), rows), wanted);
  assert.equal(outcome(await readerOf({ format: "csv", header: false, delimiter: " " }, chosen), rows), wanted);
  assert.equal(
    outcome(await readerOf({ format: "regex", pattern: "^(?P<a>n199999) (?P<b>.*)$" }, metric("b")), rows),
    wanted,
  );
  assert.equal(outcome(await readerOf({ format: "keyvalue", separator: " " }, metric("n199999")), rows), wanted);
});

test.run();
