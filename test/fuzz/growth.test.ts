import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { form } from "../forms.ts";
import { FACTOR, growthOf, MOST_GROWTH } from "./growth.ts";

/** Room for all that a reader makes, so that its own time is measured and not that of the garbage collector. */
const YOUNG_MEBIBYTES = 512;

test(`every preset takes at most ${MOST_GROWTH} times the time for ${FACTOR} times the text, of any shape`, async () => {
  const worker = new Worker(new URL("growth.ts", import.meta.url), {
    workerData: form === "source-deno" ? 1 : 3,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
  });
  const faults = await new Promise<readonly string[]>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  assert.is(faults.join("\n"), "");
});

test("growthOf() sees time that grows with the square, and takes what doesn't", () => {
  const quadratic = ({ stdout }: { readonly stdout: Uint8Array }) => {
    const text = Buffer.from(stdout).toString("latin1");
    for (let i = 0; i < text.length; i += 1) if (text.includes("b", i)) break;
    return [];
  };
  const letters = (length: number) => "a".repeat(length);
  assert.match(growthOf(quadratic, [], letters) ?? "nothing", / ms (?:become|for) /);
  const linear = ({ stdout }: { readonly stdout: Uint8Array }) => {
    JSON.stringify([...Buffer.from(stdout).toString("latin1")]);
    return [];
  };
  assert.is(growthOf(linear, [], letters), undefined);
});

test.run();
