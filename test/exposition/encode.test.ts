import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode } from "../../src/exposition/encode.ts";
import type { Family, Labels, MetricType, Sample } from "../../src/metric.ts";
import { needs, runTool } from "../tools.ts";
import { PYTHON, PYTHON_PROBE, readAllStrictly, readStrictly } from "./strict.ts";

const withPython = needs(PYTHON, ...PYTHON_PROBE) ? test : test.skip;
const withPromtool = needs("promtool", "--version") ? test : test.skip;

function of(name: string, type: MetricType, ...samples: readonly Sample[]): Family {
  return { name, help: `Help of ${name}.`, type, samples };
}

const one = (value: number, labels: Labels = {}): Sample => ({ labels, value });

const HISTOGRAM = of(
  "h_seconds",
  "histogram",
  { labels: { le: "0.5", a: "1" }, value: 1, suffix: "_bucket" },
  { labels: { le: "+Inf", a: "1" }, value: 2, suffix: "_bucket" },
  { labels: { a: "1" }, value: 3.25, suffix: "_sum" },
  { labels: { a: "1" }, value: 2, suffix: "_count" },
);

/** Label values that a careless encoder gets wrong. */
const HOSTILE: readonly string[] = [
  "",
  " ",
  '"',
  "\\",
  "\n",
  "\\n",
  '\\"',
  "\\\\",
  "\r\n",
  '"} 1\nforged_metric 2\n# EOF\n',
  "a,b=c}",
  "{",
  "#",
  "\u0001\u001b[2J\u007f\u0085\u2028\u2029\ufeff",
  "héllo 内存 🧠",
  "\ud83e\udde0",
  "$&$1",
  "x".repeat(1024 * 1024),
  '\\"\n'.repeat(100_000),
];

test("text: one line for each sample under HELP and TYPE, families apart by an empty line", async () => {
  const page = await encode(
    [of("b_total", "counter", one(1.5, { y: "2", x: "1" })), of("a", "untyped", one(1), one(0, { x: "" }))],
    "text",
  );
  assert.is(
    page,
    [
      "# HELP a Help of a.",
      "# TYPE a untyped",
      "a 1",
      "",
      "# HELP b_total Help of b_total.",
      "# TYPE b_total counter",
      'b_total{x="1",y="2"} 1.5',
      "",
    ].join("\n"),
  );
});

test("text: parts of a histogram stand in order under their own names", async () => {
  assert.is(
    await encode([HISTOGRAM], "text"),
    [
      "# HELP h_seconds Help of h_seconds.",
      "# TYPE h_seconds histogram",
      'h_seconds_bucket{a="1",le="0.5"} 1',
      'h_seconds_bucket{a="1",le="+Inf"} 2',
      'h_seconds_sum{a="1"} 3.25',
      'h_seconds_count{a="1"} 2',
      "",
    ].join("\n"),
  );
});

test("text: numbers to the letter", async () => {
  const values = [
    0,
    -0,
    1,
    -1,
    0.1,
    1e21,
    5e-324,
    2 ** 53,
    16_777_216_000,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ];
  const families = values.map((value, index) => of(`m${String(index).padStart(2, "0")}`, "gauge", one(value)));
  const lines = (await encode(families, "text")).split("\n").filter((line) => line.startsWith("m"));
  assert.equal(
    lines.map((line) => line.split(" ")[1]),
    ["0", "-0", "1", "-1", "0.1", "1e+21", "5e-324", "9007199254740992", "16777216000", "+Inf", "-Inf"],
  );
});

test("text: help is escaped, quotes aren't", async () => {
  const page = await encode([{ ...of("a", "gauge", one(1)), help: 'back\\slash "quote"\nline' }], "text");
  assert.is(page.split("\n")[0], '# HELP a back\\\\slash "quote"\\nline');
});

test("names of JavaScript's own are names like any other", async () => {
  const names = ["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"];
  for (const name of names) {
    const page = await encode([of(name, "gauge", one(1, { constructor: "x", toString: "y" }))], "text");
    assert.match(page, `\n${name}{constructor="x",toString="y"} 1\n`);
  }
});

test("an empty page is legal everywhere", async () => {
  assert.is(await encode([], "text"), "\n");
  assert.is(await encode([of("a", "gauge")], "openmetrics"), "# EOF\n");
  assert.is(await encode([], "json"), "[]\n");
  assert.is(await encode([], "table"), "METRIC  VALUE\n");
});

