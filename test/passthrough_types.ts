/** More odd pages for test/contract/passthrough.test.ts: histograms, summaries, long texts, and OpenMetrics. */

const eof = (text: string) => `${text}# EOF\n`;
const T = Date.now() - 60_000;
const seconds = (T / 1000).toFixed(3);

export const ODD_TYPES: Readonly<Record<string, string>> = {
  "a summary that has seen nothing":
    '# TYPE s summary\ns{quantile="0.5"} NaN\ns{quantile="0.99"} NaN\ns_sum 0\ns_count 0\n',
  "a summary below zero": '# TYPE s summary\ns{quantile="0.5"} -2\ns_sum -4\ns_count 2\n',
  "a summary of times": `# TYPE s summary\ns{quantile="0.5"} 1 ${T}\ns_sum 2 ${T}\ns_count 2 ${T}\n`,
  "a histogram with a sum below zero":
    '# TYPE h histogram\nh_bucket{le="-1"} 1\nh_bucket{le="+Inf"} 2\nh_sum -3\nh_count 2\n',
  "a histogram with a sum that isn't a number": '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum NaN\nh_count 1\n',
  "a histogram that shrinks": '# TYPE h histogram\nh_bucket{le="1"} 5\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n',
  "a histogram whose count differs": '# TYPE h histogram\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 5\n',
  "a histogram without a sum": '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_count 2\n',
  "a histogram of buckets alone": '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\n',
  "bounds in many forms":
    '# TYPE h histogram\nh_bucket{le="1e-3"} 1\nh_bucket{le="0.50"} 1\nh_bucket{le="1.0"} 2\nh_bucket{le="1e3"} 2\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n',
  "two histograms between each other":
    '# TYPE h histogram\nh_bucket{a="x",le="+Inf"} 1\nh_bucket{a="y",le="+Inf"} 2\nh_sum{a="x"} 1\nh_sum{a="y"} 2\nh_count{a="x"} 1\nh_count{a="y"} 2\n',
  "a histogram that began": `# HELP h Time.\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n# HELP h_created Time.\n# TYPE h_created gauge\nh_created ${seconds}\n`,
  "a counter that began": `# HELP c_total Count.\n# TYPE c_total counter\nc_total 1\n# HELP c_created Count.\n# TYPE c_created gauge\nc_created ${seconds}\n`,
  "gauges named like parts":
    "# TYPE a gauge\na 1\n# TYPE a_sum gauge\na_sum 2\n# TYPE a_info gauge\na_info 1\n# TYPE a_created gauge\na_created 3\n",
  "a bucket without a histogram": 'a_bucket{le="1"} 1\na_bucket{le="+Inf"} 2\na_sum 1\na_count 2\n',
  "a quantile of a gauge": '# TYPE a gauge\na{quantile="0.5",le="7"} 1\n',
  "a long value": `a{x="${"x".repeat(20_000)}"} 1\n`,
  "many labels": `a{${Array.from({ length: 60 }, (_, i) => `l${i}="${i}"`).join(",")}} 1\n`,
  "a long name": `${"a".repeat(300)} 1\n`,
  "a help in UTF-8": '# HELP a Größe 日本 "😀" \\\\ \\n x\n# TYPE a gauge\na 1\n',
  "a native histogram of a draft": "# TYPE h histogram\nh {count:1,sum:2,schema:0,zero_threshold:0.1,zero_count:1} 1\n",
  "an exemplar in text": '# TYPE c_total counter\nc_total 1 # {a="b"} 1\n',
  "no # EOF": "# TYPE a unknown\na 1\n",
  "OpenMetrics: a counter without _total": eof("# TYPE a counter\na 1\n"),
  "OpenMetrics: a counter below zero": eof("# TYPE a counter\na_total -1\n"),
  "OpenMetrics: no type": eof('a{x="1"} 1\nb 2\n'),
  "OpenMetrics: a blank more": eof("# TYPE a gauge\na  1\n"),
  "OpenMetrics: an empty line": eof("# TYPE a gauge\n\na 1\n"),
  "OpenMetrics: a remark": eof("# a remark\n# TYPE a gauge\na 1\n"),
  "OpenMetrics: a comma at the end": eof('# TYPE a gauge\na{x="1",} 1\n'),
  "OpenMetrics: metrics between each other": eof("# TYPE a gauge\n# TYPE b gauge\nb 1\na 2\n"),
  "OpenMetrics: samples of another between": eof('# TYPE a gauge\na{x="1"} 1\nb 1\na{x="2"} 2\n'),
  "OpenMetrics: a unit that isn't in the name": eof("# TYPE a gauge\n# UNIT a bytes\na 1\n"),
  "OpenMetrics: times in seconds": eof(`# TYPE a gauge\na 1 ${seconds}\n# TYPE b gauge\nb 1 ${Math.floor(T / 1000)}\n`),
  "OpenMetrics: a time with nanoseconds": eof(`# TYPE a gauge\na 1 ${seconds}000001\n`),
  "OpenMetrics: an exemplar of a gauge": eof('# TYPE a gauge\na 1 # {x="y"} 1\n'),
  "OpenMetrics: an exemplar without a time": eof('# TYPE a counter\na_total 1 # {x="y",z="ä"} 1e-3\n'),
  "OpenMetrics: an exemplar of too long labels": eof(`# TYPE a counter\na_total 1 # {x="${"y".repeat(200)}"} 1\n`),
  "OpenMetrics: an exemplar without labels": eof("# TYPE a counter\na_total 1 # {} 1\n"),
  "OpenMetrics: a name in UTF-8": eof('# TYPE "ä.b" counter\n{"ä.b_total",x="1"} 1\n'),
  "OpenMetrics: escapes in help": eof('# TYPE a gauge\n# HELP a q\\"b\\\\n\\nl\na 1\n'),
  "OpenMetrics: a histogram without +Inf": eof('# TYPE h histogram\nh_bucket{le="1.0"} 1\nh_count 1\nh_sum 1\n'),
  "OpenMetrics: a state that isn't 0 or 1": eof('# TYPE st stateset\nst{st="on"} 2\n'),
  "OpenMetrics: an info of 2": eof('# TYPE i info\ni_info{a="b"} 2\n'),
  "OpenMetrics: text behind the end": "# TYPE a gauge\na 1\n# EOF\nb 1\n# EOF\n",
  "OpenMetrics: nothing but the end": "# EOF\n",
};

