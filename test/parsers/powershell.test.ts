import { test } from "uvu";
import * as assert from "uvu/assert";
import { parsePowerShellJson } from "../../src/parsers/powershell.ts";
import { decode } from "../../src/parsers/text.ts";
import { readCuts, refusal } from "../cuts.ts";
import { guardedReading } from "../guard.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string) =>
  Object.fromEntries([...parsePowerShellJson(text)].map(([name, { text }]) => [name, text]));

test("parsePowerShellJson() reads an object, spread out or compressed, and a list with one object", () => {
  const expected = { totalvisiblememorysize: "66943944", freephysicalmemory: "58912812" };
  const text = decode(memoryCase("windows-powershell51-json").stdout);
  assert.equal(read(text), expected);
  assert.equal(read(text.replace(/\s/g, "")), expected);
  assert.equal(read(`[${text}]\r\n`), expected);
});

test("parsePowerShellJson() makes text of numbers, strings and null, and leaves the depths alone", () => {
  const text = `{"A":1,"B":"2","C":null,"D":true,"E":{"A":5,"B":6},"F":[{"A":1},{"A":1}],"G":"a\\"{\\\\","H":1.5,"I":-1}`;
  assert.equal(read(text), {
    a: "1",
    b: "2",
    c: "",
    d: "true",
    e: "{…}",
    f: "{…}",
    g: 'a"{\\',
    h: "1.5",
    i: "-1",
  });
});

test("parsePowerShellJson() keeps a number as it is printed", () => {
  assert.equal(read('{"A":1e-36629244,"B":[1e5],"C":2.0,"D":18446744073709551615}'), {
    a: "1e-36629244",
    b: "{…}",
    c: "2.0",
    d: "18446744073709551615",
  });
});

test("parsePowerShellJson() refuses what is not JSON of one object", () => {
  for (const text of [
    "",
    "null",
    "12",
    '"FreePhysicalMemory"',
    "[]",
    "[1]",
    "[null]",
    "[[{}]]",
    '[{"A":1},{"A":2}]',
    '{"A":1} trailing',
    '{"A":1}{"A":1}',
    'WARNING: slow\n{"A":1}',
    '{"A":1,}',
    "{'A':1}",
    '{"A":0x10}',
    '{"A":01}',
    "{",
  ]) {
    assert.match(
      refusal(() => read(text)),
      /^found ".*", wanted JSON of one object$/,
    );
  }
});

test("parsePowerShellJson() refuses a name twice in one object, however it is written", () => {
  const message = 'found "a" twice, wanted it once';
  for (const text of [
    '{"A":1,"A":1}',
    '{"A":1,"a":2}',
    '{"A":1,"\\u0041":2}',
    '{"X":{"a":1 , "a" :1}}',
    '[{"A":1,"B":{},"A":2}]',
  ]) {
    assert.is(
      refusal(() => read(text)),
      message,
    );
  }
  assert.equal(read('{"A":"A","B":["A","A"],"C":{"A":1}}').a, "A");
});

test("parsePowerShellJson() refuses every cut", () => {
  for (const name of ["windows-powershell51-json", "windows-powershell7-json"]) {
    const text = decode(memoryCase(name).stdout);
    for (const [length] of readCuts(text, read)) assert.is(text.slice(length).trim(), "", `${name} cut at ${length}`);
  }
});

test("parsePowerShellJson() takes linear time for a long line", () => {
  for (const text of [
    `{"A":"${"\\\\".repeat(2 ** 19)}"}`,
    `{"A":1${" ".repeat(2 ** 20)}}`,
    `{"A":${"[".repeat(2 ** 20)}`,
  ]) {
    guardedReading(text.slice(0, 10), () => read(text));
  }
});

test.run();
