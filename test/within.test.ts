import { getEventListeners } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { shared, unlessAborted, within } from "../src/within.ts";

test("the result of a promise in time, otherwise undefined", async () => {
  assert.is(await within(Promise.resolve(1), 60_000), 1);
  assert.is(await within(Promise.resolve(1), Number.POSITIVE_INFINITY), 1);
  assert.is(await within(new Promise(() => {}), 1), undefined);
});

test("a wait that is longer than a timer can be is one without a limit", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const waited = within(promise, 1e12);
  // A timer that can't be so long fires after 1 ms, before this one.
  setTimeout(resolve, 50, 1);
  assert.is(await waited, 1);
});

test("a rejection in time is one", async () => {
  try {
    await within(Promise.reject(new Error("no")), 60_000);
    assert.unreachable();
  } catch (error) {
    assert.is(error instanceof Error && error.message, "no");
  }
});

test("what comes before an abort is given, else undefined, and no listener is left", async () => {
  const { signal } = new AbortController();
  for (let i = 0; i < 20; i += 1) assert.is(await unlessAborted(Promise.resolve(i), signal), i);
  assert.is(getEventListeners(signal, "abort").length, 0);
  const stop = new AbortController();
  const waited = unlessAborted(new Promise(() => {}), stop.signal);
  stop.abort();
  assert.equal([await waited, await unlessAborted(new Promise(() => {}), stop.signal)], [undefined, undefined]);
});

test("calls during a run share the next one, which begins after all of them", async () => {
  const runs: PromiseWithResolvers<number>[] = [];
  const call = shared(() => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  });
  const [first, second, third] = [call(), call(), call()];
  assert.is(runs.length, 1);
  runs[0]?.resolve(1);
  assert.is(await first, 1);
  await new Promise(setImmediate);
  runs[1]?.resolve(2);
  assert.equal([await second, await third, runs.length], [2, 2, 2]);
});

test("no timer is left", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  await within(Promise.resolve(1), 3_600_000);
  await within(Promise.reject(new Error("no")), 3_600_000).catch(() => {});
  assert.is(timers(), before);
});

test.run();
