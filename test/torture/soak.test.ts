import { test } from "uvu";
import { soak, summaryOf } from "./soaking.ts";

const RUNS = 20_000;
/** A machine that is too busy does fewer runs, and says so. */
const LIMIT_MS = 5 * 60_000;

test(`${RUNS} runs of every kind leave nothing and take no more memory`, async () => {
  const summary = await soak({ runs: RUNS, limitMs: LIMIT_MS, say: console.log });
  if (summary.runs < RUNS) console.log(`skipped: ${RUNS - summary.runs} of ${RUNS} runs, for which there was no time`);
  console.log(summaryOf(summary));
});

test.run();
