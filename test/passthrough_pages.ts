/** Pages that are scraped directly and through the exporter, for test/contract/passthrough.test.ts. */

export type Page = {
  readonly text: string;
  /** The same page once a series of it is gone. */
  readonly later?: string;
};

/** Two times that Prometheus still takes, in milliseconds. */
const T = Date.now() - 60_000;
const LATER = T + 1_234;
const seconds = (ms: number) => (ms / 1000).toFixed(3);

const HISTOGRAM = `# HELP h_seconds Time.
# TYPE h_seconds histogram
h_seconds_bucket{path="/",le="0.1"} 1
h_seconds_bucket{path="/",le="1"} 2
h_seconds_bucket{path="/",le="2.5e3"} 2
h_seconds_bucket{path="/",le="+Inf"} 3
h_seconds_sum{path="/"} 4.25
h_seconds_count{path="/"} 3
`;

/** What promtool finds nothing wrong with. */
export const CLEAN: Readonly<Record<string, Page>> = {
  histogram: { text: HISTOGRAM },
  summary: {
    text: '# HELP s_seconds Time.\n# TYPE s_seconds summary\ns_seconds{quantile="0.5"} 0.25\ns_seconds{quantile="1"} 7\ns_seconds_sum 9\ns_seconds_count 12\n',
  },
  "counters with times": {
    text: `# HELP c_total Count.\n# TYPE c_total counter\nc_total{a="x"} 5 ${T}\nc_total{a="y"} 6 ${LATER}\n`,
  },
  "a series goes away": {
    text: '# HELP left Left.\n# TYPE left gauge\nleft{a="stays"} 1\nleft{a="goes"} 2\n',
    later: '# HELP left Left.\n# TYPE left gauge\nleft{a="stays"} 1\n',
  },
  "a page breaks": { text: "# HELP broken Broken.\n# TYPE broken gauge\nbroken 1\n", later: "broken\n" },
  "OpenMetrics, all types": {
    text: `# TYPE g_bytes gauge
# UNIT g_bytes bytes
# HELP g_bytes A "gauge".
g_bytes{a="1"} 1.5
# TYPE c counter
# HELP c Count.
c_total 17.0 # {trace_id="abc"} 0.67 ${seconds(T)}
c_created ${seconds(T)}
# TYPE h histogram
h_bucket{le="0.1"} 8
h_bucket{le="+Inf"} 17 # {trace_id="def"} 9.8 ${seconds(T)}
h_count 17
h_sum 324789.3
h_created ${seconds(T)}
# TYPE gh gaugehistogram
gh_bucket{le="10.0"} 2
gh_bucket{le="+Inf"} 3
gh_gcount 3
gh_gsum 30.5
# TYPE s summary
s{quantile="0.95"} 2.5
s_count 4
s_sum 8.0
# TYPE i info
i_info{version="1.2"} 1
# TYPE st stateset
st{st="on"} 1
st{st="off"} 0
# TYPE u unknown
u 3.0 ${seconds(T)}
# EOF
`,
  },
};

