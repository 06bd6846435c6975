import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf, countOf, readFields, readKeyed } from "../../src/parsers/keyed.ts";
import { writtenLines } from "../../src/parsers/lines.ts";
import { refusal } from "../cuts.ts";

const read = (text: string) => readFields(writtenLines(text), /^(\S+)(?: (.*))?$/, '"name value"');

test("readFields() gives what stands beside each name, in order", () => {
  assert.equal(
    [...read("b 1\na x y\nc\n")],
    [
      ["b", { text: "1", line: 1 }],
      ["a", { text: "x y", line: 2 }],
      ["c", { text: "", line: 3 }],
    ],
  );
});

test("readKeyed() refuses a line of another shape, and a name twice", () => {
  const keyed = (text: string) =>
    readKeyed(writtenLines(text), (line) => (line.text === "x" ? ["x", 1] : undefined), "an x");
  assert.equal([...keyed("x\n")], [["x", 1]]);
  assert.is(
    refusal(() => keyed("x\ny\n")),
    'line 2: found "y", wanted an x',
  );
  assert.is(
    refusal(() => keyed("x\nx\n")),
    'line 2: found "x" twice, wanted it once',
  );
});

test("countOf() and bytesOf() give whole numbers, or undefined for what isn't there", () => {
  const values = read("a.b 12\na.c -4\na.d 18446744073709551615\na.e 0x10\na.f 1,024\na.g \n");
  assert.is(countOf(values, "a.b"), 12);
  assert.is(countOf(values, "x.y"), undefined);
  assert.is(bytesOf(values, "a.b", 4096), 49152);
  assert.is(bytesOf(values, "x.y", 4096), undefined);
  assert.is(bytesOf(values, "a.c", 4096), undefined);
  assert.is(bytesOf(values, "a.d", 1), undefined);
  assert.is(
    refusal(() => countOf(values, "a.e")),
    'line 4: found "0x10" as a.e, wanted a whole number',
  );
  assert.is(
    refusal(() => bytesOf(values, "a.f", 1)),
    'line 5: found "1,024" as a.f, wanted a whole number',
  );
  assert.is(
    refusal(() => bytesOf(values, "a.g", 1)),
    'line 6: found "" as a.g, wanted a whole number',
  );
});

test.run();