const NEITHER = [
  "a native histogram of a draft",
  "an exemplar in text",
  "no # EOF",
  "OpenMetrics: a blank more",
  "OpenMetrics: an empty line",
  "OpenMetrics: a remark",
  "OpenMetrics: a unit that isn't in the name",
  "OpenMetrics: text behind the end",
];

/** What OpenMetrics doesn't allow and Prometheus takes. */
const REFUSED = {
  "a counter without _total": 'line 2: found a sample "a" of the counter "a_total", wanted those of its type',
  "a counter below zero": "line 2: found a_total of -1, wanted a counter of 0 or more",
  "a comma at the end": 'line 2: found "} 1", wanted the name of a label',
  "metrics between each other": 'line 4: found a sample of "a" after other metrics, wanted all of a metric together',
  "samples of another between": 'line 4: found a sample of "a" after other metrics, wanted all of a metric together',
  "an exemplar of a gauge": "line 2: found an exemplar, wanted it on counters and buckets only",
  "an exemplar of too long labels": "line 2: found 201 characters in the labels of an exemplar, wanted at most 128",
  "a histogram without +Inf": 'line 2: found no last bucket of h with le="+Inf", wanted one',
  "a state that isn't 0 or 1": "line 2: found st of 2, wanted a state of 0 or 1",
  "an info of 2": "line 2: found i_info of 2, wanted an info of 1",
};

const EVERYWHERE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(NEITHER.map((title) => [title, "refused by both"])),
  ...Object.fromEntries(
    Object.entries(REFUSED).map(([title, reason]) => [`OpenMetrics: ${title}`, `refused: ${reason}`]),
  ),
};

/** What breaks the rules of its type becomes unknown; the beginning of a counter or histogram is a part of it. */
const IN_OPENMETRICS: Readonly<Record<string, string>> = {
  "a summary below zero": "metadata s,summary,, becomes nothing",
  ...Object.fromEntries(
    [
      "with a sum below zero",
      "with a sum that isn't a number",
      "that shrinks",
      "whose count differs",
      "without a sum",
    ].map((what) => [`a histogram ${what}`, "metadata h,histogram,, becomes nothing"]),
  ),
  "a histogram that began": "metadata h_created,gauge,Time., becomes nothing",
  "a counter that began": "metadata c_created,gauge,Count., becomes nothing",
};

/** What isn't the same, by Prometheus and page. */
export const KNOWN_TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Prometheus 2": {
    ...EVERYWHERE,
    ...IN_OPENMETRICS,
    "OpenMetrics: a comma at the end": "refused by both",
    "OpenMetrics: an exemplar of a gauge": "refused by both",
    "OpenMetrics: a name in UTF-8": "refused by Prometheus only",
  },
  "Prometheus 3, OpenMetrics": { ...EVERYWHERE, ...IN_OPENMETRICS },
  "Prometheus 3, text": {
    ...EVERYWHERE,
    // Text has no exemplars.
    "OpenMetrics: an exemplar without a time": 'exemplar a_total{} [{"x":"y","z":"ä"},"0.001"] becomes nothing',
    "OpenMetrics: an exemplar without labels": 'exemplar a_total{} [{},"1"] becomes nothing',
  },
};
