import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { startSchedule } from "../../src/gather/schedule.ts";
import { until } from "../stand_in.ts";

test("it runs at once, then again and again, never two at a time, until it is ended", async () => {
  let begun = 0;
  let ended = 0;
  let most = 0;
  const end = startSchedule({ intervalMs: 1, maxAgeMs: 3 }, async () => {
    begun += 1;
    most = Math.max(most, begun - ended);
    await sleep(2);
    ended += 1;
  });
  assert.is(begun, 1);
  await until("five runs", () => ended >= 5);
  end();
  await until("the last one has ended", () => begun === ended);
  const before = begun;
  await sleep(20);
  assert.equal([begun, most], [before, 1]);
});

test("it waits between two runs", async () => {
  let begun = 0;
  const end = startSchedule({ intervalMs: 3_600_000, maxAgeMs: 0 }, async () => {
    begun += 1;
  });
  await sleep(20);
  end();
  assert.is(begun, 1);
});

test("one that is ended during a run doesn't go on after it", async () => {
  let begun = 0;
  const run = Promise.withResolvers<void>();
  const end = startSchedule({ intervalMs: 1, maxAgeMs: 3 }, () => {
    begun += 1;
    return run.promise;
  });
  end();
  run.resolve();
  await sleep(10);
  assert.is(begun, 1);
});

test.run();
