import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { decode } from "../../src/parsers/text.ts";
import { parseVmstatSummary } from "../../src/parsers/vmstat.ts";
import { readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string, partial = false) => parseVmstatSummary(writtenLines(text), partial);
const entries = (text: string) => [...read(text)];
const text4 = decode(memoryCase("vmstat-s").stdout);
const text3 = decode(memoryCase("vmstat-s-3317").stdout);

test("parseVmstatSummary() tells sizes from counts", () => {
  const figures = read(text4);
  assert.is(figures.size, 28);
  assert.is(figures.get("total memory"), 24683656 * 1024);
  assert.is(figures.get("paged out"), 10809908 * 1024);
  assert.is(figures.get("non-nice user cpu ticks"), 67123);
  assert.is(figures.get("forks"), 228108);
});

test("parseVmstatSummary() takes the unit from each line", () => {
  assert.is(read(decode(memoryCase("vmstat-s-mega").stdout)).get("total memory"), 16590e6);
  assert.is(read(decode(memoryCase("vmstat-s-mebi").stdout)).get("total memory"), 15822 * 2 ** 20);
  assert.is(read(decode(memoryCase("vmstat-s-bytes").stdout)).get("paged in"), 7256101 * 1024);
  assert.is(read(text4.replace(/ K (.*(memory|swap|cache))$/gm, " k $1")).get("total memory"), 24683656e3);
});

test("parseVmstatSummary() reads the KiB of procps 3.2, which have no letter", () => {
  const old = text3.replace(/ K (.*)$/gm, "  $1");
  assert.match(old, /^ {5}16201888 {2}total memory$/m);
  assert.equal(entries(old), entries(text3));
});

test("parseVmstatSummary() knows KiB under the name of pages", () => {
  assert.is(read(text3).get("paged in"), 7256101 * 1024);
});

test("parseVmstatSummary() leaves out what is no memory", () => {
  const wrapped = text4.replace("58656 K used swap", "18446744073709551612 K used swap");
  assert.is(read(wrapped).get("used swap"), undefined);
  assert.is(read(text4.replace("58656 K", "-4 K")).get("used swap"), undefined);
  assert.is(read(wrapped).get("free swap"), 80600 * 1024);
});

test("parseVmstatSummary() reads other line ends and no last one", () => {
  assert.equal(entries(`\n${text4.replaceAll("\n", " \r\n")}\n`), entries(text4));
  assert.equal(entries(text4.trimEnd()), entries(text4));
});

test("parseVmstatSummary() refuses what is no list of vmstat -s", () => {
  for (const [text, message] of [
    ["", /^found no line "total memory"/],
    [decode(memoryCase("bad-vmstat-table").stdout), /^line 1: found "procs -+memory.*wanted a line of vmstat -s$/],
    [decode(memoryCase("vmstat-s-de").stdout), /^found no line "total memory".* in English \(LC_ALL=C\)$/],
    [text4 + text4, /^line 29: found "total memory" twice/],
    [text4.replace("24683656", "24,683,656"), /^line 1: found/],
    [text4.replace("24683656", "99999999999999999999"), /^line 1: found "99999999999999999999" as "total memory"/],
    [text4.replace("228108", "99999999999999999999"), /found "9*" as forks, wanted a whole number$/],
    [text4.replace(" K total memory", " G total memory"), /^found no line "total memory"/],
    ["  1234 cpu context switches\n", /^found no line "total memory"/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parseVmstatSummary() refuses every cut", () => {
  for (const [length, cut] of readCuts(text4, entries)) {
    assert.is(length, text4.length - 1);
    assert.equal(cut, entries(text4));
  }
});

test("parseVmstatSummary() reads the lines that are there where the command line leaves some out", () => {
  assert.equal(
    [...read("     4522440 K total memory\n 9080 non-nice user cpu ticks\n", true)],
    [
      ["total memory", 4522440 * 1024],
      ["non-nice user cpu ticks", 9080],
    ],
  );
});

test.run();
