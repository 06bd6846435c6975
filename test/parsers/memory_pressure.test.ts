import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { parseMemoryPressure } from "../../src/parsers/memory_pressure.ts";
import { decode } from "../../src/parsers/text.ts";
import { readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string) => parseMemoryPressure(writtenLines(text));
const text = decode(memoryCase("macos-memory-pressure-32g").stdout);

test("parseMemoryPressure() gives the total, the rows and the percentage", () => {
  const { totalBytes, pageSizeBytes, figures, freePercent } = read(text);
  assert.is(totalBytes, 34359738368);
  assert.is(pageSizeBytes, 16384);
  assert.is(freePercent, 86);
  assert.is(figures.size, 15);
  assert.is(figures.get("Pages used by compressor"), 153447);
});

test("parseMemoryPressure() reads -Q, which has the first and last line only", () => {
  const quiet =
    "The system has 8589934592 (2097152 pages with a page size of 4096).\nSystem-wide memory free percentage: 7%\n";
  const { totalBytes, figures, freePercent } = read(quiet);
  assert.is(totalBytes, 8589934592);
  assert.is(figures.size, 0);
  assert.is(freePercent, 7);
});

test("parseMemoryPressure() leaves out a total that stopped at 2 GiB", () => {
  const head = "The system has 2147483648 (524288 pages with a page size of 4096).";
  const rows = (free: number) => `${head}
Pages free: ${free}
Pages active: 200000
Pages inactive: 100000
Pages wired down: 100000
System-wide memory free percentage: 50%`;
  assert.is(read(rows(100000)).totalBytes, 2147483648);
  assert.is(read(rows(1000000)).totalBytes, undefined);
});

test("parseMemoryPressure() refuses damaged output", () => {
  const damaged = [
    ["", /^found "", wanted "The system has/],
    [text.replace("(2097152 pages", "(2097151 pages"), /^line 1: .*wanted bytes that fit the pages$/],
    [text.replace("34359738368 (2097152", "0 (0"), /^line 1: .*wanted bytes that fit the pages$/],
    [text.replace("16384)", "16383)"), /^line 1: .*power of two$/],
    [text.replace("86%", "186%"), /^line 28: .*free percentage as the last line$/],
    [text.replace("86%", "86"), /^line 28: /],
    [text.replace("Pages active: 823439", "Pages active:"), /^line 13: .*wanted "name: figure"$/],
    [text.replace("823439", "823 439"), /^line 13: /],
    [text.replace("Pages throttled", "Pages active"), /^line 16: found "Pages active" twice/],
    [text.replace(/Pages wired.*\n/, ""), /^found no row "Pages wired down"/],
    [`${text}CMD: Allocating pages to reach 40% of system memory free\n`, /^line 29: /],
    [text + text, /^line 28: found "System-wide/],
    [text.replace("86%", "858\n\nSystem-wide memory free percentage: 86%"), /^line 28: .*wanted "name: figure"$/],
  ] as const;
  for (const [damage, message] of damaged)
    assert.match(
      refusal(() => read(damage)),
      message,
    );
});

test("parseMemoryPressure() refuses every cut", () => {
  assert.equal(
    [...readCuts(text, read)].map(([length]) => length),
    [text.length - 1],
  );
});

test.run();
