import { test } from "uvu";
import * as assert from "uvu/assert";
import { tableStyle } from "../../src/presets/table_style.ts";

const SWAPON = { columns: "--show", valued: "", defaults: ["NAME", "SIZE"] };
const ZRAMCTL = { columns: "--output", valued: "aost", defaults: ["NAME", "DATA"], all: ["NAME", "DATA", "TOTAL"] };

test("tableStyle() takes the columns from the heading where there is one", () => {
  for (const line of ["swapon --show", "swapon --show=SIZE --bytes", "zramctl -o DATA", "zramctl --output-all -b"]) {
    assert.equal(tableStyle(line.split(" "), line.startsWith("s") ? SWAPON : ZRAMCTL), {
      columns: undefined,
      raw: false,
    });
  }
  assert.is(tableStyle(["swapon", "--show", "--raw"], SWAPON).raw, true);
});

test("tableStyle() takes the columns from the words where there is none", () => {
  for (const [line, columns] of [
    ["swapon --show --noheadings", "NAME,SIZE"],
    ["swapon --noheadings --show=size,Prio", "SIZE,PRIO"],
    ["swapon --noheadings --show=+UUID", "NAME,SIZE,UUID"],
    ["zramctl -n", "NAME,DATA"],
    ["zramctl -bn", "NAME,DATA"],
    ["zramctl -nb --output-all", "NAME,DATA,TOTAL"],
    ["zramctl --noheadings --output TOTAL", "TOTAL"],
    ["zramctl --noheadings --output=TOTAL", "TOTAL"],
    ["zramctl -no TOTAL,NAME", "TOTAL,NAME"],
    ["zramctl -noTOTAL", "TOTAL"],
    ["zramctl -o TOTAL -n", "TOTAL"],
  ] as const) {
    const { columns: found } = tableStyle(line.split(" "), line.startsWith("s") ? SWAPON : ZRAMCTL);
    assert.is(found?.join(","), columns, line);
  }
});

test("tableStyle() takes no value of an option for options", () => {
  assert.is(tableStyle(["zramctl", "-on"], ZRAMCTL).columns, undefined);
  assert.is(tableStyle(["zramctl", "-an"], ZRAMCTL).columns, undefined);
  assert.is(tableStyle(["swapon", "-n"], SWAPON).columns, undefined);
});

test.run();
