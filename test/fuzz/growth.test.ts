import { test } from "uvu";
import * as assert from "uvu/assert";
import { form } from "../forms.ts";
import { guarded, guardedReading } from "../guard.ts";
import { growingOutputs } from "./growth.ts";

/** All that --command.max-output lets through: where time grows with the square, each of them would take minutes to hours. */
const LENGTH = 2 ** 20;
const STARTS = form === "source-deno" ? 1 : 3;
/** How often it says where it is: what hangs is the next one. */
const SAID = 500;

test("every preset reads an output of a mebibyte, of any shape, in linear time", () => {
  const outputs = growingOutputs(STARTS);
  assert.ok(outputs.length > 2000, `${outputs.length} outputs`);
  for (const [i, { name, preset, words, grown }] of outputs.entries()) {
    const output = { stdout: Buffer.from(grown(LENGTH), "latin1"), words };
    guardedReading(name, () => preset.read(output));
    if (i % SAID === 0) console.log(`${i} of ${outputs.length}`);
  }
});

test("guarded() ends what does not end, and gives what does", () => {
  const forEver = () => {
    for (;;);
  };
  assert.throws(() => guarded("It", forEver, 100), /^It does not end within 100 ms$/);
  assert.is(
    guarded("It", () => 1, 60_000),
    1,
  );
});

test.run();
