import { availableParallelism } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { presets } from "../../src/presets/table.ts";
import { describe, runFuzz, summary } from "./fuzz.ts";

/** The same outputs each time: `make fuzz` has others. */
const SEED = 20261122;

/** Registers the test of so many mutated outputs. */
export function testFuzz(count: number): void {
  test(`${count} mutated outputs are read right or refused`, async () => {
    const began = performance.now();
    const plan = { seed: SEED, count, limitMs: Number.POSITIVE_INFINITY, workers: Math.min(4, availableParallelism()) };
    const done = await runFuzz(plan);
    console.log(summary(done, (performance.now() - began) / 1000));
    assert.is(done.failures.map((failure) => describe(SEED, failure)).join("\n"), "");
    assert.equal([...done.tallies.keys()].sort(), presets.map((preset) => preset.name).sort());
    const tallies = [...done.tallies];
    assert.is(
      tallies.reduce((sum, [, { runs }]) => sum + runs, 0),
      count,
    );
    for (const [name, { runs, read, refused }] of tallies) {
      // Too few of one kind, and the mutations are too wild or too tame to tell anything.
      assert.ok(read > runs / 50 && refused > runs / 50, `${name}: ${runs} runs, ${read} read, ${refused} refused`);
    }
  });
}
