import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { decode } from "../../src/parsers/text.ts";
import { parseWmic } from "../../src/parsers/wmic.ts";
import { readCuts, refusal } from "../cuts.ts";
import { guardedReading } from "../guard.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string) =>
  Object.fromEntries([...parseWmic(writtenLines(text))].map(([name, { text }]) => [name, text]));

test("parseWmic() reads Name=value lines, whatever their ends", () => {
  const expected = { freephysicalmemory: "7302236", totalvisiblememorysize: "33279308" };
  const text = decode(memoryCase("windows-wmic-value").stdout);
  assert.equal(read(text), expected);
  assert.equal(read(text.replaceAll("\r", "")), expected);
});

test("parseWmic() reads UTF-16", () => {
  const text = decode(memoryCase("windows-wmic-utf16").stdout);
  assert.equal(read(text), { freephysicalmemory: "58912812", totalvisiblememorysize: "66943944" });
});

test("parseWmic() reads all properties, with and without values, with = in them and spaces around", () => {
  const text = `BootDevice=\\Device\\HarddiskVolume1
CSDVersion=
Name=Windows|C:\\WINDOWS|a=b
TotalSwapSpaceSize =
FreePhysicalMemory = 15747592
`;
  assert.equal(read(text), {
    bootdevice: "\\Device\\HarddiskVolume1",
    csdversion: "",
    name: "Windows|C:\\WINDOWS|a=b",
    totalswapspacesize: "",
    freephysicalmemory: "15747592",
  });
});

test("parseWmic() reads a table by the places of its headings", () => {
  const text = `Caption                   FreePhysicalMemory  Status  TotalSwapSpaceSize  TotalVisibleMemorySize  \r\r
Microsoft Windows 11 Pro  59164488            OK                          66943944                \r\r
\r\r
`;
  assert.equal(read(text), {
    caption: "Microsoft Windows 11 Pro",
    freephysicalmemory: "59164488",
    status: "OK",
    totalswapspacesize: "",
    totalvisiblememorysize: "66943944",
  });
});

test("parseWmic() refuses a table whose cells don't begin below their headings", () => {
  const head = "Caption  FreePhysicalMemory  TotalVisibleMemorySize\n";
  for (const row of ["Windows 59164488            66943944\n", "W        59164488                   166943944\n"]) {
    const shifted = row.replace("        5", "       15");
    assert.match(
      refusal(() => read(head + shifted)),
      /^line 2: .*wanted a value below each of/,
    );
  }
  const lastShifted = "W        59164488             66943944\n";
  assert.match(
    refusal(() => read(head + lastShifted)),
    /^line 2: .*wanted a value below each of/,
  );
  assert.match(
    refusal(() => read(`  ${head}  W 1 2\n`)),
    /^line 2: /,
  );
});

test("parseWmic() refuses what is not one object", () => {
  const head = "FreePhysicalMemory  TotalVisibleMemorySize\n";
  const row = "59164488            66943944\n";
  for (const [text, message] of [
    ["", /^found no output/],
    [head, /^line 1: found 0 rows below/],
    [head + row + row, /^line 3: found 2 rows below/],
    ["No Instance(s) Available.\n", /^line 1: found 0 rows/],
    ["A=1\nB\n", /^line 2: found "B", wanted "Name=value"/],
    ["A=1\n=2\n", /^line 2: /],
    ["A=1\n a=2\n", /^line 2: /],
    ["A=1\nB=2\na=3\n", /^line 3: found "a" twice/],
    ["A  a\n1  2\n", /^line 2: found "a" twice/],
    ["A=1\nB=", /^line 2: .*without a line end/],
    [`${head}59164488            `, /^line 2: .*without a line end/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parseWmic() never reads a partial figure of a cut output", () => {
  for (const name of ["windows-wmic-value", "windows-wmic-table"]) {
    const text = decode(memoryCase(name).stdout);
    const whole = read(text);
    for (const [length, properties] of readCuts(text, read)) {
      for (const [key, value] of Object.entries(properties)) assert.is(value, whole[key], `${name} cut at ${length}`);
    }
  }
});

test("parseWmic() takes linear time for a long line", () => {
  for (const filler of [" ", "a ", "=", "A"]) {
    const long = filler.repeat(2 ** 20 / filler.length);
    for (const text of [`${long}\n`, `A${long}\n${long}\n`, `A${long}\nA${long}\n`]) {
      guardedReading(JSON.stringify(text.slice(0, 10)), () => read(text));
    }
  }
});

test.run();
