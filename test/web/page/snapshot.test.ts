import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../../src/command/outcome.ts";
import { createHistory } from "../../../src/gather/history.ts";
import { createSnapshots, paceAfter } from "../../../src/web/page/snapshot.ts";
import { EXIT_3, fakeRunner, gathererOf, printed, sourceOf } from "../../gather/fakes.ts";
import { until } from "../../stand_in.ts";

const NEVER_MS = 3_600_000;

function over(outcomes: Record<string, Outcome | undefined>, snapshotMs: number) {
  const fake = fakeRunner((line) => outcomes[line.slice(1)]);
  const gatherer = gathererOf(
    Object.keys(outcomes).map((name) => ({ ...sourceOf(`/${name}`), name })),
    fake.runner,
  );
  return { ...fake, outcomes, gatherer, snapshot: createSnapshots({ gatherer, history: createHistory(), snapshotMs }) };
}

test("nothing runs without viewers, and viewers share one run", async () => {
  const { started, snapshot } = over({ one: printed("5\n") }, NEVER_MS);
  assert.is(started.length, 0);
  const snapshots = await Promise.all(Array.from({ length: 50 }, snapshot));
  assert.is(new Set([...snapshots, await snapshot()]).size, 1);
  assert.equal(started, ["/one"]);
  assert.is(snapshots[0]?.figures.total, 5);
});

test("a snapshot that is too old is replaced, and recent results of others are used", async () => {
  const old = over({ one: printed("5\n") }, 0);
  await old.snapshot();
  await old.snapshot();
  assert.is(old.started.length, 2);
  const shared = over({ one: printed("5\n") }, NEVER_MS);
  await shared.gatherer.gather();
  assert.equal([(await shared.snapshot()).figures.total, shared.started.length], [5, 1]);
});

test("a failing command is shown with its reason and since when, until it works again", async () => {
  const { snapshot, outcomes } = over({ one: EXIT_3 }, 0);
  const [first] = (await snapshot()).commands;
  assert.equal([first?.outcome, first?.detail, first?.recent.length], ["exit", "exit status 3", 1]);
  const [second] = (await snapshot()).commands;
  assert.ok(Math.abs((second?.failingSince ?? 0) - (first?.failingSince ?? 1e9)) < 5, "still since the first failure");
  outcomes.one = printed("1\n");
  const [third] = (await snapshot()).commands;
  assert.equal([third?.outcome, third?.failingSince, third?.lastError?.detail], ["ok", undefined, "exit status 3"]);
  assert.equal(
    third?.recent.map(({ outcome }) => outcome),
    ["exit", "exit", "ok"],
  );
});

test("during a run the results of the previous one are shown", async () => {
  const { snapshot, outcomes, pending } = over({ one: printed("5\n") }, 0);
  await snapshot();
  outcomes.one = undefined;
  const late = await snapshot();
  assert.is(late.figures.total, 5);
  assert.equal([late.commands[0]?.outcome, (late.commands[0]?.runningSeconds ?? 0) > 0], ["ok", true]);
  pending[0]?.end(EXIT_3);
  pending[0]?.release(0);
  outcomes.one = EXIT_3;
  await until("it failed", async () => (await snapshot()).commands[0]?.outcome === "exit");
});

test("before the first run has ended there are no values", async () => {
  const { snapshot, pending } = over({ one: undefined }, 0);
  const { commands, figures, charts } = await snapshot();
  assert.equal([commands[0]?.outcome, commands[0]?.seconds, figures, charts], ["none", undefined, {}, {}]);
  pending[0]?.end(printed("1\n"));
  pending[0]?.release(0);
});

test("the update interval grows with the number of viewers, and decreases again", () => {
  assert.equal([paceAfter(5200, 1), paceAfter(5200, 15)], [5200, 5200]);
  const slower = paceAfter(5200, 60);
  assert.is(slower, 20_800);
  assert.is(paceAfter(slower, 15), slower);
  assert.equal([paceAfter(slower, 1000), paceAfter(slower, 1)], [60_000, 5200]);
});

test.run();
