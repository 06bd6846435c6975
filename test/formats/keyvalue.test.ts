import { test } from "uvu";
import type { Format } from "../../src/formats/format.ts";
import { type Case, metric, testCases } from "./reading.ts";

const KEYS: Format = { format: "keyvalue" };

const CASES: readonly Case[] = [
  ["keyvalue", KEYS, metric("b"), "a=1\n b = 2 \n\nc=x=y\n", ["m 2"]],
  [
    "keyvalue of CR LF and comments",
    { format: "keyvalue", separator: ":", comment: "#" },
    metric("b"),
    "# A\r\nb:2\r\n",
    ["m 2"],
  ],
  [
    "keyvalue between blanks",
    { format: "keyvalue", separator: " " },
    metric("b", { convert: "bytes" }),
    "a\t1\nb   2 kB\n",
    ["m 2000"],
  ],
  [
    "keyvalue of paragraphs",
    { format: "keyvalue", paragraphs: true },
    metric("v", { labels: { id: "id" } }),
    "id=a\nv=1\n\n\nid=b\nv=2",
    ['m{id="a"} 1', 'm{id="b"} 2'],
  ],
  ["keyvalue without the key", KEYS, metric("b"), "a=1\n", 'found nothing in "b", wanted it for m'],
  ["keyvalue without the key, which may be absent", KEYS, metric("b", { missing: "absent" }), "a=1\n", []],
  ["keyvalue of nothing", KEYS, metric("b"), "\n", "found no line, wanted names and values"],
  ["keyvalue with a key twice", KEYS, metric("b"), "a=1\na=2\n", 'line 2: found "a" twice, wanted it once'],
  [
    "keyvalue without a separator",
    KEYS,
    metric("b"),
    "a=1\nb 2\n",
    'line 2: found "b 2", wanted a name, "=" and a value',
  ],
  ["keyvalue without a name", KEYS, metric("b"), "=1\n", 'line 1: found "=1", wanted a name, "=" and a value'],
];

testCases(CASES);

test.run();
