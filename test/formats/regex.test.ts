import { test } from "uvu";
import { type Case, metric, testCases } from "./reading.ts";

const CASES: readonly Case[] = [
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
    'found no line that matches "(?P<a>x)", wanted one, or missing: absent in all metrics',
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
];

testCases(CASES);

test.run();
