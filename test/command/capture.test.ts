import { test } from "uvu";
import * as assert from "uvu/assert";
import { createCapture, createTail } from "../../src/command/capture.ts";
import { createRandom } from "../random.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** What a tail of some bytes gives of chunks. */
function tailOf(limitBytes: number, ...chunks: readonly string[]): string {
  const tail = createTail(limitBytes);
  for (const chunk of chunks) tail.push(encode(chunk));
  return tail.text();
}

test("a capture gives all chunks in their order, and is empty before", () => {
  const capture = createCapture(1000);
  assert.is(capture.bytes().length, 0);
  for (const chunk of ["Mem:", "", " 1 2", "\n"]) assert.ok(capture.push(encode(chunk)));
  assert.is(decode(capture.bytes()), "Mem: 1 2\n");
});

test("a capture copies what it is given", () => {
  const capture = createCapture(1000);
  const chunk = encode("once");
  capture.push(chunk);
  chunk.fill(0);
  assert.is(decode(capture.bytes()), "once");
});

test("a capture takes as much as its limit, and nothing of a chunk that would pass it", () => {
  const capture = createCapture(6);
  assert.ok(capture.push(encode("abc")));
  assert.not.ok(capture.push(encode("defg")));
  assert.is(decode(capture.bytes()), "abc");
  assert.ok(capture.push(encode("def")));
  assert.not.ok(capture.push(encode("g")));
  assert.is(decode(capture.bytes()), "abcdef");
});

test("a capture of no bytes takes none", () => {
  const capture = createCapture(0);
  assert.ok(capture.push(new Uint8Array(0)));
  assert.not.ok(capture.push(encode("a")));
});

test("a capture grows as it is filled, and never beyond its limit", () => {
  const limitBytes = 100_000;
  const capture = createCapture(limitBytes);
  const heldBytes = () => capture.bytes().buffer.byteLength;
  const one = encode("x");
  capture.push(one);
  assert.ok(heldBytes() < limitBytes / 2, `${heldBytes()} bytes for one`);
  for (let length = 2; length <= limitBytes; length += 1) assert.ok(capture.push(one));
  assert.is(heldBytes(), limitBytes);
  assert.is(decode(capture.bytes()), "x".repeat(limitBytes));
});

test("a tail tells how much was seen", () => {
  const tail = createTail(4);
  assert.is(tail.push(encode("abc")), 3);
  assert.is(tail.push(encode("")), 3);
  assert.is(tail.push(encode("defghijkl")), 12);
});

test("a tail gives all that fits, without the space around", () => {
  assert.is(tailOf(8), "");
  assert.is(tailOf(8, "ab", "\ncd", "\nef"), "ab\ncd\nef");
  assert.is(tailOf(99, " \n first\nlast \r\n\n"), "first\nlast");
});

test("a tail gives no line of which it holds the end only", () => {
  assert.is(tailOf(16, "password: hunter2\nfailed\n"), "failed");
  assert.is(tailOf(16, "token", " sesame\nfirst\n", "second\n"), "first\nsecond");
  assert.is(tailOf(7, "gone\nfirst\n"), "first");
  assert.is(tailOf(6, "gone\nlast\n"), "last");
});

test("a tail gives the end of a line where it holds nothing else", () => {
  assert.is(tailOf(5, "0123456789"), "56789");
  assert.is(tailOf(5, "0123456789\n"), "6789");
  assert.is(tailOf(5, "012345678 \n\n"), "78");
});

test("a tail gives U+FFFD for a character that was cut at its front", () => {
  assert.is(tailOf(4, "aäöb"), "\ufffdöb");
});

test("a tail holds the same however its text is cut into chunks", () => {
  const random = createRandom(7);
  const text = Array.from({ length: 300 }, (_, i) => `line ${i}${".".repeat(i % 7)}\n`).join("");
  const whole = tailOf(64, text);
  assert.ok(text.endsWith(`\n${whole}\n`), JSON.stringify(whole));
  for (let round = 0; round < 200; round += 1) {
    const tail = createTail(64);
    for (let at = 0; at < text.length; ) {
      const length = 1 + random.below(round % 2 ? 9 : 200);
      tail.push(encode(text.slice(at, at + length)));
      at += length;
    }
    assert.is(tail.text(), whole);
  }
});

test.run();
