import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { startSchedule } from "../../src/gather/schedule.ts";
import { until } from "../stand_in.ts";

test("it runs at once and then repeatedly, without overlap, until it is stopped", async () => {
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

/** A timer that was set: what it calls, the milliseconds until then, and when the run that it starts is due. */
type Timer = { readonly call: () => Promise<void>; readonly ms: number; readonly due: number };

/** Uses the timers that are set, which never come by themselves, while Math.random always gives the same. */
async function withTimers(random: number, use: (timers: readonly Timer[]) => Promise<void>): Promise<void> {
  const [{ setTimeout: timer }, { random: chance }] = [globalThis, Math];
  const timers: Timer[] = [];
  const set = (run: (due: number) => Promise<void>, ms: number, due: number) =>
    timers.push({ call: () => run(due), ms, due });
  Object.assign(globalThis, { setTimeout: set });
  Math.random = () => random;
  try {
    await use(timers);
  } finally {
    Math.random = chance;
    globalThis.setTimeout = timer;
  }
}

test("the second run comes after half an interval to a whole one, and each further one an interval after that", async () => {
  const intervalMs = 3_600_000;
  // What passes meanwhile is less than a tenth, however busy the machine is.
  const isAbout = (ms = 0, wanted = 0) => assert.ok(ms <= wanted && ms > wanted - intervalMs / 10, `${ms}, ${wanted}`);
  for (const random of [0, 0.5, 1]) {
    await withTimers(random, async (timers) => {
      startSchedule({ intervalMs, maxAgeMs: 0 }, async () => {});
      await Promise.resolve();
      const second = (intervalMs * (1 + random)) / 2;
      isAbout(timers[0]?.ms, second);
      await timers[0]?.call();
      isAbout(timers[1]?.ms, second + intervalMs);
    });
  }
});

test("after a run that took longer than the interval, the next one starts at once", async () => {
  await withTimers(0, async (timers) => {
    let ended = 0;
    startSchedule({ intervalMs: 1, maxAgeMs: 0 }, async () => {
      const began = performance.now();
      while (performance.now() < began + 5);
      ended = performance.now();
    });
    await Promise.resolve();
    await timers[0]?.call();
    for (const { ms } of timers) assert.is(ms, 0);
    assert.ok((timers[1]?.due ?? 0) > ended);
    assert.is(timers.length, 2);
  });
});

test.run();
