import { test } from "uvu";
import * as assert from "uvu/assert";
import { measureOutage, type Outage, type Outcome } from "./push_outage.ts";

const SECONDS = Number(process.env.OUTAGE_SECONDS ?? 150);
const TRIALS: readonly Outage[] = [
  { seconds: SECONDS, queueSize: "8MiB" },
  { seconds: SECONDS, queueSize: "32KiB" },
];

function show({ queueSize }: Outage, { refused, refusedAtMost, pages }: Outcome): void {
  const [first, last] = [pages[0], pages.at(-1)];
  const bytes = Math.max(...pages.map(({ queueBytes }) => queueBytes));
  console.log(
    `queue of ${queueSize}: ${refused} requests refused (at most ${refusedAtMost}), stored ${pages.length} pages ` +
      `from run ${first?.run} to ${last?.run}, ${last?.droppedBySize} samples dropped, at most ${bytes} bytes queued`,
  );
}

/** Where the queue was full, there may be a gap after the first page: it was under way, and those behind it were given up. */
function check({ pages, refused, refusedAtMost, healthy }: Outcome): void {
  const wasFull = (pages.at(-1)?.droppedBySize ?? 0) > 0;
  assert.equal([...healthy], [200], "/-/healthy");
  assert.ok(refused > 5 && refused <= refusedAtMost, `${refused} requests, wanted at most ${refusedAtMost}`);
  for (const [index, { atMs, run }] of pages.entries()) {
    const before = pages[index - 1];
    if (before === undefined) continue;
    assert.ok(atMs > before.atMs, `page ${index} comes twice or out of order`);
    // Where a push was late, the next one has the result of the same run.
    const mayMiss = wasFull && index === 1;
    assert.ok(mayMiss || run - before.run <= 1, `a page between the runs ${before.run} and ${run} is missing`);
  }
}

test(`a server that answers 500 for ${SECONDS} s is asked ever less, and then gets what the queue holds, in order`, async () => {
  const outcomes = await Promise.all(TRIALS.map(measureOutage));
  for (const [index, outcome] of outcomes.entries()) if (TRIALS[index]) show(TRIALS[index], outcome);
  for (const outcome of outcomes) check(outcome);
  const [large, small] = outcomes.map(({ pages }) => pages);
  assert.equal([large?.[0]?.run, large?.at(-1)?.droppedBySize], [1, 0], "nothing is lost");
  assert.ok((small?.at(-1)?.droppedBySize ?? 0) > 0, "the queue is bounded");
});

test.run();
