import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decode,
  decodeTable,
  splitLines,
  undoNameEscapes,
  undoPathEscapes,
  undoSmartcolsEscapes,
  withoutColours,
} from "../../src/parsers/text.ts";
import { guarded } from "../guard.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

test("decode() knows UTF-8, UTF-16 by its mark, and leaves a bad byte to its own place", () => {
  assert.is(decode(new TextEncoder().encode("Пам.: 1")), "Пам.: 1");
  assert.is(decode(bytes(0xef, 0xbb, 0xbf, 0x41)), "A");
  assert.is(decode(bytes(0xff, 0xfe, 0x41, 0, 0x0a, 0)), "A\n");
  assert.is(decode(bytes(0xfe, 0xff, 0, 0x41)), "A");
  assert.is(decode(bytes(0x75, 0xe9, 0x31)), "u\ufffd1");
  assert.is(decode(Buffer.concat([Buffer.from("é€").subarray(0, 4), Buffer.from("\nü")])), "é\ufffd\nü");
  assert.is(decode(bytes()), "");
});

test("decodeTable() takes what is no UTF-8 as a whole byte by byte", () => {
  assert.is(decodeTable(bytes(0x75, 0xe9, 0x31)), "ué1");
  assert.is(decodeTable(new TextEncoder().encode("ué1")), "ué1");
  assert.is(decodeTable(bytes(0xff, 0xfe, 0x41, 0)), "A");
});

test("undoPathEscapes(), undoNameEscapes() and undoSmartcolsEscapes() give bytes back, bad ones as U+FFFD", () => {
  assert.is(undoPathEscapes("/a\\040b\\134040\\n"), "/a b\\040\\n");
  assert.is(undoNameEscapes("a\\\\n\\n\\101"), "a\\n\nA");
  assert.is(undoNameEscapes("é\\303"), "é\ufffd");
  assert.is(undoSmartcolsEscapes("/sw\\xc3\\xa4p\\x09"), "/swäp\t");
  assert.is(undoSmartcolsEscapes("plain"), "plain");
});

test("splitLines() drops line ends of Unix and Windows, and no other line than an empty last one", () => {
  assert.equal(splitLines("a\nb\r\nc\r\r\n\nd"), ["a", "b", "c", "", "d"]);
  assert.equal(splitLines("a\n"), ["a"]);
  assert.equal(splitLines("\n"), [""]);
  assert.equal(splitLines(""), []);
  assert.equal(splitLines("a\rb\n"), ["a\rb"]);
  assert.equal(splitLines("a\n\0\0"), ["a"]);
});

test("splitLines() takes linear time for a line of carriage returns", () => {
  assert.is(guarded("splitLines()", () => splitLines(`${"\r".repeat(2 ** 20)}x`)).length, 1);
});

test("withoutColours() drops colours around words, not inside of them", () => {
  assert.is(withoutColours("\x1b[1mMem:\x1b[0m \x1b[31;1m16\x1b[m\n"), "Mem: 16\n");
  assert.is(withoutColours("16\x1b[7m20\x1b[0m"), "16\x1b[7m20");
  assert.is(withoutColours("1\x1b[7m\x1b[1m2"), "1\x1b[7m\x1b[1m2");
  assert.is(withoutColours("\x1b[2Jx \x1b]0;t\x07"), "\x1b[2Jx \x1b]0;t\x07");
});

test("withoutColours() reads long texts of beginnings in linear time", () => {
  for (const piece of ["\x1b[", "\x1b[31m", "\x1b[31", "\x1b[0;0;0"]) {
    const text = `x${piece.repeat(200_000)}x`;
    assert.ok(guarded(JSON.stringify(piece), () => withoutColours(text)).endsWith("x"));
  }
});

test.run();
