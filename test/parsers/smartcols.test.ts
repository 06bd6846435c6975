import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { type Column, parseTable, type TableStyle } from "../../src/parsers/smartcols.ts";
import { endsWithLine, readCuts, refusal } from "../cuts.ts";

const KNOWN: Readonly<Record<string, Column>> = {
  NAME: { align: "left", loose: true, use: "label" },
  TYPE: { align: "left", loose: false, use: "label" },
  SIZE: { align: "right", loose: false, use: "figure" },
  COUNT: { align: "right", loose: true, use: "figure" },
  LABEL: { align: "left", loose: true, use: "none" },
};
const HEADED: TableStyle = { columns: undefined, raw: false };

const read = (text: string, style = HEADED) =>
  parseTable(writtenLines(text), KNOWN, style).map(({ cells }) => Object.entries(cells).map(([k, v]) => `${k}=${v}`));

test("parseTable() finds cells by their heading, empty ones and those with blanks too", () => {
  const text = `NAME         TYPE        SIZE COUNT LABEL
/dev/a       partition    96M       my label
/b c  d/file file      390.6G    12 x
  /odd       file          1M
`;
  assert.throws(() => read(text), /wanted 5 cells/);
  assert.equal(read(text.replace("  /odd", "/odd  ")), [
    ["NAME=/dev/a", "TYPE=partition", "SIZE=96M", "COUNT=", "LABEL=my label"],
    ["NAME=/b c  d/file", "TYPE=file", "SIZE=390.6G", "COUNT=12", "LABEL=x"],
    ["NAME=/odd", "TYPE=file", "SIZE=1M", "COUNT=", "LABEL="],
  ]);
});

test("parseTable() finds a right-aligned column that is wider than its heading", () => {
  assert.equal(read("NAME   SIZE\n/a   123456\n/bcd     12\n"), [
    ["NAME=/a", "SIZE=123456"],
    ["NAME=/bcd", "SIZE=12"],
  ]);
  assert.equal(read("  SIZE NAME\n123456 /a\n    12 /b\n"), [
    ["SIZE=123456", "NAME=/a"],
    ["SIZE=12", "NAME=/b"],
  ]);
  assert.equal(read("SIZE COUNT\n  96M     1\n".replace("SIZE", " SIZE")), [["SIZE=96M", "COUNT=1"]]);
});

test("parseTable() ignores unknown columns, whatever the position of their cells", () => {
  const cells = (text: string) =>
    parseTable(writtenLines(text), KNOWN, HEADED).map(({ cells }) => [cells.NAME, cells.SIZE]);
  const wanted = [
    ["/a", "1M"],
    ["/b", "22M"],
  ];
  assert.equal(cells("NAME KIND    SIZE\n/a   x y       1M\n/b   word     22M\n"), wanted);
  assert.equal(cells("NAME RATE SIZE\n/a    1.5   1M\n/b   12.5  22M\n"), wanted);
});

test("parseTable() reads a heading alone", () => {
  assert.equal(read("NAME TYPE SIZE\n"), []);
});

test("parseTable() refuses cells that don't stand where they belong", () => {
  for (const [text, message] of [
    ["NAME TYPE SIZE\n/dev/zram1 partition 96M\n", /^line 1: found cells of "NAME" and "TYPE" that touch/],
    ["NAME  TYPE  SIZE\n/漢字  file    1M\n", /^line 1: found cells|^line 2: found/],
    ["NAME  TYPE  SIZE\n/a    file   1M\n", /^line 2: found ".*", wanted 3 cells/],
    ["NAME  TYPE  SIZE\n/a    file    1M 2M\n", /^line 2: found/],
    ["NAME  TYPE  SIZE\n/a    file\n", /^line 2: found/],
    ["NAME  TYPE  SIZE\n/a    a b     1M\n", /^line 2: found/],
    ["NAME  NAME\n/a    b\n", /^line 1: found column "NAME", wanted .* each column once/],
    ["NAME  constructor\n/a    b\n", /^line 1: found column "constructor"/],
    ["NAME  SIZE", /^line 1: .*without a line end/],
    ["SIZE NAME\n  1M /a", /^line 2: .*without a line end/],
    ["NAME SIZE  COUNT\n/a     1M", /^line 2: .*without a line end/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parseTable() reads --raw by its single spaces", () => {
  const raw = { columns: undefined, raw: true };
  assert.equal(read("NAME COUNT SIZE LABEL\n/a\\x20b  96M \n/c 1 2M d\n", raw), [
    ["NAME=/a\\x20b", "COUNT=", "SIZE=96M", "LABEL="],
    ["NAME=/c", "COUNT=1", "SIZE=2M", "LABEL=d"],
  ]);
  assert.throws(() => read("NAME SIZE\n/a b 1M\n", raw), /wanted 2 cells/);
  assert.throws(() => read("NAME SIZE\n/a\n", raw), /wanted 2 cells/);
});

test("parseTable() reads rows without heading from both ends", () => {
  const columns = ["TYPE", "NAME", "SIZE"];
  assert.equal(read("file      /a b  c   1M\n", { columns, raw: false }), [["TYPE=file", "NAME=/a b  c", "SIZE=1M"]]);
  assert.equal(read("file /a\\x20b 1M\n", { columns, raw: true }), [["TYPE=file", "NAME=/a\\x20b", "SIZE=1M"]]);
  assert.equal(read("file 1M\n", { columns: ["TYPE", "SIZE"], raw: false }), [["TYPE=file", "SIZE=1M"]]);
  assert.throws(() => read("file 1M 2M\n", { columns: ["TYPE", "SIZE"], raw: false }), /wanted 2 cells/);
  assert.throws(() => read("file\n", { columns, raw: false }), /wanted 3 cells/);
});

test("parseTable() leaves out what it can't tell apart without heading", () => {
  const columns = ["TYPE", "COUNT", "LABEL", "SIZE"];
  const [row] = parseTable(writtenLines("file   3 x  1M\n"), KNOWN, { columns, raw: false });
  assert.equal({ ...row?.cells }, { TYPE: "file", COUNT: undefined, LABEL: undefined, SIZE: "1M" });
});

test("parseTable() refuses a row that is cut off", () => {
  const text = "NAME  TYPE  SIZE\n/a    file    1M\n/b    file    2M\n";
  const whole = read(text);
  for (const [length, rows] of readCuts(text, read)) {
    assert.ok(endsWithLine(text, length) && (length === 0 || length > text.indexOf("\n")), `cut at ${length}`);
    assert.equal(rows, whole.slice(0, rows.length));
  }
});

test.run();
