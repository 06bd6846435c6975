import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseFlatKeyed } from "../../src/parsers/flat_keyed.ts";
import { writtenLines } from "../../src/parsers/lines.ts";
import { readCuts, refusal } from "../cuts.ts";

const read = (text: string) =>
  [...parseFlatKeyed(writtenLines(text), "memory.stat")].map(([name, { text: value }]) => [name, value]);

test("parseFlatKeyed() gives what stands beside each name, in order", () => {
  assert.equal(read("anon 5\nfile 18446744073709551615\nthp_x.2M 0\ndirty -307200\nnew N0=1 N1=2\n"), [
    ["anon", "5"],
    ["file", "18446744073709551615"],
    ["thp_x.2M", "0"],
    ["dirty", "-307200"],
    ["new", "N0=1 N1=2"],
  ]);
});

test("parseFlatKeyed() refuses other lines", () => {
  for (const [text, message] of [
    ["", /^found no output, wanted memory\.stat$/],
    ["anon\n", /^line 1: found "anon", wanted "name figure" as in memory\.stat$/],
    ["anon  5\n", /^line 1/],
    ["anon=5\n", /^line 1/],
    ["5 5\n", /^line 1/],
    ["anon 5\nanon 5\n", /^line 2: found "anon" twice/],
    ["anon 5\nfile", /^line 2: found "file"/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parseFlatKeyed() refuses a line that is cut off", () => {
  const text = "anon 15\nfile 260\n";
  const anon = ["anon", "15"];
  assert.equal(
    [...readCuts(text, read)],
    [
      [7, [anon]],
      [8, [anon]],
      [16, [anon, ["file", "260"]]],
    ],
  );
});

test.run();
