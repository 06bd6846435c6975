import { test } from "uvu";
import * as assert from "uvu/assert";
import { linesByFile, pageSizeInBytes, requireLineEnd, splitByProgram, writtenLines } from "../../src/parsers/lines.ts";
import { refusal } from "../cuts.ts";

const line = { text: "a.b: 12", number: 3, ended: false };

test("writtenLines() numbers the lines that aren't blank, whatever ends them", () => {
  assert.equal(writtenLines("\r\r\na \r\n\n b"), [
    { text: "a", number: 2, ended: true },
    { text: " b", number: 4, ended: false },
  ]);
  assert.equal(writtenLines(" \n\t\n"), []);
});

test("writtenLines() takes NUL after the last line end for no text", () => {
  assert.equal(writtenLines("a\nb\n\0\0\0"), [
    { text: "a", number: 1, ended: true },
    { text: "b", number: 2, ended: true },
  ]);
  assert.is(writtenLines("a\nb\0\0").at(-1)?.text, "b\0\0");
});

test("linesByFile() takes the path off each line, and refuses one without", () => {
  const pattern = /^(.*\/x):(.*)$/;
  const files = linesByFile(writtenLines("/a/x:1\n/b/x:2:3\n/a/x:4\n"), pattern);
  assert.equal(
    [...files].map(([path, lines]) => [path, ...lines.map(({ text }) => text)]),
    [
      ["/a/x", "1", "4"],
      ["/b/x", "2:3"],
    ],
  );
  assert.is(
    refusal(() => linesByFile(writtenLines("/a/x:1\n2\n"), pattern)),
    'line 2: found "2", wanted the path of a file before it',
  );
});

test("requireLineEnd() refuses a line that may be cut", () => {
  requireLineEnd({ ...line, ended: true });
  assert.is(
    refusal(() => requireLineEnd(line)),
    'line 3: found "a.b: 12" without a line end, wanted a whole line',
  );
});

test("pageSizeInBytes() takes powers of two that can be a page", () => {
  for (const size of [512, 4096, 8192, 16384, 65536, 2 ** 24]) assert.is(pageSizeInBytes(String(size), 3), size);
  for (const word of ["", "0", "4", "256", "4095", "12288", "-4096", "4096.0", "0x1000", "4k", "99999999999"]) {
    assert.is(
      refusal(() => pageSizeInBytes(word, 3)),
      `line 3: found a page size of "${word}", wanted a power of two`,
    );
  }
});

test("splitByProgram() gives a line without a sign to the program before", () => {
  const lines = writtenLines("A\n1\nB\n2\nA\n3\n");
  const parts = splitByProgram(lines, ({ text }) => (/[AB]/.test(text) ? text : undefined), "A or B");
  assert.equal(
    [...parts].map(([program, part]) => [program, part.map(({ text }) => text).join("")]),
    [
      ["A", "A1A3"],
      ["B", "B2"],
    ],
  );
});

test("splitByProgram() refuses an output that begins with no program, and none at all", () => {
  const split = (text: string) => () => splitByProgram(writtenLines(text), () => undefined, "A or B");
  assert.is(refusal(split("x")), 'line 1: found "x", wanted A or B');
  assert.is(refusal(split("\n")), "found no output, wanted A or B");
});

test.run();
