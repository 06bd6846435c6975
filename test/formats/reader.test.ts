import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Format, MetricMapping } from "../../src/formats/format.ts";
import { formatReader } from "../../src/formats/reader.ts";
import { type Case, metric, outcome, readerOf, testCases } from "./reading.ts";

const KEYS: Format = { format: "keyvalue" };
const TABLE: Format = { format: "table" };
const CSV: Format = { format: "csv" };
const JSON_FORMAT: Format = { format: "json" };

const CASES: readonly Case[] = [
  [
    "influx rows",
    { format: "influx" },
    metric("used", { labels: { h: "host" }, when: { measurement: "mem" } }),
    'mem,host=a\\ b used=5i,text="x y"\ncpu used=1\n',
    ['m{h="a b"} 5'],
  ],
];

testCases(CASES);

const TEXTS: readonly Format[] = [
  KEYS,
  TABLE,
  CSV,
  JSON_FORMAT,
  { format: "regex", pattern: "(?P<a>x)" },
  { format: "influx" },
  { format: "nagios" },
];

test("bytes that aren't UTF-8 are refused by all, UTF-16 of Windows is read", async () => {
  for (const format of TEXTS) {
    const read = await readerOf(format);
    assert.is(
      outcome(read, Uint8Array.of(97, 10, 0xe9, 10)),
      "line 2: found bytes that aren't UTF-8, wanted text in UTF-8",
    );
  }
  const text = "\ufeffa=1\r\n";
  const utf16 = new Uint8Array(new Uint16Array([...text].map((c) => c.charCodeAt(0))).buffer);
  assert.equal(outcome(await readerOf(KEYS, metric("a")), utf16), ["m 1"]);
  assert.equal(outcome(await readerOf(KEYS, metric("a")), text), ["m 1"]);
});

const MISTAKES: readonly (readonly [format: Format, mapping: MetricMapping, message: string])[] = [
  [
    { format: "regex", pattern: "(" },
    metric("a"),
    'parser.pattern: found "(", wanted a pattern of RE2: missing closing )',
  ],
  [
    { format: "regex", pattern: "(?P<a>x)(?=y)" },
    metric("a"),
    'parser.pattern: found "(?P<a>x)(?=y)", wanted a pattern of RE2: invalid or unsupported Perl syntax',
  ],
  [
    { format: "regex", pattern: "x".repeat(1001) },
    metric("a"),
    "parser.pattern: found a pattern of 1001 characters, wanted at most 1000",
  ],
  [
    { format: "regex", pattern: "((a{100}){100}){100}" },
    metric("a"),
    'parser.pattern: found "((a{100}){100}){100}", wanted a pattern of RE2: invalid repeat count',
  ],
  [
    { format: "regex", pattern: `(?P<v>${"a{999}".repeat(6)})` },
    metric("v"),
    `parser.pattern: found "(?P<v>${"a{999}".repeat(6)})", wanted a pattern of at most 5000 steps, and its repetitions make 5998`,
  ],
  [{ format: "regex", pattern: "(x)" }, metric("a"), 'parser.pattern: found "(x)", wanted named groups: (?P<name>…)'],
  [
    { format: "regex", pattern: "(?P<a>x)" },
    metric("b", { labels: { l: "c" }, when: { d: "1" } }),
    'metrics.0.value: found field "b", wanted a group of the pattern: a\nmetrics.0.labels.l: found field "c", wanted a group of the pattern: a\nmetrics.0.when.d: found field "d", wanted a group of the pattern: a',
  ],
  [
    { format: "json", path: "$.a[" },
    metric("a"),
    'parser.path: found "$.a[", wanted a JSONPath: unclosed bracketed selection',
  ],
  [{ format: "json", path: "a" }, metric("a"), "parser.path: found \"a\", wanted a JSONPath: expected '$', found 'a'"],
  [
    { format: "json", path: "{ .a[*] }" },
    metric("a"),
    'parser.path: found "{ .a[*] }", wanted a JSONPath without braces, which begins with $ (RFC 9535)',
  ],
  [
    { format: "json", path: `$${".a".repeat(300)}` },
    metric("a"),
    "parser.path: found a path of 601 characters, wanted at most 500",
  ],
  [
    { format: "json", path: `$${".a".repeat(51)}` },
    metric("a"),
    `parser.path: found "$${".a".repeat(29)}.…", wanted a path of at most 50 parts`,
  ],
  [
    { format: "json", path: "$..a..b..c" },
    metric("a"),
    'parser.path: found "$..a..b..c", wanted a path with ".." at most 2 times',
  ],
  [
    { format: "json", path: "$[*,*][*,*][*,*]" },
    metric("a"),
    'parser.path: found "$[*,*][*,*][*,*]", wanted a path with a list in brackets at most 2 times',
  ],
  [
    { format: "json", path: "$[?count($..*) > 1]" },
    metric("a"),
    'parser.path: found "$[?count($..*) > 1]", wanted a path whose "$" in a filter finds one value',
  ],
  [
    { format: "json", path: "$[?(!@[?@.b == $[*].x])]" },
    metric("a"),
    'parser.path: found "$[?(!@[?@.b == $[*].x])]", wanted a JSONPath: non-singular query is not comparable',
  ],
  [
    JSON_FORMAT,
    metric("$.a]"),
    "metrics.0.value: found \"$.a]\", wanted a JSONPath: expected '.', '..' or a bracketed selection, found ']'",
  ],
  [
    JSON_FORMAT,
    metric("{.a.b}"),
    'metrics.0.value: found "{.a.b}", wanted a JSONPath without braces, which begins with $ (RFC 9535)',
  ],
  [
    { format: "json", path: "$[?search(@.a, '[')]" },
    metric("a"),
    'parser.path: found "$[?search(@.a, \'[\')]", wanted a path whose pattern is right: found "[", wanted a pattern of RE2: missing closing ]',
  ],
  [
    { format: "csv", columns: ["index", "used"] },
    metric("usde", { labels: { l: "3" }, when: { total: "1" }, missing: "absent" }),
    'metrics.0.value: found field "usde", did you mean "used"? Wanted one of columns: index, used\n' +
      'metrics.0.labels.l: found field "3", wanted one of columns: index, used\n' +
      'metrics.0.when.total: found field "total", wanted one of columns: index, used',
  ],
  [
    { format: "table", columns: ["a", "b", "a"] },
    metric("a"),
    'parser.columns.2: found column "a" twice, wanted each once',
  ],
  [{ format: "table", columns: [] }, metric("1"), "parser.columns: found no column, wanted one at least"],
  [
    { format: "table", header: false },
    metric("used"),
    'metrics.0.value: found field "used", wanted the number of a column: without header and columns they have no names',
  ],
  [{ format: "csv", quote: "\n" }, metric("a"), "parser.quote: found a line end, wanted another character"],
  [
    { format: "csv", delimiter: ";", quote: ";" },
    metric("a"),
    'parser.quote: found ";", which is the delimiter, wanted another character',
  ],
  [
    { format: "nagios" },
    metric("valeu"),
    'metrics.0.value: found field "valeu", wanted one of status, state, text, label, value, unit, warning, critical, minimum, maximum',
  ],
];