/** What Prometheus' own parser takes or refuses, as it may come from a script. */
export const ODD: Readonly<Record<string, string>> = {
  "no HELP, no TYPE": "a 1\nb 2\n",
  "blanks and tabs": '  a  {  x = "1" , y\t=\t"2" }  3  \n\tb\t4\t\n',
  "a comma at the end": 'a{x="1",} 1\n',
  "a blank before the braces": 'a {x="1"} 1\n',
  "no blank after the braces": 'a{x="1"}1\n',
  "empty braces": "a{} 1\n",
  "an empty label": 'a{x="",y="1"} 1\n',
  escapes: 'a{x="q\\"b\\\\n\\nl"} 1\n',
  "an unknown escape": 'a{x="\\t\\d"} 1\n',
  "a tab in a value": 'a{x="1\t2"} 1\n',
  "a value in UTF-8": 'a{x="Größe 日本 😀"} 1\n',
  "braces, commas, # in a value": 'a{x="},{ # =",y="\'"} 1\n',
  "a name in UTF-8": '{"ä.b",x="1"} 1\n# HELP "ä.c" Help.\n# TYPE "ä.c" gauge\n{"ä.c"} 2\n',
  "a label in UTF-8": 'a{"ä.b"="1",c="2"} 1\n',
  colons: "a:b:c 1\n:d 2\n",
  "labels out of order": 'a{z="1",a="2",m="3"} 1\n',
  "capitals beside small letters": "A 1\na 2\n",
  "a name of one underscore": "_ 1\n__ 2\n",
  "a help with escapes": '# HELP a one\\ntwo \\\\ "three"\n# TYPE a gauge\na 1\n',
  "an empty help": "# HELP a \n# TYPE a gauge\na 1\n",
  "TYPE before HELP": "# TYPE a gauge\n# HELP a Help.\na 1\n",
  "HELP after the samples": "# TYPE a gauge\na 1\n# HELP a Help.\n",
  "TYPE after the samples": "a 1\n# TYPE a gauge\n",
  "HELP twice": "# HELP a One.\n# HELP a Two.\n# TYPE a gauge\na 1\n",
  "TYPE twice": "# TYPE a gauge\n# TYPE a counter\na 1\n",
  "TYPE untyped": "# TYPE a untyped\na 1\n",
  "TYPE of nothing": "# HELP b Help.\n# TYPE b gauge\na 1\n",
  "an unknown TYPE": "# TYPE a thing\na 1\n",
  "blanks in comments": "#   TYPE   a   gauge\n#\tHELP\ta\tHelp.\na 1\n",
  "other comments": "# a remark\n#\n#HELP a\n## TYPE a\na 1\n",
  "empty lines": "\n\na 1\n\n  \nb 2\n",
  "metrics between each other": '# TYPE a gauge\n# TYPE b gauge\na{x="1"} 1\nb 2\na{x="2"} 3\n',
  "a huge number": "a 1e308\nb 1.7976931348623157e308\n",
  "a tiny number": "a 5e-324\nb 1e-400\n",
  "a number too large": "a 1e400\n",
  "many digits": "a 12345678901234567890\nb 0.1000000000000000055511151231257827\n",
  infinite: "a +Inf\nb -Inf\nc Inf\nd inf\ne infinity\n",
  "not a number": "a NaN\nb nan\nc NAN\n",
  "zero below zero": "a -0\nb -0.0\n",
  "a plus and leading zeros": "a +1\nb 007\nc .5\nd 5.\ne 1E+3\n",
  hexadecimal: "a 0x1F\n",
  "digits with underscores": "a 1_000\n",
  "a decimal comma": "a 1,5\n",
  "no value": "a\n",
  "two values": "a 1 2 3\n",
  "a time": `a 1 ${T}\nb 2 ${LATER}\n`,
  "a series at two times": `a 1 ${T}\na 2 ${LATER}\n`,
  "a time with a fraction": `a 1 ${T}.5\n`,
  "a counter below zero": "# TYPE a_total counter\na_total -1\n",
  "a counter that isn't a number": "# TYPE a_total counter\na_total NaN\n",
  "a counter without _total": "# HELP a Count.\n# TYPE a counter\na 1\n",
  "a gauge with _total": "# TYPE a_total gauge\na_total 1\n",
  "a histogram without +Inf": '# TYPE h histogram\nh_bucket{le="1"} 1\nh_count 2\nh_sum 3\n',
  "a histogram out of order": '# TYPE h histogram\nh_sum 3\nh_bucket{le="+Inf"} 2\nh_count 2\nh_bucket{le="1"} 1\n',
  "a summary without quantiles": "# TYPE s summary\ns_sum 3\ns_count 2\n",
  "a gauge named _count": "# TYPE a_count gauge\na_count 1\n# TYPE a gauge\na 2\n",
  "job and instance": 'a{job="j",instance="i"} 1\n',
  "a label twice": 'a{x="1",x="2"} 1\n',
  "a label without quotes": "a{x=1} 1\n",
  "a label of Prometheus": 'a{__x="1"} 1\n',
  "a series twice": "a 1\na 1\n",
  "a series twice, labels in other order": 'a{x="1",y="2"} 1\na{y="2",x="1"} 2\n',
  "a line end in a value": 'a{x="1\n2"} 1\n',
  "lines that end in CR LF": "a 1\r\nb 2\r\n",
  "no line end": "a 1\nb 2",
  "a NUL": "a 1\n\0b 2\n",
  "nothing at all": "",
};

