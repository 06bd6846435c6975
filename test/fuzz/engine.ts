import type { Preset } from "../../src/presets/preset.ts";
import type { Output, Read } from "../../src/source.ts";
import { ParseError } from "../../src/text.ts";
import { createRandom, type Random } from "../random.ts";
import { faultsOf } from "./judge.ts";
import { mutate } from "./mutate.ts";
import { type Seed, seedsByPreset } from "./seeds.ts";

/** How often a preset was given a text, and what it did. */
export type Tally = { runs: number; read: number; refused: number; slowestMs: number };

/** A text that a preset did wrong with. */
export type Failure = {
  readonly iteration: number;
  readonly preset: string;
  readonly words: readonly string[];
  /** One character for each byte. */
  readonly text: string;
  readonly faults: readonly string[];
};

/** Runs one mutated output through its preset. The same seed and iteration give the same output. */
export type Fuzz = (iteration: number) => Failure | undefined;

/** One in so many outputs goes to the preset of another one. */
const FOREIGN = 50;

/** A fuzzer that begins with `seed`, and what it has done so far, by preset. */
export function createFuzz(seed: number): { readonly fuzz: Fuzz; readonly tallies: ReadonlyMap<string, Tally> } {
  const seeds = seedsByPreset();
  const presets = [...seeds.keys()];
  const all = [...seeds.values()].flat();
  const tallies = new Map(presets.map((preset) => [preset.name, { runs: 0, read: 0, refused: 0, slowestMs: 0 }]));

  function fuzz(iteration: number): Failure | undefined {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) + Math.imul(iteration + 1, 0x85ebca6b));
    const preset = random.oneOf(presets);
    const own = seeds.get(preset) ?? [];
    const start = random.oneOf(random.below(FOREIGN) === 0 ? all : own);
    const text = mutate(start.text, random, random.oneOf(random.below(10) === 0 ? all : own).text);
    const asked = random.below(4) === 0 ? random.oneOf(own) : start.preset === preset ? start : random.oneOf(own);
    const output = { stdout: Buffer.from(text, "latin1"), words: wordsFor(asked, random) };
    const tally = tallies.get(preset.name);
    const began = performance.now();
    const faults = faultsOfReading(preset, random, output, tally);
    if (tally) tally.slowestMs = Math.max(tally.slowestMs, performance.now() - began);
    if (faults.length === 0) return undefined;
    return { iteration, preset: preset.name, words: output.words, text, faults };
  }
  return { fuzz, tallies };
}

/** The command line mostly as it was, sometimes none, or through sudo. */
function wordsFor({ words }: Seed, random: Random): readonly string[] {
  const kind = random.below(10);
  return kind === 0 ? [] : kind === 1 ? ["sudo", "-n", ...words] : words;
}

function faultsOfReading(preset: Preset, random: Random, output: Output, tally: Tally | undefined): string[] {
  const other = preset.readAsNodeExporter;
  const read: Read = other && random.below(4) === 0 ? other : preset.read;
  if (tally) tally.runs += 1;
  try {
    const families = read(output);
    if (tally) tally.read += 1;
    return faultsOf(preset, families, output);
  } catch (error) {
    if (tally) tally.refused += 1;
    if (error instanceof ParseError) return isOneLine(error.message) ? [] : [`says ${JSON.stringify(error.message)}`];
    return [`throws ${error instanceof Error ? error.stack : String(error)}`];
  }
}

const LONGEST_MESSAGE = 1500;

/** Messages go into logs: one line, printable, short. */
function isOneLine(message: string): boolean {
  return message.length <= LONGEST_MESSAGE && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(message);
}
