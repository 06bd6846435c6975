import { test } from "uvu";
import { soak, summaryOf } from "./soaking.ts";

const RUNS = 20_000;

test(`${RUNS} runs of every kind leave nothing and take no more memory`, async () => {
  console.log(summaryOf(await soak({ runs: RUNS, say: console.log })));
});

test.run();
