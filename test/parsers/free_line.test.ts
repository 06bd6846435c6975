import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFreeLine } from "../../src/parsers/free_line.ts";
import { refusal } from "../cuts.ts";

const LINE = "SwapUse        7456 CachUse    14281668  MemUse     1979964 MemFree     1834660 ";
const read = (text: string, ended = true) =>
  readFreeLine({ text, number: 1, ended }).map(({ row, column, text: figure }) => `${row}.${column} ${figure}`);
const FIGURES = ["swap.used 7456", "mem.buff_cache 14281668", "mem.used 1979964", "mem.free 1834660"];

test("readFreeLine() reads four names and their figures", () => {
  assert.equal(read(LINE), FIGURES);
  assert.equal(read(LINE.trimEnd()), FIGURES);
});

test("readFreeLine() takes names of another language by their order", () => {
  assert.equal(
    read("SwapNutz        7456 CachNutz    14281668 SpeichNutz     1979964 SpeichFrei     1834660 "),
    FIGURES,
  );
});

test("readFreeLine() takes English names by name", () => {
  assert.equal(
    read("MemFree     1834660 SwapUse        7456  MemUse     1979964 CachUse    14281668 ").sort(),
    [...FIGURES].sort(),
  );
});

test("readFreeLine() refuses a name that is missing, twice or half known", () => {
  const message = /^line 1: found "SwapUse .*, wanted four names with a figure after each$/;
  assert.match(
    refusal(() => read(LINE.replace("CachUse", "       "))),
    message,
  );
  assert.match(
    refusal(() => read(LINE.replace("CachUse", "SwapUse"))),
    message,
  );
  assert.match(
    refusal(() => read(LINE.replace("CachUse", "CxchUse"))),
    message,
  );
});

test("readFreeLine() refuses a figure out of its place, and a line that may be cut", () => {
  assert.is(
    refusal(() => read(LINE.replace("14281668", "1428166"))),
    'line 1: found "1428166" out of its place, wanted it 12 characters after "CachUse"',
  );
  assert.match(
    refusal(() => read(LINE.trimEnd().slice(0, -1), false)),
    /out of its place/,
  );
  assert.equal(read(LINE.trimEnd(), false), FIGURES);
  assert.match(
    refusal(() => read(LINE.trimEnd().replace("    1834660", "12345678901"), false)),
    /without a line end, wanted a whole line$/,
  );
});

test.run();
