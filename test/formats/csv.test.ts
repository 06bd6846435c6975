import { test } from "uvu";
import type { Format } from "../../src/formats/format.ts";
import { type Case, metric, testCases } from "./reading.ts";

const CSV: Format = { format: "csv" };

const CASES: readonly Case[] = [
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
  [
    "csv with lines in front that are no rows",
    { format: "csv", skip: 2 },
    metric("b"),
    'He said "hi\n5" disks\na,b\n1,2\n',
    ["m 2"],
  ],
  [
    "csv of a ragged row after lines in front",
    { format: "csv", skip: 1 },
    metric("b"),
    '"\na,b\n"x\ny",2\n3\n',
    'line 5: found 1 cells in "3", wanted 2',
  ],
  [
    "csv of a quote inside after lines in front",
    { format: "csv", skip: 1 },
    metric("b"),
    'Report\na,b\n1,2"3\n',
    "line 3: found a quote within a cell, wanted quotes around the cell and doubled within it",
  ],
  [
    "csv of fewer lines than are skipped",
    { format: "csv", skip: 3 },
    metric("b"),
    "a,b\n1,2\n",
    "found no row, wanted comma-separated values",
  ],
  ["csv of ragged rows", CSV, metric("b"), "a,b\n1,2,3\n", 'line 2: found 3 cells in "1 2 3", wanted 2'],
  [
    "csv of a quote without its end",
    CSV,
    metric("b"),
    'a,b\n1,"2\n',
    "line 2: found a quote that isn't closed, wanted its end",
  ],
  [
    "csv of a quote inside",
    CSV,
    metric("b"),
    'a,b\n1,2"3\n',
    "line 2: found a quote within a cell, wanted quotes around the cell and doubled within it",
  ],
  [
    "csv of text after a quote",
    CSV,
    metric("b"),
    'a,b\n"1"x,2\n',
    "line 2: found text after a closing quote, wanted the next cell",
  ],
  [
    "csv without a heading",
    { format: "csv", header: false },
    metric("2", { labels: { a: "1" } }),
    "a,1\nb,2\n",
    ['m{a="a"} 1', 'm{a="b"} 2'],
  ],
  ["csv of no row", CSV, metric("b", { missing: "absent" }), "a,b\n", []],
  [
    "csv of no row without a heading",
    { format: "csv", header: false },
    metric("1"),
    "\n",
    "found no row, wanted comma-separated values",
  ],
  [
    "csv of no row of columns of our own",
    { format: "csv", columns: ["a"] },
    metric("a"),
    "",
    "found no row, wanted comma-separated values",
  ],
];

testCases(CASES);

test.run();
