import { test } from "uvu";
import type { Format } from "../../src/formats/format.ts";
import { type Case, metric, testCases } from "./reading.ts";

const JSON_FORMAT: Format = { format: "json" };
const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

const CASES: readonly Case[] = [
  ["json", JSON_FORMAT, metric("a"), '{"a": 5}', ["m 5"]],
  [
    "json nodes at a path",
    { format: "json", path: "$.disks[*]" },
    metric("$.size.bytes", { labels: { name: "name" } }),
    '{"disks":[{"name":"a","size":{"bytes":1}},{"name":"b","size":{"bytes":2}}]}',
    ['m{name="a"} 1', 'm{name="b"} 2'],
  ],
  [
    "json of booleans, texts with suffix",
    JSON_FORMAT,
    metric("a", { labels: { b: "b", c: "c" } }),
    '{"a":true,"b":1.50,"c":false}',
    ['m{b="1.5",c="false"} 1'],
  ],
  [
    "json in lines",
    { format: "json", lines: true },
    metric("a", { labels: { b: "b" } }),
    '{"a":1,"b":"x"}\n\n{"a":2,"b":"y"}\n',
    ['m{b="x"} 1', 'm{b="y"} 2'],
  ],
  [
    "json whose filter matches by RE2",
    { format: "json", path: "$[?match(@.n, 'a.c')]" },
    metric("v"),
    '[{"n":"abc","v":1},{"n":"xabc","v":2},{"n":"a\\nc","v":3}]',
    ["m 1"],
  ],
  ["json of a null", JSON_FORMAT, metric("a"), '{"a":null}', 'found nothing in "a", wanted it for m'],
  [
    "json of a path that doesn't begin with $",
    JSON_FORMAT,
    metric("a.b"),
    '{"a":{"b":1}}',
    'found nothing in "a.b" (a path begins with $: "$.a.b"), wanted it for m',
  ],
  ["json of a name with a dot", JSON_FORMAT, metric("a.b"), '{"a.b":1}', ["m 1"]],
  [
    "json of members of JavaScript's own",
    JSON_FORMAT,
    metric("constructor"),
    "{}",
    'found nothing in "constructor", wanted it for m',
  ],
  ["json of a list for a figure", JSON_FORMAT, metric("a"), '{"a":[1]}', 'found a list in "a", wanted one value'],
  [
    "json of several values for a figure",
    JSON_FORMAT,
    metric("$..a"),
    '{"a":1,"b":{"a":2}}',
    'found several values at "$..a", wanted one',
  ],
  [
    "json without a node",
    { format: "json", path: "$.x" },
    metric("a"),
    '{"a":1}',
    'found nothing at "$.x", wanted at least one value, or missing: absent in all metrics',
  ],
  [
    "json of an empty list that may be empty",
    { format: "json", path: "$[*]" },
    metric("a", { missing: "absent" }),
    "[]",
    [],
  ],
  ["json that is none", JSON_FORMAT, metric("a"), '{"a":\n nan}', 'line 2: found "nan}", wanted JSON'],
  [
    "json that is cut",
    JSON_FORMAT,
    metric("a"),
    '{"a":\n 1',
    "line 2: found the end of the output, wanted the rest of the JSON",
  ],
  ["json of nothing", JSON_FORMAT, metric("a"), "\n", "line 1: found nothing, wanted JSON"],
  [
    "json with a name twice",
    JSON_FORMAT,
    metric("a"),
    '{"a":1,\n"b":{"a":1},"a":2}',
    'line 2: found "a" twice in one object, wanted it once',
  ],
  [
    "json that is nested too deep",
    JSON_FORMAT,
    metric("a"),
    deep(1_000_000),
    "line 1: found JSON nested deeper than 100, wanted less",
  ],
  [
    "json that is nested as deep as it may be",
    { format: "json", path: "$..a" },
    metric("$", { missing: "absent" }),
    deep(100),
    [],
  ],
];

testCases(CASES);

test.run();