test("json: families with their samples; infinite ones are left out", async () => {
  const page = await encode(
    [
      { ...of("b_bytes", "gauge", one(2, { x: 'a"\n' }), one(Number.POSITIVE_INFINITY)), unit: "bytes" },
      of("a", "gauge", one(Number.NEGATIVE_INFINITY)),
      HISTOGRAM,
    ],
    "json",
  );
  assert.equal(JSON.parse(page), [
    {
      name: "b_bytes",
      help: "Help of b_bytes.",
      type: "gauge",
      unit: "bytes",
      samples: [{ labels: { x: 'a"\n' }, value: 2 }],
    },
    {
      name: "h_seconds",
      help: "Help of h_seconds.",
      type: "histogram",
      unit: "",
      samples: [
        { labels: { a: "1", le: "0.5" }, value: 1, suffix: "_bucket" },
        { labels: { a: "1", le: "+Inf" }, value: 2, suffix: "_bucket" },
        { labels: { a: "1" }, value: 3.25, suffix: "_sum" },
        { labels: { a: "1" }, value: 2, suffix: "_count" },
      ],
    },
  ]);
  assert.ok(page.startsWith('[\n  {\n    "name": "b_bytes",\n') && page.endsWith("]\n"));
});

const READERS = [
  { format: "text", parser: "parser" },
  { format: "openmetrics", parser: "openmetrics.parser" },
] as const;

for (const { format, parser } of READERS) {
  withPython(`${format}: hostile label values come back as they were`, async () => {
    const samples = HOSTILE.map((value, index) => one(index, { index: `${index}`, value }));
    const read = readStrictly(await encode([of("hostile", "gauge", ...samples)], format), parser);
    assert.is(read.length, 1);
    const found = new Map(read[0]?.samples.map(([, labels, value]) => [value, labels.value]));
    assert.equal(
      HOSTILE.map((_, index) => found.get(index)),
      HOSTILE,
    );
  });

  withPython(`${format}: lone surrogates and NUL become U+FFFD`, async () => {
    const read = readStrictly(await encode([of("a", "gauge", one(1, { x: "a\ud800b\0c" }))], format), parser);
    assert.equal(read[0]?.samples, [["a", { x: "a\ufffdb\ufffdc" }, 1]]);
  });

  withPython(`${format}: hostile help comes back as it was`, async () => {
    const helps = HOSTILE.filter((text) => text.trim() === text);
    const pages = helps.map((help) => encode([{ ...of("a", "gauge", one(1)), help }], format));
    const read = readAllStrictly(await Promise.all(pages), parser);
    assert.equal(
      read.map((families) => (typeof families === "string" ? families : families[0]?.help)),
      helps,
    );
  });

  withPython(`${format}: values come back as they were`, async () => {
    const values = [0, 1, -1, 0.1, 1 / 3, 1e-7, 123_456_789.125, 1e21, 5e-324, Number.MAX_VALUE, 2 ** 64];
    const families = [...values, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value, i) =>
      of(`m${i + 10}`, "gauge", one(value)),
    );
    const read = readStrictly(await encode(families, format), parser);
    assert.equal(
      read.flatMap(({ samples }) => samples.map(([, , value]) => value)),
      [...values, "inf", "-inf"],
    );
  });

  withPython(`${format}: every type comes back as it was`, async () => {
    const summary = of("s", "summary", one(1, { quantile: "0.5" }), one(2, { quantile: "1" }), {
      labels: {},
      value: 3,
      suffix: "_sum",
    });
    const families = [
      of("c_total", "counter", one(1)),
      of("g", "gauge", one(1)),
      HISTOGRAM,
      summary,
      of("u", "untyped", one(1)),
    ];
    const read = readStrictly(await encode(families, format), parser);
    assert.equal(
      read.map(({ name, type, samples }) => `${name} ${type} ${samples.length}`),
      ["c counter 1", "g gauge 1", "h_seconds histogram 4", "s summary 3", "u unknown 1"],
    );
  });
}

withPromtool("text: promtool reads a page of every type and every hostile value without a word", async () => {
  const samples = HOSTILE.map((value, index) => one(index, { index: `${index}`, value }));
  const page = await encode([of("c_total", "counter", one(1)), HISTOGRAM, of("hostile", "gauge", ...samples)], "text");
  assert.equal(runTool("promtool", ["check", "metrics"], page), { status: 0, stdout: "", stderr: "" });
});

test.run();
