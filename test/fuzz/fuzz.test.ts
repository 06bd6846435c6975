import { availableParallelism } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { presets } from "../../src/presets/table.ts";
import { form } from "../forms.ts";
import { describe, runFuzz, summary } from "./fuzz.ts";

const SEED = 20261122;
/** Deno is tested for what is its own, such as its decoders; the rest is the same. */
const [COUNT, LIMIT_MS, WORKERS] =
  form === "source-deno" ? [50_000, 20_000, 1] : [1_000_000, 60_000, Math.min(4, availableParallelism())];

test("a million mutated outputs are read right or refused, each in a moment", async () => {
  const began = performance.now();
  const done = await runFuzz({ seed: SEED, count: COUNT, limitMs: LIMIT_MS, workers: WORKERS });
  console.log(summary(done, (performance.now() - began) / 1000));
  assert.is(done.failures.map((failure) => describe(SEED, failure)).join("\n"), "");
  assert.equal([...done.tallies.keys()].sort(), presets.map((preset) => preset.name).sort());
  for (const [name, { runs, read, refused }] of done.tallies) {
    // Too few of one kind, and the mutations are too wild or too tame to tell anything.
    assert.ok(read > runs / 50 && refused > runs / 50, `${name}: ${runs} runs, ${read} read, ${refused} refused`);
  }
});

test.run();
