import { test } from "uvu";
import * as assert from "uvu/assert";
import { windows } from "../../src/presets/windows.ts";
import { wordsOf } from "../../src/source.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, samplesOf } from "./checks.ts";

const read = (text: string, words: readonly string[] = []) => samplesOf(windows, text, words);
const WHOLE = `{"TotalVisibleMemorySize":16734356,"FreePhysicalMemory":9428600,"SizeStoredInPagingFiles":2490368,"FreeSpaceInPagingFiles":2479588,"TotalVirtualMemorySize":19224724,"FreeVirtualMemory":9278148}\r\n`;
const SAMPLES = [
  "memory_total_bytes 17135980544",
  "memory_free_bytes 9654886400",
  "memory_swap_total_bytes 2550136832",
  "memory_swap_free_bytes 2539098112",
  "memory_windows_virtual_total_bytes 19686117376",
  "memory_windows_virtual_free_bytes 9500823552",
];

test("every command of the preset gives memory and paging files in bytes", () => {
  const list = WHOLE.replace(/[{}"]/g, "").replaceAll(",", "\r\r\n").replaceAll(":", "=").trimEnd();
  for (const words of windows.attempts.map(wordsOf)) {
    assert.equal(read(WHOLE, words), SAMPLES);
    assert.equal(read(`\r\r\n\r\r\n${list}\r\r\n\r\r\n`, words), SAMPLES);
  }
});

test("the cases give total and free memory", () => {
  for (const one of memoryCases().filter(({ family }) => family === "windows")) {
    const { mem } = one.expect as { mem: { total: number; free: number } };
    assert.equal(samplesOf(windows, one.stdout, one.argv), [
      `memory_total_bytes ${mem.total}`,
      `memory_free_bytes ${mem.free}`,
    ]);
  }
});

test("UTF-16 and a byte order mark don't matter", () => {
  for (const mark of ["\ufeff", ""]) {
    assert.equal(samplesOf(windows, new TextEncoder().encode(mark + WHOLE)), SAMPLES);
  }
  assert.equal(samplesOf(windows, Buffer.from(`\ufeff${WHOLE}`, "utf16le")), SAMPLES);
});

test("a machine without a paging file has no figures of it", () => {
  const basic = ["memory_total_bytes 2048", "memory_free_bytes 1024"];
  const json = '{"TotalVisibleMemorySize":2,"FreePhysicalMemory":1,"SizeStoredInPagingFiles":null}';
  assert.equal(read(json), basic);
  assert.equal(read("FreePhysicalMemory=1\nSizeStoredInPagingFiles=\nTotalVisibleMemorySize=2\n"), basic);
});

test("figures may be strings of digits, and below zero are left out", () => {
  const json = '{"TotalVisibleMemorySize":"2","FreePhysicalMemory":-1,"FreeVirtualMemory":18014398509481983}';
  assert.equal(read(json), ["memory_total_bytes 2048"]);
});

test("what the command line asks for is enough, in any case of letters", () => {
  assert.equal(read("FreePhysicalMemory=1\n", ["wmic", "os", "get", "freephysicalmemory", "/value"]), [
    "memory_free_bytes 1024",
  ]);
  const message = /^found no "TotalVisibleMemorySize", wanted it among the properties$/;
  assert.match(
    refusal(() => read("FreePhysicalMemory=1\n")),
    message,
  );
  assert.match(
    refusal(() => read("FreePhysicalMemory=1\n", memoryCase("windows-wmic-value").argv)),
    message,
  );
});

test("damaged output is refused", () => {
  for (const text of [
    "",
    "{}",
    "[]",
    WHOLE + WHOLE,
    WHOLE.replace("FreePhysicalMemory", "TotalVisibleMemorySize"),
    ...["null", '"plenty"', '""', "true", "1.5", "1e30", "{}", "[1]", '" 1"', '"1 "', '"1,024"'].map((value) =>
      WHOLE.replace("9428600", value),
    ),
  ]) {
    refusal(() => read(text));
  }
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "windows")) {
    checkExpected(windows, one);
    checkCuts(windows, one.stdout, one.argv);
    checkChanges(windows, one.stdout, one.argv);
  }
});

test("other outputs are refused", () => {
  checkForeign(windows, ({ family }) => family === "windows");
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(windows, WHOLE);
});

test.run();
