import { test } from "uvu";
import * as assert from "uvu/assert";
import { readTextPage } from "../../src/formats/text_page.ts";
import { OverflowError, ParseError } from "../../src/text.ts";

const read = (page: string, maxSeries = 1000) => readTextPage(page, maxSeries);

/** A page as lines: type, series, value, time. */
function linesOf(page: string): string[] {
  return read(page).flatMap(({ name, type, samples }) =>
    samples.map(({ labels, value, suffix = "", timestampMs }) =>
      [type, name + suffix, JSON.stringify(labels), value, timestampMs].filter((part) => part !== undefined).join(" "),
    ),
  );
}

/** The message for a page. */
function fault(page: string): string {
  try {
    read(page);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  throw new Error(`nothing is wrong with ${page}`);
}

test("types, helps, labels, values, times", () => {
  const page = [
    "# HELP a_total Line \\n and \\\\ backslash.",
    "# TYPE a_total counter",
    'a_total{b="1",c="x\\"y\\\\z\\n"} 1.5e3 1520879607789',
    "b -Inf",
    "# TYPE h histogram",
    'h_bucket{le="1"} 1',
    'h_bucket{le="+Inf"} 2',
    "h_sum NaN",
    "h_count 2",
    "# TYPE s summary",
    's{quantile="0.5"} 7',
    "s_sum 1",
    "s_count 1",
    "# TYPE u untyped",
    "u 0",
    "",
  ].join("\n");
  assert.equal(linesOf(page), [
    `counter a_total ${JSON.stringify({ b: "1", c: 'x"y\\z\n' })} 1500 1520879607789`,
    "untyped b {} -Infinity",
    'histogram h_bucket {"le":"1"} 1',
    'histogram h_bucket {"le":"+Inf"} 2',
    "histogram h_sum {} NaN",
    "histogram h_count {} 2",
    'summary s {"quantile":"0.5"} 7',
    "summary s_sum {} 1",
    "summary s_count {} 1",
    "untyped u {} 0",
  ]);
  const [first] = read(page);
  assert.is(first?.help, "Line \n and \\ backslash.");
  assert.is(first?.verbatim, true);
});

const ACCEPTED: readonly (readonly [name: string, page: string, lines: readonly string[]])[] = [
  ["nothing", "", []],
  ["blanks and tabs anywhere", ' \ta\t{ b = "c" ,\td="e" , }  1  5 \n', ['untyped a {"b":"c","d":"e"} 1 5']],
  ["empty lines", "\n  \n\na 1\n\n", ["untyped a {} 1"]],
  ["comments", "#a\n# b\n#HELP c\n# HELPER d\n#\na 1\n", ["untyped a {} 1"]],
  ["several blanks after TYPE", "#  TYPE \t a   gauge  \na 1\n", ["gauge a {} 1"]],
  ["a comma at the end of labels", 'a{b="c",} 1\n', ['untyped a {"b":"c"} 1']],
  ["no labels in braces", "a{} 1\n", ["untyped a {} 1"]],
  ["no blank before the value", 'a{b="c"}1\n', ['untyped a {"b":"c"} 1']],
  ["an unknown escape as it stands", 'a{b="\\d"} 1\n', ['untyped a {"b":"\\\\d"} 1']],
  [
    "names in UTF-8",
    '# TYPE "a.b" gauge\n{"a.b","c d"="e"} 1\nf{"x.y"="1"} 2\n',
    ['gauge a.b {"c d":"e"} 1', 'untyped f {"x.y":"1"} 2'],
  ],
  ["a name in quotes behind labels", '{c="d","a.b"} 1\n', ['untyped a.b {"c":"d"} 1']],
  ["braces and commas in values", 'a{b="}, c=\\"{"} 1\n', ['untyped a {"b":"}, c=\\"{"} 1']],
  [
    "numbers as Go has them",
    "a +1\nb .5\nc 5.\nd 1E-3\ne +inf\nf -INFINITY\ng nan\nh -0\n",
    [
      "untyped a {} 1",
      "untyped b {} 0.5",
      "untyped c {} 5",
      "untyped d {} 0.001",
      "untyped e {} Infinity",
      "untyped f {} -Infinity",
      "untyped g {} NaN",
      "untyped h {} 0",
    ],
  ],
  ["counters below zero", "# TYPE a counter\na -1\n", ["counter a {} -1"]],
  [
    "names of JavaScript's own",
    'constructor{toString="1",hasOwnProperty="2"} 1\n',
    ['untyped constructor {"toString":"1","hasOwnProperty":"2"} 1'],
  ],
  ["a series at several times", "a 1 1000\na 2 2000\n", ["untyped a {} 1 1000", "untyped a {} 2 2000"]],
  [
    "parts of families that have no type",
    "a_sum 1\na_count 2\na_bucket 3\n",
    ["untyped a_sum {} 1", "untyped a_count {} 2", "untyped a_bucket {} 3"],
  ],
  [
    "a family in two places",
    '# TYPE a gauge\na 1\nb 1\na{c="d"} 2\n',
    ["gauge a {} 1", 'gauge a {"c":"d"} 2', "untyped b {} 1"],
  ],
];

for (const [name, page, lines] of ACCEPTED) {
  test(`reads ${name}`, () => assert.equal(linesOf(page), lines));
}

const REFUSED: readonly (readonly [page: string, message: string])[] = [
  ["this is not a metric\n", 'line 1: found "is not a metric", wanted a number'],
  ["a 1\nb\n", "line 2: found the end of the line, wanted a number"],
  ["a 1", 'line 1: found "a 1" without a line end, wanted a whole page'],
  ["a 1\r\n", 'line 1: found "1\\r", wanted a number'],
  ["a 0x10\n", 'line 1: found "0x10", wanted a number'],
  ["a 1_000\n", 'line 1: found "1_000", wanted a number'],
  ["a 1e400\n", 'line 1: found "1e400", wanted a number'],
  ["a +nan\n", 'line 1: found "+nan", wanted a number'],
  ["a 1,5\n", 'line 1: found "1,5", wanted a number'],
  ["a 1 2 3\n", 'line 1: found "3", wanted the end of the line after a timestamp'],
  ["a 1 # comment\n", 'line 1: found "# comment", wanted a timestamp in whole milliseconds'],
  ["a 1 1.5\n", 'line 1: found "1.5", wanted a timestamp in whole milliseconds'],
  ["a 1 -5\n", 'line 1: found "-5", wanted a timestamp in whole milliseconds'],
  ["1a 1\n", 'line 1: found "1a 1", wanted a sample'],
  ["a-b 1\n", 'line 1: found "-b 1", wanted a number'],
  ["a{,} 1\n", 'line 1: found ",} 1", wanted the name of a label'],
  ["a{b} 1\n", 'line 1: found "} 1", wanted "=" and the value of a label'],
  ["a{b=c} 1\n", 'line 1: found "c} 1", wanted the value of a label in quotes'],
  ['a{b="c} 1\n', 'line 1: found "\\"c} 1", wanted a text that ends in a quote'],
  ['a{b="c\\"} 1\n', 'line 1: found "\\"c\\\\\\"} 1", wanted a text that ends in a quote'],
  ['a{b="c" d="e"} 1\n', 'line 1: found "d=\\"e\\"} 1", wanted "," or "}"'],
  ['a{b="c"\n', 'line 1: found the end of the line, wanted "," or "}"'],
  ['a{b="1",b="2"} 1\n', 'line 1: found label "b" twice, wanted it once'],
  ['a{c="0",b="1",b="2"} 1\n', 'line 1: found label "b" twice, wanted it once'],
  ['a{__name__="c"} 1\n', 'line 1: found label "__name__", wanted one without "__" in front'],
  ['a{"b"} 1\n', 'line 1: found the names "a" and "b", wanted one'],
  ['{"a","b"} 1\n', 'line 1: found the names "a" and "b", wanted one'],
  ['{b="c"} 1\n', "line 1: found labels without a name, wanted the name of a metric"],
  ["{} 1\n", "line 1: found labels without a name, wanted the name of a metric"],
  ['{""} 1\n', 'line 1: found "} 1", wanted the name of a label'],
  ["# TYPE a gauge\n# TYPE a gauge\n", 'line 2: found TYPE of "a" twice, wanted it once'],
  ["a 1\n# TYPE a gauge\n", 'line 2: found TYPE of "a" after samples of it, wanted it before'],
  ["# HELP a b\n# HELP a c\n", 'line 2: found HELP of "a" twice, wanted it once'],
  ["# TYPE a info\n", 'line 1: found type "info", wanted one of counter, gauge, histogram, summary, untyped'],
  ["# TYPE a\n", 'line 1: found type "", wanted one of counter, gauge, histogram, summary, untyped'],
  ["# TYPE 1a gauge\n", 'line 1: found "1a gauge", wanted the name of a metric'],
  ["# HELP a-b c\n", 'line 1: found "-b c", wanted a blank after the name "a"'],
  ["# TYPE h histogram\nh 1\n", 'line 2: found a sample "h" of the histogram "h", wanted those of its type'],
  ["# TYPE h histogram\nh_bucket 1\n", "line 2: found no label le, wanted one with a number"],
  ['# TYPE h histogram\nh_bucket{le="x"} 1\n', 'line 2: found le="x", wanted a number'],
  ["# TYPE s summary\ns 1\n", "line 2: found no label quantile, wanted one with a number"],
  [
    "# TYPE h histogram\n# TYPE h_count gauge\n",
    'line 2: found metric "h_count", wanted another name: "h_count" is one of "h"',
  ],
  ["h_count 1\n# TYPE h histogram\n", 'line 2: found metric "h", wanted another name: "h_count" is one of "h_count"'],
  ["a 1\na 1\n", 'line 2: found series "a" twice, wanted it once'],
  ["a 1 5\na 1\n", 'line 2: found series "a" twice, wanted it once'],
  ["a 1 5\na 1 5\n", 'line 2: found series "a" at time 5 after 5, wanted times that grow'],
  [
    'a{b="1",c="2"} 1\na{ c="2", b="1",d="" } 1\n',
    'line 2: found series "a{b=\\"1\\",c=\\"2\\"}" twice, wanted it once',
  ],
];

for (const [page, message] of REFUSED) {
  test(`refuses ${JSON.stringify(page)}`, () => assert.is(fault(page), message));
}

test("tells apart series that look the same side by side", () => {
  const page = 'a{b="1",c="2"} 1\na{b="1\\",c=\\"2"} 2\n{"a{b=\\"1\\",c=\\"2\\"}"} 3\n';
  assert.is(linesOf(page).length, 3);
});

test("ends at the bound of series", () => {
  const page = "a 1\nb 1\nc 1\nd bad\n";
  assert.throws(
    () => read(page, 2),
    (error: unknown) => error instanceof OverflowError,
  );
});

test("takes linear time for what could take more", () => {
  // Each would take hours in quadratic time.
  const size = 2_000_000;
  assert.is(linesOf(`a{b="${"\\\\".repeat(size)}"} 1\n`).length, 1);
  assert.match(fault(`a${" ".repeat(size)}\n`), "wanted a number");
  assert.match(fault(`a{${'b="c"d'.repeat(size / 8)}`), "without a line end");
  assert.match(fault(`a ${"1".repeat(size)}x\n`), "wanted a number");
  assert.match(fault(`# TYPE a ${" ".repeat(size)}x\n`), "wanted one of counter");
});

test.run();
