import { test } from "uvu";
import type { Format } from "../../src/formats/format.ts";
import { type Case, metric, testCases } from "./reading.ts";

const TABLE: Format = { format: "table" };

const CASES: readonly Case[] = [
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
];

testCases(CASES);

test.run();