for (const [format, mapping, message] of MISTAKES) {
  test(`refuses ${JSON.stringify(format).slice(0, 100)} ${mapping.value}`, async () => {
    const ready = await formatReader(format, [mapping]);
    assert.is(ready.kind, "bad");
    const problems = ready.kind === "bad" ? ready.problems : [];
    assert.is(problems.map((one) => `${one.path.join(".")}: ${one.message}`).join("\n"), message);
  });
}

test("records for people", async () => {
  const ready = await formatReader(CSV, [metric("a")]);
  if (ready.kind === "bad") throw new Error("not ready");
  const stdout = new TextEncoder().encode("a,b\n1,x\n2,y\n");
  assert.equal(ready.value.records({ stdout, words: [] }, 1), [{ line: 2, fields: { a: "1", b: "x" } }]);
});

test("a page is handed on", async () => {
  assert.equal(outcome(await readerOf({ format: "prometheus", labels: { x: "y" } }), 'a{b="c"} 1 5\n'), [
    'a{b="c",x="y"} 1 5',
  ]);
  assert.is(
    outcome(await readerOf({ format: "prometheus" }), "a\n"),
    "line 1: found the end of the line, wanted a number",
  );
});

test("10 MiB in one line, and in one document", async () => {
  const size = 10 * 2 ** 20;
  const long = "x".repeat(size);
  assert.match(outcome(await readerOf(KEYS, metric("a")), long) as string, "wanted a name");
  assert.equal(outcome(await readerOf({ format: "keyvalue" }, metric("a")), `b=${long}\na=1\n`), ["m 1"]);
  assert.match(outcome(await readerOf(TABLE, metric("a")), `a ${long}\n1 2\n3\n`) as string, "line 3: found 1 cells");
  assert.match(outcome(await readerOf(CSV, metric("a")), `a,${long}\n1,2\n`) as string, "wanted a shorter one");
  assert.equal(outcome(await readerOf(JSON_FORMAT, metric("a")), `{"b":"${long}","a":1}`), ["m 1"]);
  assert.equal(
    outcome(await readerOf({ format: "regex", pattern: "(?P<a>\\d)" }, metric("a", { missing: "absent" })), long),
    [],
  );
  assert.match(
    outcome(await readerOf({ format: "influx" }), long) as string,
    `line 1: found a line of ${size} characters`,
  );
  assert.match(
    outcome(await readerOf({ format: "nagios" }), long) as string,
    `line 1: found a line of ${size} characters`,
  );
});

test.run();
