import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode } from "../../src/exposition/encode.ts";
import { readPrometheus } from "../../src/formats/prometheus.ts";
import { PYTHON, PYTHON_PROBE, readStrictly } from "../exposition/strict.ts";
import { needs } from "../tools.ts";

const withPython = needs(PYTHON, ...PYTHON_PROBE) ? test : test.skip;

const bytes = (page: string) => new TextEncoder().encode(page);
const read = (page: string | Uint8Array, labels?: Readonly<Record<string, string>>) =>
  readPrometheus({ stdout: typeof page === "string" ? bytes(page) : page, words: [] }, labels);

test("labels of the configuration can be called like what every object has", () => {
  const [family] = read("a 1\n", { constructor: "x" });
  assert.equal(Object.entries(family?.samples[0]?.labels ?? {}), [["constructor", "x"]]);
  assert.throws(() => read('a{constructor="y"} 1\n', { constructor: "x" }), "found label");
});

test("OpenMetrics is told by its last line", () => {
  assert.is(read("# TYPE a info\na_info 1\n# EOF\n")[0]?.type, "info");
  assert.is(read("a 1\n# EOF")[0]?.type, "untyped");
  assert.throws(() => read("# TYPE a info\na_info 1\n"), 'found type "info"');
  assert.throws(() => read("a 1\n # EOF\n# EOF\n"), "line 2: found");
});

test("text comes out as it went in", async () => {
  const page = [
    '# HELP a Line \\n and \\\\.\n# TYPE a gauge\na NaN\na{z="1",b="\\""} -0 5000',
    "# HELP b \n# TYPE b counter\nb -1",
    '# HELP h Help.\n# TYPE h histogram\nh_bucket{le="0.50"} 3\nh_bucket{le="1e1"} 2\nh_sum NaN',
    '# HELP s \n# TYPE s summary\ns{quantile="2"} 1',
    "# HELP u \n# TYPE u untyped\nu +Inf\n",
  ].join("\n\n");
  assert.is(await encode(read(page), "text"), page);
});

withPython("what breaks the rules of OpenMetrics becomes unknown there, each name for itself", async () => {
  const page =
    '# TYPE b_total counter\nb_total -1\n# TYPE h histogram\nh_bucket{le="0.5"} 3\nh_sum 5 7\n# TYPE s summary\ns{quantile="2"} 1\n';
  const text = await encode(read(page), "openmetrics");
  assert.is(
    text,
    '# TYPE b_total unknown\nb_total -1.0\n# TYPE h_bucket unknown\nh_bucket{le="0.5"} 3.0\n# TYPE h_sum unknown\nh_sum 5.0 0.007\n# TYPE s unknown\ns{quantile="2.0"} 1.0\n# EOF\n',
  );
  readStrictly(text, "openmetrics.parser");
});