const NEITHER = [
  "an unknown TYPE",
  "a number too large",
  "hexadecimal",
  "digits with underscores",
  "a decimal comma",
  "no value",
  "two values",
  "a time with a fraction",
  "a label twice",
  "a label without quotes",
  "lines that end in CR LF",
];

/** What the exporter refuses and Prometheus takes: it keeps one of two, half of a page, or what can't be told apart later. */
const REFUSED = {
  "TYPE after the samples": 'line 2: found TYPE of "a" after samples of it, wanted it before',
  "HELP twice": 'line 2: found HELP of "a" twice, wanted it once',
  "TYPE twice": 'line 2: found TYPE of "a" twice, wanted it once',
  "a label of Prometheus": 'line 1: found label "__x", wanted one without "__" in front',
  "a series twice": 'line 2: found series "a" twice, wanted it once',
  "a series twice, labels in other order": String.raw`line 2: found series "a{x=\"1\",y=\"2\"}" twice, wanted it once`,
  "a line end in a value": String.raw`line 1: found "\"1", wanted a text that ends in a quote`,
  "no line end": 'line 2: found "b 2" without a line end, wanted a whole page',
  "a NUL": "line 2: found a NUL, wanted lines of text that end in LF",
};

const EVERYWHERE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(NEITHER.map((title) => [title, "refused by both"])),
  ...Object.fromEntries(Object.entries(REFUSED).map(([title, reason]) => [title, `refused: ${reason}`])),
  // Version 3 takes blanks in front of a line for a part of the name.
  "blanks and tabs": "\tb{} 4;   a{x=1,y=2} 3 becomes a{x=1,y=2} 3; b{} 4",
  "blanks in comments": "refused by Prometheus only",
  "TYPE of nothing": "metadata b,gauge,Help., becomes nothing",
};

/** OpenMetrics has no counter without `_total`, below zero or named like a gauge beside it, and no histogram without `+Inf`. */
const IN_OPENMETRICS: Readonly<Record<string, string>> = {
  node_exporter:
    "metadata go_memstats_alloc_bytes,counter,Total number of bytes allocated, even if freed., becomes " +
    "metadata go_memstats_alloc_bytes_total,unknown,Total number of bytes allocated, even if freed.,",
  "a counter below zero": "metadata a,counter,, becomes nothing",
  "a counter that isn't a number": "metadata a,counter,, becomes nothing",
  "a counter without _total": "metadata a,counter,Count., becomes metadata a,unknown,Count.,",
  "a histogram without +Inf": "metadata h,histogram,, becomes nothing",
};

/** What isn't the same, by Prometheus and page. */
export const KNOWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Prometheus 2": {
    ...EVERYWHERE,
    ...IN_OPENMETRICS,
    "blanks and tabs": "refused by Prometheus only",
    "a name in UTF-8": "refused by Prometheus only",
    "a label in UTF-8": "refused by Prometheus only",
  },
  "Prometheus 3, OpenMetrics": { ...EVERYWHERE, ...IN_OPENMETRICS },
  "Prometheus 3, text": {
    ...EVERYWHERE,
    // Units, exemplars and types that text doesn't have.
    "OpenMetrics, all types": `${[
      `exemplar c_total{} [{"trace_id":"abc"},"0.67",${T / 1000}]`,
      `exemplar h_bucket{le=+Inf} [{"trace_id":"def"},"9.8",${T / 1000}]`,
      'metadata g_bytes,gauge,A "gauge".,bytes',
      "metadata gh,gaugehistogram,,; metadata i,info,,; metadata st,stateset,,",
    ].join("; ")} becomes ${[
      'metadata c_created,gauge,Count.,; metadata g_bytes,gauge,A "gauge".,; metadata gh,histogram,,',
      "metadata gh_gcount,gauge,,; metadata gh_gsum,gauge,,; metadata h_created,gauge,,; metadata i_info,gauge,,",
      "metadata st,gauge,,",
    ].join("; ")}`,
  },
};
