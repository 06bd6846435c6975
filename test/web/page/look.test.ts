import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../../src/command/outcome.ts";
import { createHistory } from "../../../src/gather/history.ts";
import { createLooks, paceAfter } from "../../../src/web/page/look.ts";
import { EXIT_3, fakeRunner, gathererOf, printed, sourceOf } from "../../gather/fakes.ts";
import { until } from "../../stand_in.ts";

const NEVER_MS = 3_600_000;

function over(outcomes: Record<string, Outcome | undefined>, lookMs: number) {
  const fake = fakeRunner((line) => outcomes[line.slice(1)]);
  const gatherer = gathererOf(
    Object.keys(outcomes).map((name) => ({ ...sourceOf(`/${name}`), name })),
    fake.runner,
  );
  return { ...fake, outcomes, gatherer, look: createLooks({ gatherer, history: createHistory(), lookMs }) };
}

test("nothing runs until somebody looks, and all who look in time share one run", async () => {
  const { started, look } = over({ one: printed("5\n") }, NEVER_MS);
  assert.is(started.length, 0);
  const looks = await Promise.all(Array.from({ length: 50 }, look));
  assert.is(new Set([...looks, await look()]).size, 1);
  assert.equal(started, ["/one"]);
  assert.is(looks[0]?.figures.total, 5);
});

test("a look that is too old is taken again, and what others have gathered meanwhile is new enough", async () => {
  const old = over({ one: printed("5\n") }, 0);
  await old.look();
  await old.look();
  assert.is(old.started.length, 2);
  const shared = over({ one: printed("5\n") }, NEVER_MS);
  await shared.gatherer.gather();
  assert.equal([(await shared.look()).figures.total, shared.started.length], [5, 1]);
});

test("a command that fails is told with its reason and since when, and that it works again", async () => {
  const { look, outcomes } = over({ one: EXIT_3 }, 0);
  const [first] = (await look()).commands;
  assert.equal([first?.outcome, first?.detail, first?.recent.length], ["exit", "exit status 3", 1]);
  const [second] = (await look()).commands;
  assert.ok(Math.abs((second?.failingSince ?? 0) - (first?.failingSince ?? 1e9)) < 5, "still since the first failure");
  outcomes.one = printed("1\n");
  const [third] = (await look()).commands;
  assert.equal([third?.outcome, third?.failingSince, third?.lastError?.detail], ["ok", undefined, "exit status 3"]);
  assert.equal(
    third?.recent.map(({ outcome }) => outcome),
    ["exit", "exit", "ok"],
  );
});

test("while a run goes on, what the one before it gave is shown", async () => {
  const { look, outcomes, pending } = over({ one: printed("5\n") }, 0);
  await look();
  outcomes.one = undefined;
  const late = await look();
  assert.is(late.figures.total, 5);
  assert.equal([late.commands[0]?.outcome, (late.commands[0]?.runningSeconds ?? 0) > 0], ["ok", true]);
  pending[0]?.end(EXIT_3);
  pending[0]?.release(0);
  outcomes.one = EXIT_3;
  await until("it failed", async () => (await look()).commands[0]?.outcome === "exit");
});

test("before the first run has ended there is nothing to show", async () => {
  const { look, pending } = over({ one: undefined }, 0);
  const { commands, figures, charts } = await look();
  assert.equal([commands[0]?.outcome, commands[0]?.seconds, figures, charts], ["none", undefined, {}, {}]);
  pending[0]?.end(printed("1\n"));
  pending[0]?.release(0);
});

test("the more look, the longer each waits, so that all together ask about as often; alone it is short again", () => {
  assert.equal([paceAfter(5200, 1), paceAfter(5200, 15)], [5200, 5200]);
  const slower = paceAfter(5200, 60);
  assert.is(slower, 20_800);
  assert.is(paceAfter(slower, 15), slower);
  assert.equal([paceAfter(slower, 1000), paceAfter(slower, 1)], [60_000, 5200]);
});

test.run();
