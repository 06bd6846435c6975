import { test } from "uvu";
import * as assert from "uvu/assert";
import { isSwapSummary, parseSwapSummary } from "../../src/parsers/swap_s.ts";
import { readCuts, refusal } from "../cuts.ts";

const lineOf = (text: string) => ({ text, number: 1, ended: true });
const read = (text: string) => parseSwapSummary(lineOf(text));
const TEXT = "total: 872608k bytes allocated + 165044k reserved = 1037652k used, 12709624k available";

test("parseSwapSummary() reads k as 1024", () => {
  assert.equal(read(TEXT), { allocated: 893550592, reserved: 169005056, used: 1062555648, available: 13014654976 });
});

test("parseSwapSummary() reads the suffixes of -h", () => {
  assert.equal(read("total: 852M allocated + 0 reserved = 1.50G used, 12.1G available"), {
    allocated: 852 * 2 ** 20,
    reserved: 0,
    used: 1.5 * 2 ** 30,
    available: 12992276070,
  });
});

test("parseSwapSummary() leaves out figures that wrapped below zero", () => {
  const { reserved, used } = read(TEXT.replace("165044k", "18446744073709551612k").replace("1037652k", "872604k"));
  assert.is(reserved, undefined);
  assert.is(used, 872604 * 1024);
});

test("parseSwapSummary() refuses other lines and figures without their unit", () => {
  for (const text of [
    "",
    "total: 50k used, 150k available",
    "swapfile             dev  swaplo blocks   free",
    TEXT.replace("872608k", "872608"),
    TEXT.replace("872608k", "k"),
    TEXT.replace("872608k", "872608kk"),
    TEXT.replace("872608k", "872.608k"),
    TEXT.replace("872608k", "872,608k"),
    TEXT.replace("872608k", "lots"),
    TEXT.replace("872608k", "872608m"),
    TEXT.replace(" + ", " - "),
    `${TEXT} now`,
    ` ${TEXT}`,
  ]) {
    assert.match(
      refusal(() => read(text)),
      /^line 1: found ".*" ?.*wanted /,
    );
  }
});

test("parseSwapSummary() refuses every cut", () => {
  assert.equal([...readCuts(TEXT, read)], []);
});

test("isSwapSummary() tells the line by its beginning", () => {
  assert.ok(isSwapSummary(lineOf(TEXT)));
  assert.not(isSwapSummary(lineOf("Total 1 2 3 4%")));
});

test.run();
