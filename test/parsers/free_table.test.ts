import { test } from "uvu";
import * as assert from "uvu/assert";
import { cellsOf, type FreeLine, readFigures, readHeading } from "../../src/parsers/free_table.ts";
import { refusal } from "../cuts.ts";

const line = (text: string, ended = true): FreeLine => ({ text, number: 1, ended });
const figures = (text: string, ends: readonly number[], ended = true) =>
  readFigures(line(text, ended), text.indexOf(":") + 1, ends, (ends[1] ?? 0) - (ends[0] ?? 0), true).map(
    (cell) => cell.text,
  );

const THREE = [20, 32, 44];

test("cellsOf() gives words and where they end", () => {
  assert.equal(cellsOf("ab  c\u00a0d", 1), [
    { text: "b", end: 2 },
    { text: "c", end: 5 },
    { text: "d", end: 7 },
  ]);
});

test("readHeading() tells the programs apart by where the headings stand", () => {
  const layout = (text: string) => readHeading(line(text))?.layout;
  assert.is(layout("               total        used        free      shared  buff/cache   available"), "shifted");
  assert.is(
    layout("              total        used        free      shared     buffers       cache   available"),
    "twelve",
  );
  assert.is(layout("             total       used       free     shared    buffers     cached"), "eleven");
  assert.is(layout("             total       used       free     shared    buffers     cached  available"), "eleven");
  assert.is(layout("             total         used         free       shared      buffers"), "thirteen");
  assert.is(layout("\t\ttotal        used        free      shared     buffers"), "tabs");
  assert.is(layout("                total        used        free      shared     buffers"), "tabs");
  assert.is(layout("               total        used        free      shared buffer/cache   available"), "shifted");
});

test("readHeading() ignores other lines, and refuses headings that are not whole or stand elsewhere", () => {
  assert.is(readHeading(line("a total of 5 users are free, used or not")), undefined);
  assert.is(readHeading(line("               used        total        free")), undefined);
  const refused = /^line 1: found the headings "total .*, wanted them as a known free prints them$/;
  for (const text of [
    "total used free shared buff/cache available",
    "               total        used        free      shared  buff/cache",
    "               total        used        free      shared     buffers",
    "               total        used        free        used  buff/cache   available",
    "                total        used        free      shared  buff/cache   available",
    "               total        used      shared        free  buff/cache   available",
    "               total      locked        used        free      shared  buff/cache   available",
  ]) {
    assert.match(
      refusal(() => readHeading(line(text))),
      refused,
    );
  }
});

test("readFigures() reads figures at their columns, and wider ones that move the rest", () => {
  assert.equal(figures("Swap:        4194300        7456     4186844", THREE), ["4194300", "7456", "4186844"]);
  assert.equal(figures("Swap:    9007199254736896 9007199254735872        1024", THREE), [
    "9007199254736896",
    "9007199254735872",
    "1024",
  ]);
});

test("readFigures() refuses figures out of their columns, too few and too many", () => {
  const refused = (text: string) => refusal(() => figures(text, THREE));
  assert.is(
    refused("Swap:        419430        7456     4186844"),
    'line 1: found "419430" out of its column, wanted it to end at character 20',
  );
  assert.is(
    refused("Swap:        4194300       7456     4186844"),
    'line 1: found "7456" out of its column, wanted it to end at character 32',
  );
  assert.is(
    refused("Swap: 4194300 7456 4186844"),
    'line 1: found "4194300" out of its column, wanted it to end at character 20',
  );
  assert.is(
    refused("Swap:        4194300        74"),
    'line 1: found 2 figures in "Swap:        4194300        74", wanted 3',
  );
  assert.is(
    refused("Swap:        4194300        74 5 6"),
    'line 1: found 4 figures in "Swap:        4194300        74 5 6", wanted 3',
  );
});

test("readFigures() tells figures apart that touch, if all of them fit", () => {
  const ends = [18, 29, 40];
  assert.equal(figures("Swap:   429496320011234567890 1234567890", ends), ["4294963200", "11234567890", "1234567890"]);
  assert.match(
    refusal(() => figures("Swap:  4294963200011234567890 12345678901", ends)),
    /^line 1: found 2 figures/,
  );
  assert.match(
    refusal(() => figures("Swap:    429496320012345678901234567890", ends)),
    /^line 1: found 1 figure /,
  );
  assert.match(
    refusal(() => figures("Swap:        4194300                 4186844", THREE)),
    /^line 1: found an empty column/,
  );
});

test("readFigures() cuts nothing apart under columns of other widths", () => {
  assert.match(
    refusal(() => figures("Swap:  12345678901 123456789012345", [18, 29, 34])),
    /^line 1: found 2 figures/,
  );
});

test("readFigures() takes a row without its line end if it is certainly whole", () => {
  assert.equal(figures("Swap:        4194300        7456     4186844", THREE, false), ["4194300", "7456", "4186844"]);
  assert.equal(figures("Swap:    12884901888           0 12884901888", THREE, false), [
    "12884901888",
    "0",
    "12884901888",
  ]);
  assert.match(
    refusal(() => figures("Swap:    12884901888           0 12884901880", THREE, false)),
    /^line 1: found "Swap: .* without a line end, wanted a whole row$/,
  );
});

test.run();
