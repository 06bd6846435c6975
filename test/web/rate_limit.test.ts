import { test } from "uvu";
import * as assert from "uvu/assert";
import { createRateLimit } from "../../src/web/rate_limit.ts";

test("a burst passes at once, then one each interval, never more than a burst", () => {
  let now = 1000;
  const admit = createRateLimit({ intervalMs: 100, burst: 3 }, () => now);
  const count = (tries: number) => Array.from({ length: tries }, admit).filter(Boolean).length;
  assert.is(count(5), 3);
  now += 99;
  assert.is(count(2), 0);
  now += 1;
  assert.is(count(2), 1);
  now += 250;
  assert.is(count(5), 2);
  now += 1e9;
  assert.is(count(9), 3);
});

test("a burst of 0 lets nothing through", () => {
  let now = 0;
  const admit = createRateLimit({ intervalMs: 1, burst: 0 }, () => now);
  now += 1e6;
  assert.is(admit(), false);
});

test.run();
