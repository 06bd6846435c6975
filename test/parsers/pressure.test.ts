import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { parsePressure } from "../../src/parsers/pressure.ts";
import { decode } from "../../src/parsers/text.ts";
import { endsWithLine, readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string) => parsePressure(writtenLines(text));
const stalled = decode(memoryCase("pressure-stalled").stdout);
const some = { ratios: { "10s": 0.2171, "60s": 0.0563, "300s": 0.0125 }, seconds: 4.058679 };
const full = { ratios: { "10s": 0.166, "60s": 0.0441, "300s": 0.0098 }, seconds: 3.100532 };

test("parsePressure() gives ratios and seconds, the nearest numbers to what is printed", () => {
  assert.equal(read(stalled), { some, full });
});

test("parsePressure() reads the line some alone", () => {
  assert.equal(read(decode(memoryCase("pressure-some-only").stdout)).full, undefined);
});

test("parsePressure() keeps percentages above 100 as they are", () => {
  assert.is(read(decode(memoryCase("pressure-round-figures").stdout)).some?.ratios["300s"], 3);
});

test("parsePressure() reads other line ends and blank lines", () => {
  assert.equal(read(`\n${stalled.replaceAll("\n", " \r\n")}\n`), { some, full });
});

test("parsePressure() refuses damaged output", () => {
  for (const [text, message] of [
    ["", /^found no output/],
    ["\n", /^found no output/],
    [decode(memoryCase("bad-pressure-cut").stdout), /^line 1: found "some avg10=0\.00 avg60=0\.0", wanted/],
    [
      "some avg10=0.00 avg60=0.0\n",
      /^line 1: found .*, wanted "some avg10=… avg60=… avg300=… total=…", or the same of "full"$/,
    ],
    [stalled.replace("some", "full"), /^line 2: found "full" twice/],
    [stalled.replace("full", "some"), /^line 2: found "some" twice/],
    [stalled.replace(/some.*\n/, ""), /^found no line "some"/],
    [stalled + stalled, /^line 3: found/],
    [stalled.replace("21.71", "21,71"), /^line 1/],
    [stalled.replace("21.71", "-1.00"), /^line 1/],
    [stalled.replace("21.71", "nan"), /^line 1/],
    [stalled.replace("4058679", "99999999999999999999"), /^line 1/],
    [stalled.replace(/(total=)\d+\n$/, "$1"), /^line 2: found/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parsePressure() refuses a line that is cut off", () => {
  for (const [length, cut] of readCuts(stalled, read)) {
    assert.ok(endsWithLine(stalled, length), `cut at ${length}`);
    assert.equal(cut, { some, full: length < stalled.length - 1 ? undefined : full });
  }
});

test("parsePressure() reads the line full alone where the command line leaves lines out", () => {
  assert.equal(parsePressure(writtenLines(stalled.replace(/some.*\n/, "")), true), { some: undefined, full });
});

test("parsePressure() takes words of kernels to come behind the known ones", () => {
  assert.equal(read(stalled.replace(/(\d)$/gm, "$1 peak=3")), { some, full });
});

test.run();
