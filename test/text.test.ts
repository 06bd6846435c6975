import { test } from "uvu";
import * as assert from "uvu/assert";
import { counted, ParseError, quote } from "../src/text.ts";

test("ParseError says the line in front, if there is one", () => {
  assert.is(new ParseError("found x", 3).message, "line 3: found x");
  assert.is(new ParseError("found x").message, "found x");
  assert.is(new ParseError("found x", 3).line, 3);
});

test("quote() keeps a message on one line and short", () => {
  assert.is(quote("Mem:"), '"Mem:"');
  assert.is(quote('a\t"b"\\\r\n'), '"a\\t\\"b\\"\\\\\\r\\n"');
  assert.is(quote("\u001b[1m\u00a0\u202e\ud800"), '"\\u{1b}[1m\\u{a0}\\u{202e}\ufffd"');
  assert.is(quote("x".repeat(61)), `"${"x".repeat(60)}…"`);
  assert.is(quote("内存"), '"内存"');
});

test("counted() writes one thing and many", () => {
  assert.is([0, 1, 2].map((n) => counted(n, "figure")).join(), "0 figures,1 figure,2 figures");
});

test.run();
