import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { presetFor, requireReadable } from "../../src/presets/table.ts";
import { lineWords } from "../../src/presets/words.ts";
import { sampleLines } from "../memory_cases.ts";

type Case = {
  readonly file: string;
  readonly line: string;
  readonly about: string;
  readonly samples?: Readonly<Record<string, number>>;
  readonly refused?: string;
};

const read = (file: string) => readFileSync(new URL(`../fixtures/more/${file}`, import.meta.url));
const CASES: readonly Case[] = JSON.parse(read("cases.json").toString());

for (const { file, line, about, samples = {}, refused } of CASES) {
  test(`${line}: ${about}`, () => {
    const words = lineWords(line);
    const preset = presetFor(words);
    assert.ok(preset);
    requireReadable(preset, words);
    const figures = () => sampleLines(preset.read({ stdout: read(file), words })).sort();
    if (refused !== undefined) assert.throws(figures, new RegExp(refused));
    else
      assert.equal(
        figures(),
        Object.entries(samples)
          .map(([name, value]) => `${name} ${value}`)
          .sort(),
      );
  });
}

test.run();
