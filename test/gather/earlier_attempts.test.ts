import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../src/command/outcome.ts";
import { createSourceRunner } from "../../src/gather/source_runner.ts";
import { until } from "../stand_in.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, sourceOf } from "./fakes.ts";

const HOUR_MS = 3_600_000;
/** Lets time pass on the clock of this process, which has run for hours already. */
async function withClock(use: (pass: (ms: number) => void) => Promise<void>): Promise<void> {
  const now = performance.now.bind(performance);
  let passed = 2 * HOUR_MS;
  performance.now = () => now() + passed;
  try {
    await use((ms) => {
      passed += ms;
    });
  } finally {
    performance.now = now;
  }
}

const TIMEOUT: Outcome = { kind: "timeout", seconds: 5, timeoutMs: 5000, stderrTail: "" };

/** A runner of two attempts over fakes, which tries the first one again after so long; what each does can be changed on the way. */
function twoAttempts(retryMs: number, outcomes: Record<string, Outcome | undefined>) {
  const fake = fakeRunner((line) => outcomes[line]);
  const { log, lines } = fakeLog();
  const runner = createSourceRunner(sourceOf("/a", "/b"), { runner: fake.runner, log, retryMs });
  return { ...fake, lines, outcomes, ...runner };
}

test("the attempts before the one that is used are tried again in the background, and come back", async () => {
  const { run, started, outcomes, record, lines } = twoAttempts(0, { "/a": EXIT_3, "/b": printed("2\n") });
  assert.is((await run()).families[0]?.samples[0]?.value, 2);
  assert.equal(started, ["/a", "/b", "/a"], "it is tried behind the answer");
  outcomes["/a"] = printed("1\n");
  assert.is((await run()).families[0]?.samples[0]?.value, 2);
  await until("the first attempt works", async () => lines.length > 1);
  assert.equal(JSON.parse(lines.at(-1)?.replace(/^info Command works /, "") ?? ""), { command: "free", argv: "/a" });
  assert.is((await run()).families[0]?.samples[0]?.value, 1);
  assert.equal([...record().outcomes], [["ok", 3]], "a try in the background is no run");
});

test("a retry in the background is aborted by the next run, and not made too early", async () => {
  await withClock(async (pass) => {
    const { run, started, aborted, outcomes, idle } = twoAttempts(HOUR_MS, { "/a": EXIT_3, "/b": printed("2\n") });
    await run();
    await run();
    assert.equal(started, ["/a", "/b", "/b"]);
    pass(HOUR_MS);
    await run();
    await idle();
    await run();
    assert.equal(started.splice(0), ["/a", "/b", "/b", "/b", "/a", "/b"], "a try that fails puts off the next one");
    outcomes["/a"] = undefined;
    pass(HOUR_MS);
    await run();
    assert.equal([started, aborted], [["/b", "/a"], []], "it goes on");
    assert.is((await run()).outcome, "ok");
    assert.equal([started, aborted], [["/b", "/a", "/b", "/a"], ["/a"]], "one that is ended doesn't");
  });
});

test("an attempt that timed out and was passed over is tried again in its time, too", async () => {
  await withClock(async (pass) => {
    const { run, started } = twoAttempts(HOUR_MS, { "/a": TIMEOUT, "/b": printed("2\n") });
    for (let i = 0; i < 3; i += 1) await run();
    assert.equal(started.splice(0), ["/a", "/b", "/b"]);
    pass(HOUR_MS);
    await run();
    assert.equal(started, ["/b", "/a"]);
  });
});

test("an unkillable process of a retry in the background is reported", async () => {
  const { run, pending, outcomes } = twoAttempts(0, { "/a": EXIT_3, "/b": printed("2\n") });
  await run();
  outcomes["/a"] = undefined;
  await run();
  pending[0]?.end({ kind: "unkillable", seconds: 1, pid: 9 });
  await setImmediate();
  const { outcome, families } = await run();
  assert.equal([outcome, families], ["unkillable", []]);
});

test.run();
