import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Family } from "../../src/metric.ts";
import type { Preset } from "../../src/presets/preset.ts";
import type { Output } from "../../src/source.ts";
import { ParseError } from "../../src/text.ts";
import { faultsOf } from "./judge.ts";
import { type Seed, seedsByPreset } from "./seeds.ts";

type Reading = { readonly preset: Preset; readonly output: Output; readonly families: readonly Family[] };

/** What the presets make of the outputs as they are, where they take them. */
const READINGS: readonly Reading[] = [...seedsByPreset().values()].flat().flatMap(readingOf);

function readingOf({ preset, words, text }: Seed): Reading[] {
  const output = { stdout: Buffer.from(text, "latin1"), words };
  try {
    return [{ preset, output, families: preset.read(output) }];
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}

/** The families with another value in one sample. */
function altered(families: readonly Family[], at: readonly [number, number], value: number): Family[] {
  return families.map((family, i) => ({
    ...family,
    samples: family.samples.map((sample, j) => (i === at[0] && j === at[1] ? { ...sample, value } : sample)),
  }));
}

const places = (families: readonly Family[]) =>
  families.flatMap(({ samples }, i) => samples.map(({ value }, j) => ({ at: [i, j] as const, value })));

test("faultsOf() finds nothing wrong with what is read of an output as it is", () => {
  assert.ok(READINGS.length > 200);
  for (const { preset, output, families } of READINGS) {
    const faults = faultsOf(preset, families, output);
    assert.ok(faults.length === 0, `${preset.name} ${output.words.join(" ")}: ${faults.join("; ")}`);
  }
});

test("faultsOf() sees a value that isn't in the text, in every sample", () => {
  for (const { preset, output, families } of READINGS) {
    for (const { at, value } of places(families)) {
      for (const wrong of [value + 4097, value * 1.024 + 1, -value - 1]) {
        const faults = faultsOf(preset, altered(families, at, wrong), output);
        assert.ok(faults.length > 0, `${preset.name} ${output.words.join(" ")}: ${families[at[0]]?.name} ${wrong}`);
      }
    }
  }
});

test("faultsOf() sees a value that belongs to another sample", () => {
  for (const { preset, output, families } of READINGS) {
    // Where the columns can't be told by the text, another figure of the row could be the right one.
    if (output.words.some((word) => word === "--noheadings")) continue;
    const all = places(families);
    for (const [i, { at, value }] of all.entries()) {
      for (const other of [...all.slice(i + 1), ...all].slice(0, 4)) {
        if (other.value === value) continue;
        const faults = faultsOf(preset, altered(families, at, other.value), output);
        const name = families[at[0]]?.name;
        assert.ok(faults.length > 0, `${preset.name} ${output.words.join(" ")}: ${name} ${other.value}`);
      }
    }
  }
});

test("faultsOf() sees labels that aren't in the text, series twice, names and types that aren't the preset's", () => {
  for (const { preset, output, families } of READINGS) {
    const [first] = families;
    const [sample] = first?.samples ?? [];
    if (!first || !sample) continue;
    const wrongs: Family[] = [
      { ...first, samples: [...first.samples, sample] },
      { ...first, samples: [] },
      { ...first, name: `${first.name}-x` },
      { ...first, type: first.type === "counter" ? "gauge" : "counter" },
      ...Object.keys(sample.labels).map((key) => ({
        ...first,
        samples: [{ ...sample, labels: { ...sample.labels, [key]: "elsewhere" } }],
      })),
    ];
    for (const wrong of wrongs) {
      const faults = faultsOf(preset, [wrong, ...families.slice(1)], output);
      assert.ok(faults.length > 0, `${preset.name} ${output.words.join(" ")}: ${JSON.stringify(wrong)}`);
    }
    assert.ok(faultsOf(preset, [first, ...families], output).length > 0);
  }
});

test.run();
