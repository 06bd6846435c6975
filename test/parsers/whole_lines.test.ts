import { test } from "uvu";
import * as assert from "uvu/assert";
import { wholeLines } from "../../src/parsers/whole_lines.ts";
import { refusal } from "../cuts.ts";

test("wholeLines() gives the lines that are not blank, by their number", () => {
  assert.equal(
    wholeLines("\na 1 \r\n\n b\n").map(({ text, number }) => [text, number]),
    [
      ["a 1", 2],
      [" b", 4],
    ],
  );
  assert.equal(wholeLines(""), []);
});

test("wholeLines() refuses a text that doesn't end with a line end", () => {
  assert.is(
    refusal(() => wholeLines("a\nb 1")),
    'line 2: found "b 1" without a line end, wanted a whole line',
  );
  assert.match(
    refusal(() => wholeLines("a\n  ")),
    /^line 2: found " {2}" without/,
  );
});

test.run();
