import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode } from "../../src/exposition/encode.ts";
import { readOpenMetricsPage } from "../../src/formats/openmetrics_page.ts";
import { readTextPage } from "../../src/formats/text_page.ts";
import type { Family } from "../../src/metric.ts";

/** Lines that can be handed on, and lines that can't: what is taken apart gives the same samples. */

const read = (page: string) => readTextPage(page, 1000);
const isHandedOn = (page: string) => read(page).every((family) => family.lines !== undefined);

const HANDED_ON = [
  "a 1",
  "a 1.5",
  "a -12.75e-3",
  "a 007",
  "a 12345678901234567890",
  'a{b="1"} 1',
  'a{b="1",c="2"} 1',
  'a{c="2",b="1",aa="3"} 1',
  'a{b="q\\"b\\\\n\\nl"} 1',
  'a{b="Größe 日本 😀 },{ # ="} 1',
  'a{_b="1",b1="2",b="3"} 1',
  'a:b{le="x",quantile="y"} 1',
];
const TAKEN_APART = [
  "a  1",
  "a 1 ",
  "a 1 5000",
  "a +1",
  "a .5",
  "a 5.",
  "a NaN",
  "a +Inf",
  "a 1e100",
  `a ${"9".repeat(250)}`,
  "a{} 1",
  'a{b="1",} 1',
  'a{b=""} 1',
  'a{b="\\t"} 1',
  'a{b = "1"} 1',
  'a{"b.c"="1"} 1',
  '{"a",b="1"} 1',
];

test("what is written as it stands is handed on", () => {
  for (const line of HANDED_ON) assert.ok(isHandedOn(`${line}\n`), line);
  for (const line of TAKEN_APART) assert.not(isHandedOn(`${line}\n`), line);
});

/** The same page with two blanks before each value: so every line is taken apart. */
const apart = (page: string) => page.replace(/ (\S+)$/gm, "  $1");
const plain = (families: readonly Family[]) => families.map((family) => ({ ...family, samples: [...family.samples] }));

test("lines that are handed on have the samples of lines that are taken apart", () => {
  for (const line of HANDED_ON) {
    const [found, wanted] = [read(`${line}\n`), read(apart(`${line}\n`))];
    assert.equal(plain(found), plain(wanted), line);
    assert.is(found[0]?.lines?.text, line);
  }
});

test("a family is handed on as long as its lines stand together", () => {
  const page = '# TYPE a gauge\na{x="1"} 1\na{x="2"} 2\n\nb 1\n';
  assert.equal(
    read(page).map(({ lines }) => lines),
    [
      { text: 'a{x="1"} 1\na{x="2"} 2', count: 2 },
      { text: "b 1", count: 1 },
    ],
  );
  for (const later of ['a{x="3"} 3', 'a{x="3"} 3 5000', 'a{x="3",} 3']) {
    const [a, b] = read(`${page}${later}\n`);
    assert.is(a?.lines, undefined);
    assert.equal(
      a?.samples.map(({ labels, value }) => [labels.x, value]),
      [
        ["1", 1],
        ["2", 2],
        ["3", 3],
      ],
    );
    assert.is(b?.lines?.count, 1);
  }
});

test("a counter below zero, and a sample with a part of its own, are taken apart", () => {
  assert.not(isHandedOn("# TYPE a_total counter\na_total -1\n"));
  assert.not(isHandedOn('# TYPE a summary\na{quantile="1"} 1\n'));
  assert.not(isHandedOn('# TYPE a histogram\na_bucket{le="+Inf"} 1\n'));
});

test("a series is found twice in whatever form it stands", () => {
  const forms = [
    'a{b="1",c="x\\"\\n"} 1',
    'a{c="x\\"\\n",b="1"} 1',
    'a{b="1", c="x\\"\\n"} 1',
    'a{b="1",c="x\\"\\n",d=""} 1',
    '{"a",c="x\\"\\n",b="1"} 1',
  ];
  for (const one of forms) {
    for (const other of forms) assert.throws(() => read(`${one}\n${other}\n`), /^line 2: found series .* twice/);
  }
  assert.throws(() => read('a 1\na{b=""} 1\n'), 'line 2: found series "a" twice');
  assert.throws(() => read('a{b="1",a="1",b="2"} 1\n'), 'line 1: found label "b" twice');
  assert.is(read('a{b="1",b1="2"} 1\na{b1="1",b="2"} 1\n')[0]?.samples.length, 2);
});

test("a copy of a family is written by its samples", async () => {
  const [family] = read('a{b="1"} 1\na{b="2"} 2\n');
  assert.is(family?.lines?.count, 2);
  const copy = { ...(family as Family), name: "c" };
  assert.is(copy.lines, undefined);
  assert.match(await encode([copy], "text"), 'c{b="1"} 1\nc{b="2"} 2\n');
});

test("what is handed on is written by both formats and beside other families", async () => {
  const families = read(
    '# HELP a_total Help.\n# TYPE a_total counter\na_total{c="1",b="2"} 1.50\n# TYPE z gauge\nz 1e3\n',
  );
  assert.is(
    await encode(families, "text"),
    '# HELP a_total Help.\n# TYPE a_total counter\na_total{c="1",b="2"} 1.50\n\n# HELP z \n# TYPE z gauge\nz 1e3\n',
  );
  const text = await encode(families, "openmetrics");
  assert.is(text, '# TYPE a counter\n# HELP a Help.\na_total{c="1",b="2"} 1.50\n# TYPE z gauge\nz 1e3\n# EOF\n');
  assert.equal(
    readOpenMetricsPage(text, 10).map(({ lines }) => lines?.count),
    [1, 1],
  );
  // Two families of one name are one on the page, whose samples are those of both.
  const more: Family = { name: "z", help: "", type: "gauge", samples: [{ labels: { y: "1" }, value: 2 }] };
  assert.match(await encode([...families, more], "text"), 'z 1000\nz{y="1"} 2\n');
});

test.run();