withPython("types of OpenMetrics in text: as Prometheus' client library writes them", async () => {
  const page = `# TYPE c counter
# HELP c Help.
c_total 1 # {a="b"} 1
c_created 5
# TYPE g gaugehistogram
g_bucket{le="+Inf"} 2
g_gsum 1
g_gcount 2
# TYPE i info
i_info{a="b"} 1
# TYPE t stateset
t{t="x"} 1
# TYPE u unknown
u 1 1.5
# EOF
`;
  const text = await encode(read(page), "text");
  assert.equal(
    text.split("\n").filter((line) => line !== "" && !/^# HELP (?!c)/.test(line)),
    [
      "# HELP c_total Help.",
      "# TYPE c_total counter",
      "c_total 1",
      "# HELP c_created Help.",
      "# TYPE c_created gauge",
      "c_created 5",
      "# TYPE g histogram",
      'g_bucket{le="+Inf"} 2',
      "# TYPE g_gcount gauge",
      "g_gcount 2",
      "# TYPE g_gsum gauge",
      "g_gsum 1",
      "# TYPE i_info gauge",
      'i_info{a="b"} 1',
      "# TYPE t gauge",
      't{t="x"} 1',
      "# TYPE u untyped",
      "u 1 1500",
    ],
  );
  readStrictly(text, "parser");
});

test("a gauge a_created of the same help is a part of a_total", async () => {
  const page =
    '# HELP a_total Help.\n# TYPE a_total counter\na_total{x="1"} 1\na_total{x="2"} 1\n# HELP a_created Help.\n# TYPE a_created gauge\na_created{x="1"} 5\na_created{x="2"} 6\n';
  assert.is(
    await encode(read(page), "openmetrics"),
    '# TYPE a counter\n# HELP a Help.\na_total{x="1"} 1.0\na_created{x="1"} 5.0\na_total{x="2"} 1.0\na_created{x="2"} 6.0\n# EOF\n',
  );
  assert.match(
    await encode(read(page), "text"),
    '# HELP a_created Help.\n# TYPE a_created gauge\na_created{x="1"} 5\n',
  );
  assert.is(read(page.replace("HELP a_created Help", "HELP a_created Other")).length, 2);
});

test("a gauge h_created of the same help is a part of the histogram or summary h, and of nothing else", async () => {
  const page = (type: string, name: string) =>
    `# HELP ${name} Help.\n# TYPE ${name} ${type}\n${type === "histogram" ? `${name}_bucket{le="+Inf"} 1\n` : ""}${name}_sum 1\n${name}_count 1\n# HELP h_created Help.\n# TYPE h_created gauge\nh_created 5\n`;
  for (const type of ["histogram", "summary"]) assert.is(read(page(type, "h")).length, 1, type);
  const alone = "# HELP h Help.\n# TYPE h gauge\nh 1\n# HELP h_created Help.\n# TYPE h_created gauge\nh_created 5\n";
  assert.is(read(alone).length, 2);
  const counter =
    "# HELP h Help.\n# TYPE h counter\nh 1\n# HELP h_created Help.\n# TYPE h_created gauge\nh_created 5\n";
  assert.is(read(counter).length, 2, "a counter's name ends in _total");
});

test("times come out as the milliseconds that they were", async () => {
  for (let ms = 1_520_879_607_000; ms < 1_520_879_608_000; ms++) {
    const text = await encode(read(`a 1 ${ms}\n`), "openmetrics");
    assert.is(read(text)[0]?.samples[0]?.timestampMs, ms);
  }
});

test("labels are added, but none twice", () => {
  assert.equal(
    read('a 1\nb{c="d"} 1\n', { e: "f" }).map(({ samples }) => samples[0]?.labels),
    [{ e: "f" }, { c: "d", e: "f" }],
  );
  assert.throws(
    () => read('b{e="d"} 1\n', { e: "f" }),
    'found label "e" in "b", wanted samples without it: the configuration adds it',
  );
});

test("bytes that no page has", () => {
  assert.throws(
    () => read(Uint8Array.of(97, 32, 49, 10, 0xff, 10)),
    "line 2: found bytes that aren't UTF-8, wanted text in UTF-8",
  );
  assert.throws(() => read("a 1\nb\0 1\n"), "line 2: found a NUL, wanted lines of text that end in LF");
  assert.throws(
    () => read("a 1\nb 1\r\n"),
    "line 2: found a line that ends in CR LF, wanted lines of text that end in LF",
  );
  assert.throws(() => read("\ufeffa 1\n"), 'line 1: found "\\u{feff}a 1", wanted a sample');
});

test("names in UTF-8 are written as the client wants them", async () => {
  const families = read('# TYPE "a.b_é" gauge\n{"a.b_é","c.d"="1"} 1\n');
  const last = async (escaping?: "allow-utf-8" | "dots" | "values") =>
    (await encode(families, "openmetrics", escaping)).split("\n").at(-3);
  assert.is(await last(), 'a_b__{c_d="1"} 1.0');
  assert.is(await last("allow-utf-8"), '{"a.b_é","c.d"="1"} 1.0');
  assert.is(await last("dots"), 'a_dot_b____{c_dot_d="1"} 1.0');
  assert.is(await last("values"), 'U__a_2e_b___e9_{U__c_2e_d="1"} 1.0');
  assert.match(await encode(families, "json"), '"name": "a.b_é"');
});

test.run();
