import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { parseMeminfo } from "../../src/parsers/meminfo.ts";
import { decode } from "../../src/parsers/text.ts";
import { readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const KNOWN = ["MemTotal", "MemFree", "SwapFree", "HugePages_Surp"];
const read = (text: string, partial = false) => parseMeminfo(writtenLines(text), (key) => KNOWN.includes(key), partial);
const FULL = decode(memoryCase("meminfo-linux618").stdout);

test("parseMeminfo() gives every line in order, sizes in bytes and counts as they are", () => {
  const entries = read(FULL);
  assert.is(entries.length, FULL.split("\n").length - 1);
  assert.equal(entries[0], { key: "MemTotal", value: 25276063744, isBytes: true });
  assert.equal(
    entries.find((entry) => entry.key === "HugePages_Free"),
    { key: "HugePages_Free", value: 0, isBytes: false },
  );
  assert.is(entries.find((entry) => entry.key === "Active(anon)")?.value, 1974272);
});

test("parseMeminfo() leaves the value out of a line that is below zero", () => {
  const values = (line: string) => read(`MemTotal: 1 kB\n${line}\n`)[1]?.value;
  assert.is(values("SwapFree: 18446744073709551488 kB"), undefined);
  assert.is(values("SwapFree: -128 kB"), undefined);
  assert.is(values("HugePages_Surp: 18446744073709551615"), undefined);
  assert.is(values("HugePages_Surp: -1"), undefined);
  assert.is(values("HugePages_Surp: 3"), 3);
});

test("parseMeminfo() takes CR LF, spaces at ends, blank lines, and a line twice that says the same", () => {
  assert.equal(
    read("\r\nMemTotal:  5 kB  \r\nMemFree:\t1 kB\r\nMemFree: 1 kB\r\n"),
    read("MemTotal: 5 kB\nMemFree: 1 kB\n"),
  );
});

test("parseMeminfo() refuses other text, one line in a thousand as well", () => {
  const line = (text: string) => refusal(() => read(`MemTotal: 1 kB\n${text}\n`));
  for (const text of [
    "MemFree: 1 KB",
    "MemFree: 1 MB",
    "MemFree: 1.5 kB",
    "MemFree 1 kB",
    "MemFree: kB",
    "cat meminfo",
  ]) {
    assert.is(line(text), `line 2: found "${text}", wanted a line like "MemTotal: 1 kB"`);
  }
  assert.is(
    line("MemFree: 99999999999999999999 kB"),
    'line 2: found "99999999999999999999" after "MemFree", wanted a whole number',
  );
  assert.is(
    refusal(() => read("")),
    "found no text, wanted the lines of /proc/meminfo",
  );
});

test("parseMeminfo() wants MemTotal first, and each key with one figure", () => {
  const first = 'line 1: found "MemFree" first, wanted MemTotal and a size';
  assert.is(
    refusal(() => read("MemFree: 1 kB\nMemTotal: 5 kB\n")),
    first,
  );
  assert.match(
    refusal(() => read("MemTotal: 1\n")),
    /^line 1: found "MemTotal" first/,
  );
  assert.match(
    refusal(() => read("MemTotal: -1 kB\n")),
    /^line 1: found "MemTotal" first/,
  );
  assert.is(
    refusal(() => read("MemTotal: 5 kB\nMemTotal: 6 kB\n")),
    'line 2: found "MemTotal" again with another figure, wanted it once',
  );
});

test("parseMeminfo() refuses a cut line, at whatever byte", () => {
  const ends = new Set([...FULL.matchAll(/ kB$|\n/gm)].map((match) => match.index + match[0].length));
  const cuts = [...readCuts(FULL, (text) => read(text))];
  for (const [length] of cuts) assert.ok(ends.has(length), FULL.slice(0, length).slice(-40));
  assert.ok(cuts.length > 50);
});

test("parseMeminfo() reads a figure that touches its key, as kernels of arm64 print it", () => {
  assert.is(read("MemTotal: 1 kB\nShadowCallStack:10373888 kB\n")[1]?.value, 10373888 * 1024);
});

test("parseMeminfo() ignores other lines, and the old table above", () => {
  const old = "        total:    used:    free:\nMem:  1000 200 800\nSwap: 1 1 0\nMemTotal: 1 kB\n";
  assert.equal(read(old), read("MemTotal: 1 kB\n"));
  assert.equal(read("MemTotal: 1 kB\nVendorPool: 12 pages\nNode 0 x: 1\n"), read("MemTotal: 1 kB\n"));
});

test("parseMeminfo() wants no MemTotal where the command line leaves lines out", () => {
  assert.equal(read("SwapFree: 1 kB\n", true), [{ key: "SwapFree", value: 1024, isBytes: true }]);
});

test("parseMeminfo() reads what column -t makes of it", () => {
  const read = (text: string) => parseMeminfo(writtenLines(text), () => true);
  assert.equal(
    read("MemTotal:         24684084     kB\nHugePages_Total:  3\n"),
    read("MemTotal: 24684084 kB\nHugePages_Total: 3\n"),
  );
});

test.run();
