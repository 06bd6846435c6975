import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Format, MetricMapping } from "../../src/formats/format.ts";
import { formatReader } from "../../src/formats/reader.ts";
import { metric, outcome, readerOf } from "./reading.ts";

type Case = readonly [
  name: string,
  format: Format,
  mapping: MetricMapping,
  text: string,
  wanted: readonly string[] | string,
];

const KEYS: Format = { format: "keyvalue" };
const TABLE: Format = { format: "table" };
const CSV: Format = { format: "csv" };
const JSON_FORMAT: Format = { format: "json" };
const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

const CASES: readonly Case[] = [
  ["keyvalue", KEYS, metric("b"), "a=1\n b = 2 \n\nc=x=y\n", ["m 2"]],
  [
    "keyvalue of CR LF and comments",
    { format: "keyvalue", separator: ":", comment: "#" },
    metric("b"),
    "# A\r\nb:2\r\n",
    ["m 2"],
  ],
  [
    "keyvalue between blanks",
    { format: "keyvalue", separator: " " },
    metric("b", { convert: "bytes" }),
    "a\t1\nb   2 kB\n",
    ["m 2000"],
  ],
  [
    "keyvalue of paragraphs",
    { format: "keyvalue", paragraphs: true },
    metric("v", { labels: { id: "id" } }),
    "id=a\nv=1\n\n\nid=b\nv=2",
    ['m{id="a"} 1', 'm{id="b"} 2'],
  ],
  ["keyvalue without the key", KEYS, metric("b"), "a=1\n", 'found nothing in "b", wanted it for m'],
  ["keyvalue without the key, which may be absent", KEYS, metric("b", { missing: "absent" }), "a=1\n", []],
  ["keyvalue of nothing", KEYS, metric("b"), "\n", "found no line, wanted names and values"],
  ["keyvalue with a key twice", KEYS, metric("b"), "a=1\na=2\n", 'line 2: found "a" twice, wanted it once'],
  [
    "keyvalue without a separator",
    KEYS,
    metric("b"),
    "a=1\nb 2\n",
    'line 2: found "b 2", wanted a name, "=" and a value',
  ],
  ["keyvalue without a name", KEYS, metric("b"), "=1\n", 'line 1: found "=1", wanted a name, "=" and a value'],

  [
    "table",
    TABLE,
    metric("USED", { labels: { n: "NAME" } }),
    "NAME  USED\na  1\nb\t2\n\n",
    ['m{n="a"} 1', 'm{n="b"} 2'],
  ],
  [
    "table between two blanks",
    { format: "table", separator: "  " },
    metric("MEM USAGE"),
    "NAME   MEM USAGE\na b   7\n",
    ["m 7"],
  ],
  [
    "table between bars with a border",
    { format: "table", separator: "|", comment: "+" },
    metric("Value", { when: { Name: "b" } }),
    "+---+\n| Name | Value |\n+---+\n| a | 1 |\n| b | 2 |\n+---+\n",
    ["m 2"],
  ],
  [
    "table whose last column takes the rest",
    { format: "table", header: false, columns: ["rss", "command"], rest: true },
    metric("rss", { labels: { c: "command" } }),
    " 12 a  b c\n 7 d\n",
    ['m{c="a  b c"} 12', 'm{c="d"} 7'],
  ],
  [
    "table of tabs with empty cells",
    { format: "table", separator: "\t", header: false },
    metric("2", { missing: "absent" }),
    "\t\ta\n\t5\tb\n",
    ["m 5"],
  ],
  ["table with lines in front", { format: "table", skip: 2 }, metric("b"), "Report\n=====\na b\n1 2\n", ["m 2"]],
  [
    "table with names of our own",
    { format: "table", columns: ["x", "y"], header: true },
    metric("y"),
    "a a\n1 2\n",
    ["m 2"],
  ],
  ["table without rows", TABLE, metric("b"), "a b\n", []],
  [
    "table without rows and header",
    { format: "table", header: false },
    metric("1"),
    "",
    "found no row, wanted a table",
  ],
  ["table of ragged rows", TABLE, metric("b"), "a b\n1 2\n3\n", 'line 3: found 1 cells in "3", wanted 2'],
  [
    "table of a header that has a name twice",
    TABLE,
    metric("b"),
    "b b\n1 2\n",
    'line 1: found column "b" twice, wanted each once: name them with "columns" in the configuration',
  ],

  ["csv", CSV, metric("b", { labels: { a: "a" } }), 'a,b\n"x, ""y""", 5\n\n', ['m{a="x, \\"y\\""} 5']],
  [
    "csv of names of our own",
    { format: "csv", columns: ["i", "v"] },
    metric("v", { labels: { i: "i" } }),
    "0, 24\n1, 25\n",
    ['m{i="0"} 24', 'm{i="1"} 25'],
  ],
  [
    "csv between semicolons, comments, decimal commas",
    { format: "csv", delimiter: ";", comment: "#" },
    metric("b", { convert: "decimal_comma" }),
    "# x\na;b\n1;2,5\n",
    ["m 2.5"],
  ],
  ["csv without quotes", { format: "csv", quote: "" }, metric("b"), 'a,b\n"x,2\n', ["m 2"]],
  ["csv with lines in front", { format: "csv", skip: 1 }, metric("b"), "Report\na,b\n1,2\n", ["m 2"]],
  ["csv of ragged rows", CSV, metric("b"), "a,b\n1,2,3\n", 'line 2: found 3 cells in "1 2 3", wanted 2'],
  [
    "csv of a quote without its end",
    CSV,
    metric("b"),
    'a,b\n1,"2\n',
    "line 3: found a quote without its end, wanted cells that end",
  ],
  [
    "csv of a quote inside",
    CSV,
    metric("b"),
    'a,b\n1,2"3\n',
    "line 2: found a quote inside of a cell, wanted it around the cell and doubled within",
  ],
  [
    "csv of text after a quote",
    CSV,
    metric("b"),
    'a,b\n"1"x,2\n',
    "line 2: found text after the quote that ends a cell, wanted the next cell",
  ],

  ["json", JSON_FORMAT, metric("a"), '{"a": 5}', ["m 5"]],
  [
    "json nodes at a path",
    { format: "json", path: "$.disks[*]" },
    metric("$.size.bytes", { labels: { name: "name" } }),
    '{"disks":[{"name":"a","size":{"bytes":1}},{"name":"b","size":{"bytes":2}}]}',
    ['m{name="a"} 1', 'm{name="b"} 2'],
  ],
  [
    "json of booleans, texts with suffix",
    JSON_FORMAT,
    metric("a", { labels: { b: "b", c: "c" } }),
    '{"a":true,"b":1.50,"c":false}',
    ['m{b="1.5",c="false"} 1'],
  ],
  [
    "json in lines",
    { format: "json", lines: true },
    metric("a", { labels: { b: "b" } }),
    '{"a":1,"b":"x"}\n\n{"a":2,"b":"y"}\n',
    ['m{b="x"} 1', 'm{b="y"} 2'],
  ],
  [
    "json whose filter matches by RE2",
    { format: "json", path: "$[?match(@.n, 'a.c')]" },
    metric("v"),
    '[{"n":"abc","v":1},{"n":"xabc","v":2},{"n":"a\\nc","v":3}]',
    ["m 1"],
  ],
  ["json of a null", JSON_FORMAT, metric("a"), '{"a":null}', 'found nothing in "a", wanted it for m'],
  [
    "json of members of JavaScript's own",
    JSON_FORMAT,
    metric("constructor"),
    "{}",
    'found nothing in "constructor", wanted it for m',
  ],
  ["json of a list for a figure", JSON_FORMAT, metric("a"), '{"a":[1]}', 'found a list in "a", wanted one value'],
  [
    "json of several values for a figure",
    JSON_FORMAT,
    metric("$..a"),
    '{"a":1,"b":{"a":2}}',
    'found several values at "$..a", wanted one',
  ],
  [
    "json without a node",
    { format: "json", path: "$.x" },
    metric("a"),
    '{"a":1}',
    'found nothing at "$.x", wanted at least one value',
  ],
  ["json that is none", JSON_FORMAT, metric("a"), '{"a":\n nan}', 'line 2: found "nan}", wanted JSON'],
  [
    "json that is cut",
    JSON_FORMAT,
    metric("a"),
    '{"a":\n 1',
    "line 2: found the end of the output, wanted the rest of the JSON",
  ],
  ["json of nothing", JSON_FORMAT, metric("a"), "\n", "line 1: found nothing, wanted JSON"],
  [
    "json with a name twice",
    JSON_FORMAT,
    metric("a"),
    '{"a":1,\n"b":{"a":1},"a":2}',
    'line 2: found "a" twice in one object, wanted it once',
  ],
  [
    "json that is nested too deep",
    JSON_FORMAT,
    metric("a"),
    deep(1_000_000),
    "line 1: found JSON nested deeper than 100, wanted less",
  ],
  [
    "json that is nested as deep as it may be",
    { format: "json", path: "$..a" },
    metric("$", { missing: "absent" }),
    deep(100),
    [],
  ],

  [
    "regex",
    { format: "regex", pattern: "^(?P<n>\\w+): (?P<v>\\d+)" },
    metric("v", { labels: { n: "n" } }),
    "x: 1\n--\ny: 2 MB\n",
    ['m{n="x"} 1', 'm{n="y"} 2'],
  ],
  [
    "regex of a group that took no part",
    { format: "regex", pattern: "(?P<a>x)|(?P<b>\\d)" },
    metric("b", { missing: "absent" }),
    "x\n5\n",
    ["m 5"],
  ],
  [
    "regex that nothing matches",
    { format: "regex", pattern: "(?P<a>x)" },
    metric("a"),
    "y\n",
    'found no line that matches "(?P<a>x)", wanted one',
  ],
  [
    "regex with a line that it doesn't match",
    { format: "regex", pattern: "(?P<a>\\d)", unmatched: "error" },
    metric("a"),
    "5\n\nx\n",
    'line 3: found "x", wanted a line that matches the pattern',
  ],
  [
    "regex that would take hours elsewhere",
    { format: "regex", pattern: "^(a+)+(?P<b>b)$" },
    metric("b", { missing: "absent" }),
    "a".repeat(10_000),
    [],
  ],

  [
    "influx rows",
    { format: "influx" },
    metric("used", { labels: { h: "host" }, when: { measurement: "mem" } }),
    'mem,host=a\\ b used=5i,text="x y"\ncpu used=1\n',
    ['m{h="a b"} 5'],
  ],
];

for (const [name, format, mapping, text, wanted] of CASES) {
  test(name, async () => assert.equal(outcome(await readerOf(format, mapping), text), wanted));
}

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
  [JSON_FORMAT, metric("$.a]"), "metrics.0.value: found \"$.a]\", wanted a JSONPath: unexpected token ']'"],
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
