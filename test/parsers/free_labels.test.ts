import { test } from "uvu";
import * as assert from "uvu/assert";
import { isNewRow, readLabel, requirePadding } from "../../src/parsers/free_labels.ts";
import { cellsOf, type FreeLine } from "../../src/parsers/free_table.ts";
import { refusal } from "../cuts.ts";

const line = (text: string): FreeLine => ({ text, number: 3, ended: true });

function padding(texts: readonly string[]): void {
  requirePadding(
    texts.map((text) => {
      const label = readLabel(line(text));
      return { line: line(text), label, first: cellsOf(text, label.end)[0] ?? { text: "", end: 0 } };
    }),
  );
}

test("readLabel() reads up to a colon, also a wide one, or one word", () => {
  assert.equal(readLabel(line("Mem:    1")), { text: "Mem", row: "mem", end: 4 });
  assert.equal(readLabel(line("-/+ buffers/cache: 1 2")), { text: "-/+ buffers/cache", row: "buffers_cache", end: 18 });
  assert.equal(readLabel(line("-/+ buffers:   1 2")), { text: "-/+ buffers", row: "buffers_cache", end: 12 });
  assert.equal(readLabel(line("内存：  1")), { text: "内存", row: undefined, end: 3 });
  assert.equal(readLabel(line("Tráo đổi:  1")), { text: "Tráo đổi", row: undefined, end: 9 });
  assert.equal(readLabel(line("Swap    1")), { text: "Swap", row: "swap", end: 4 });
  assert.equal(readLabel(line("  Comm:  1")), { text: "Comm", row: "committed", end: 7 });
});

test("isNewRow() tells a row of a version to come from other text, and refuses what may be damaged", () => {
  const isNew = (text: string) => isNewRow(line(text), readLabel(line(text)));
  assert.ok(isNew("Zswap:   1 2 3"));
  assert.not(isNew("Connection to host7 closed."));
  assert.is(
    refusal(() => isNew("-/+ buxfers:   1 2")),
    'line 3: found "-/+ buxfers:   1 2", wanted a row of free or a line without figures',
  );
  assert.match(
    refusal(() => isNew("0464")),
    /^line 3: found "0464", wanted a row/,
  );
});

test("requirePadding() takes the paddings of all generations of procps", () => {
  padding(["内存：      16201888", "交换：       4194300"]);
  padding(["内存：   16201888", "交换：    4194300"]);
  padding(["Mem:        16201888", "Partition d'échange:    4194300"]);
  padding(["Пам.:        15Gi", "Своп.:      4,0Gi"]);
  padding(["Speicher:   16201888", "Swap:    12345678901234"]);
});

test("requirePadding() refuses figures that stand elsewhere", () => {
  const message = "line 3: found first figures out of their column, wanted them as procps prints them";
  assert.is(
    refusal(() => padding(["内存：      1620188", "交换：       4194300"])),
    message,
  );
  assert.is(
    refusal(() => padding(["内存：      16201888", "交换：    4194300"])),
    message,
  );
});

test.run();
