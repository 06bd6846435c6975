import { test } from "uvu";
import * as assert from "uvu/assert";
import { isKstatLine, parseKstat } from "../../src/parsers/kstat.ts";
import { writtenLines } from "../../src/parsers/lines.ts";
import { readCuts, refusal } from "../cuts.ts";

const read = (text: string) =>
  Object.fromEntries([...parseKstat(writtenLines(text))].map(([name, { text: value }]) => [name, value]));
const TEXT = "unix:0:system_pages:physmem\t2096064\nunix:0:system_pages:freemem\t632476\n";

test("parseKstat() reads statistics by their whole name", () => {
  assert.equal(read(TEXT), { "unix:0:system_pages:physmem": "2096064", "unix:0:system_pages:freemem": "632476" });
  assert.equal(read(TEXT.trimEnd()), read(TEXT));
  assert.equal(read(""), {});
});

test("parseKstat() takes any value, and a name with blanks before a tab", () => {
  assert.equal(
    read(
      "unix:0:system_pages:class\tpages\nunix:0:system_pages:crtime  35,240997153\nzone_caps:1:lockedmem_zone_1:a b\tc d\ncpu:0:sys:x\t\n",
    ),
    {
      "unix:0:system_pages:class": "pages",
      "unix:0:system_pages:crtime": "35,240997153",
      "zone_caps:1:lockedmem_zone_1:a b": "c d",
      "cpu:0:sys:x": "",
    },
  );
});

test("parseKstat() refuses other lines and a name twice", () => {
  for (const text of ["unix:0:system_pages\t12\n", "632476\n", TEXT + TEXT]) {
    assert.match(
      refusal(() => read(text)),
      /^line \d: found /,
    );
  }
});

test("parseKstat() never reads a partial figure of a cut output", () => {
  const whole: Record<string, string> = read(TEXT);
  for (const [length, figures] of readCuts(TEXT, read)) {
    for (const [name, figure] of Object.entries(figures))
      if (name in whole) assert.is(figure, whole[name], `cut at ${length}`);
  }
});

test("isKstatLine() tells lines of kstat -p from others", () => {
  const is = (text: string) => isKstatLine({ text, number: 1, ended: true });
  assert.ok(is("unix:0:system_pages:freemem\t1"));
  for (const text of ["total: 1k", "4096", "hw.memsize: 1", "unix:x"]) assert.not(is(text), text);
});

test.run();
