import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeOpenMetrics } from "../../src/exposition/openmetrics.ts";
import { legalPage } from "../../src/exposition/page.ts";
import { readOpenMetricsPage } from "../../src/formats/openmetrics_page.ts";
import { OverflowError, ParseError } from "../../src/text.ts";
import { PYTHON, PYTHON_PROBE, readAllStrictly, readStrictly } from "../exposition/strict.ts";
import { needs } from "../tools.ts";

const withPython = needs(PYTHON, ...PYTHON_PROBE) ? test : test.skip;

const read = (page: string) => readOpenMetricsPage(page, 1000);

function fault(page: string): string {
  try {
    read(page);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  throw new Error(`nothing is wrong with ${page}`);
}

/** One family of each type, with all that it can have. It is in the order and the form in which we write it. */
const ALL = `# TYPE a gauge
# HELP a A \\"quoted\\"\\n\\\\ help.
a 1.5
a{b="c"} NaN
# TYPE c_seconds counter
# UNIT c_seconds seconds
c_seconds_total{b="c"} 17.0 1520879607.789 # {trace_id="abc",span="\\""} 0.67 1520879606.5
c_seconds_created{b="c"} 1520430000.123 1520879607.789
# TYPE e unknown
e 0.0 1.5
e 0.0 2.5
# TYPE g gaugehistogram
g_bucket{le="0.01"} 20
g_bucket{le="+Inf"} 42
g_gsum 3289.3
g_gcount 42
# TYPE h histogram
h_bucket{le="0.1"} 8 # {} 0.054
h_bucket{le="+Inf"} 10
h_sum 10.5
h_count 10
h_created 1520430000.0
# TYPE i info
i_info{version="1"} 1.0
# TYPE s summary
s{quantile="0.95"} 123.7
s_sum 8953.332
s_count 27027
s_created 5.0
# TYPE t stateset
t{t="bar"} 0.0
t{t="foo"} 1.0
# EOF
`;

test("all types come out as they went in", () => {
  assert.is(encodeOpenMetrics(legalPage(read(ALL))), ALL);
});

withPython("another parser reads the same", () => {
  readStrictly(ALL, "openmetrics.parser");
});

const ACCEPTED: readonly (readonly [name: string, page: string, samples: number])[] = [
  ["nothing", "# EOF\n", 0],
  ["no line end after EOF", "a 1\n# EOF", 1],
  ["metadata without samples", "# TYPE a gauge\n# HELP b c\n# EOF\n", 0],
  ["metadata in any order", "# HELP a_s b\n# UNIT a_s s\n# TYPE a_s gauge\na_s 1\n# EOF\n", 1],
  ["no metadata", "a 1\nb_total 2\nc_bucket 3\n# EOF\n", 3],
  ["an empty HELP and an empty UNIT", "# HELP a \n# UNIT a \na 1\n# EOF\n", 1],
  ["a time below zero", "a 1 -1.5\n# EOF\n", 1],
  ["several times of a series", 'a 1 1\na 2 2\na{b="c"} 1 1\n# EOF\n', 3],
  ["a histogram without sum and count", '# TYPE h histogram\nh_bucket{le="+Inf"} 1\n# EOF\n', 1],
  [
    "two histograms of one name",
    '# TYPE h histogram\nh_bucket{a="1",le="+Inf"} 1\nh_sum{a="1"} 1\nh_count{a="1"} 1\nh_bucket{a="2",le="+Inf"} 1\n# EOF\n',
    4,
  ],
  ["names in UTF-8", '# TYPE "a.b" gauge\n{"a.b","c.d"="e"} 1\n# EOF\n', 1],
];

for (const [name, page, samples] of ACCEPTED) {
  test(`reads ${name}`, () =>
    assert.is(
      read(page).reduce((sum, family) => sum + family.samples.length, 0),
      samples,
    ));
}

const REFUSED: readonly (readonly [page: string, message: string])[] = [
  ["a 1\n\n# EOF\n", "line 2: found the end of the line, wanted a sample"],
  ["a  1\n# EOF\n", 'line 1: found " 1", wanted a number'],
  ["a 1 \n# EOF\n", "line 1: found the end of the line, wanted a number"],
  [" a 1\n# EOF\n", 'line 1: found " a 1", wanted a sample'],
  ["# free comment\n# EOF\n", 'line 1: found "# free comment", wanted HELP, TYPE, UNIT or EOF after # and one space'],
  ["#  TYPE a gauge\n# EOF\n", 'line 1: found "#  TYPE a gauge", wanted HELP, TYPE, UNIT or EOF after # and one space'],
  ["# TYPE a\n# EOF\n", 'line 1: found the end of the line, wanted one space after the name "a"'],
  [
    "# TYPE a untyped\n# EOF\n",
    'line 1: found type "untyped", wanted one of unknown, gauge, counter, stateset, info, histogram, gaugehistogram, summary',
  ],
  ["# TYPE a gauge\n# TYPE a gauge\n# EOF\n", 'line 2: found TYPE of "a" twice, wanted it once'],
  [
    "# TYPE a gauge\na 1\n# HELP a b\n# EOF\n",
    'line 3: found HELP of "a" after other metrics or its samples, wanted all of a metric together',
  ],
  [
    "a 1\n# TYPE a gauge\n# EOF\n",
    'line 2: found TYPE of "a" after other metrics or its samples, wanted all of a metric together',
  ],
  [
    '# TYPE a gauge\na 1\nb 1\na{c="d"} 1\n# EOF\n',
    'line 4: found a sample of "a" after other metrics, wanted all of a metric together',
  ],
  ["# UNIT a_s bytes\n# EOF\n", 'line 1: found unit "bytes" of "a_s", wanted the end of the name'],
  ["# TYPE a_s info\n# UNIT a_s s\n# EOF\n", 'line 2: found a unit of the info "a_s", wanted none'],
  ["# TYPE a counter\na 1\n# EOF\n", 'line 2: found a sample "a" of the counter "a_total", wanted those of its type'],
  ["# TYPE a counter\na_total -1\n# EOF\n", "line 2: found a_total of -1, wanted a counter of 0 or more"],
  ["# TYPE a counter\na_total NaN\n# EOF\n", "line 2: found a_total of NaN, wanted a counter of 0 or more"],
  [
    "# TYPE a gauge\n# TYPE a_total gauge\n# TYPE a counter\n# EOF\n",
    'line 3: found TYPE of "a" after other metrics or its samples, wanted all of a metric together',
  ],
  [
    "# TYPE a_total gauge\na_total 1\n# TYPE a counter\na_total 1\n# EOF\n",
    'line 4: found TYPE of "a_total" after samples of it, wanted it before',
  ],
  ["# TYPE a info\na_info 2\n# EOF\n", "line 2: found a_info of 2, wanted an info of 1"],
  ["# TYPE a stateset\na 1\n# EOF\n", "line 2: found no label a, wanted the state of the stateset"],
  ['# TYPE a stateset\na{a="b"} 2\n# EOF\n', "line 2: found a of 2, wanted a state of 0 or 1"],
  [
    '# TYPE s summary\ns{quantile="1.5"} 2\n# EOF\n',
    "line 2: found s of 2, wanted a quantile between 0 and 1, of 0 or more",
  ],
  ["# TYPE s summary\ns_count -2\n# EOF\n", "line 2: found s_count of -2, wanted 0 or more"],
  ['# TYPE h histogram\nh_bucket{le="1"} 1\n# EOF\n', 'line 2: found no last bucket of h with le="+Inf", wanted one'],
  [
    '# TYPE h histogram\nh_bucket{le="1"} 3\nh_bucket{le="+Inf"} 2\n# EOF\n',
    'line 2: found bucket le="Infinity" of 2 after le="1" of 3, wanted buckets that grow',
  ],
  [
    '# TYPE h histogram\nh_bucket{le="2"} 1\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\n# EOF\n',
    'line 2: found bucket le="1" of 1 after le="2" of 1, wanted buckets that grow',
  ],
  [
    '# TYPE h histogram\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 3\n# EOF\n',
    'line 2: found a count of 3 and a bucket le="+Inf" of 2, wanted the same',
  ],
  [
    '# TYPE h histogram\nh_bucket{le="+Inf"} 2\nh_count 2\n# EOF\n',
    "line 2: found a sum or a count of h, wanted both or none",
  ],
  [
    '# TYPE h histogram\nh_bucket{le="-1"} 2\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n# EOF\n',
    "line 2: found a sum with buckets below 0, wanted none",
  ],
  [
    '# TYPE g gaugehistogram\ng_bucket{le="+Inf"} 2\ng_gsum -1\ng_gcount 2\n# EOF\n',
    "line 2: found a sum of -1 without buckets below 0, wanted 0 or more",
  ],
  [
    '# TYPE h histogram\nh_bucket{a="1",le="+Inf"} 2\nh_bucket{a="2",le="+Inf"} 2\nh_count{a="1"} 2\n# EOF\n',
    'line 4: found samples of "h" with the same labels apart, wanted them together',
  ],
  ['a{b="c",} 1\n# EOF\n', 'line 1: found "} 1", wanted the name of a label'],
  ['a {b="c"} 1\n# EOF\n', 'line 1: found "{b=\\"c\\"} 1", wanted a number'],
  ["a 1 1\na 1\n# EOF\n", 'line 2: found series "a" twice, wanted it once'],
  ["a 1 2\na 1 1\n# EOF\n", 'line 2: found series "a" at time 1000 after 2000, wanted times that grow'],
  ["a 1 nan\n# EOF\n", 'line 1: found "nan", wanted a timestamp in seconds'],
  ["a 1 # {} 1\n# EOF\n", "line 1: found an exemplar, wanted it on counters and buckets only"],
  [
    "# TYPE a counter\na_total 1 # {}\n# EOF\n",
    "line 2: found the end of the line, wanted one space and the value of the exemplar",
  ],
  [
    "# TYPE a counter\na_total 1 # {} 1 2 3\n# EOF\n",
    'line 2: found " 3", wanted the end of the line after an exemplar',
  ],
  ["# TYPE a counter\na_total 1 #\n# EOF\n", 'line 2: found "#", wanted a number'],
  [
    `# TYPE a counter\na_total 1 # {a="${"ä".repeat(128)}"} 1\n# EOF\n`,
    "line 2: found 129 characters in the labels of an exemplar, wanted at most 128",
  ],
  ["a 1\n# EOF\nb 1\n", 'line 2: found "# EOF" before the end, wanted it as the last line'],
  ["# EOF\n\n", 'line 1: found "# EOF" before the end, wanted it as the last line'],
];

for (const [page, message] of REFUSED) {
  test(`refuses ${JSON.stringify(page)}`, () => assert.is(fault(page), message));
}

withPython("what another parser refuses is refused here as well", () => {
  const pages = REFUSED.map(([page]) => page);
  const read = readAllStrictly(pages, "openmetrics.parser");
  // Where the other parser is laxer than the specification.
  assert.equal(
    pages.filter((_, index) => typeof read[index] !== "string"),
    [],
  );
});

test("ends at the bound of series", () => {
  assert.throws(
    () => readOpenMetricsPage("a 1\nb 1\n# EOF\n", 1),
    (error: unknown) => error instanceof OverflowError,
  );
});

test.run();
