import { test } from "uvu";
import * as assert from "uvu/assert";
import { createRoster } from "../../src/gather/roster.ts";
import { createSlots } from "../../src/gather/slots.ts";
import type { Source } from "../../src/source.ts";
import { until } from "../stand_in.ts";
import { fakeLog, fakeRunner, printed, sourceOf } from "./fakes.ts";

const named = (name: string, identity: string, more: Partial<Source> = {}): Source => ({
  ...sourceOf(`/${name}-${identity}`),
  name,
  identity,
  ...more,
});

/** A started roster whose programs wait for the test where their names begin with `wait`. */
function scene(sources: readonly Source[], limit = Number.POSITIVE_INFINITY) {
  const fake = fakeRunner((line) => (line.startsWith("/wait") ? undefined : printed("1\n")));
  const roster = createRoster(sources, { runner: fake.runner, log: fakeLog().log, slots: createSlots(limit) });
  roster.start();
  return { fake, roster, record: (at: number) => roster.runners()[at]?.record() };
}

test("a source that hasn't changed keeps its result and counters, another begins anew", async () => {
  const { fake, roster, record } = scene([named("a", "1"), named("b", "1")]);
  await until("both runs", () => record(0)?.last !== undefined && record(1)?.last !== undefined);
  const [kept] = roster.runners();
  roster.replace([named("b", "2"), named("a", "1"), named("c", "1")]);
  assert.is(roster.runners()[1], kept);
  assert.is(record(1)?.outcomes.get("ok"), 1);
  await until("the new ones", () => record(0)?.last !== undefined && record(2)?.last !== undefined);
  assert.equal(fake.started, ["/a-1", "/b-1", "/b-2", "/c-1"]);
  await roster.stop();
});

test("after a stop nothing is started, whatever a reload brings", async () => {
  const { fake, roster } = scene([named("a", "1")]);
  await roster.stop();
  const before = fake.started.length;
  roster.replace([named("b", "1")]);
  await Promise.all(roster.runners().map((runner) => runner.run()));
  assert.is(fake.started.length, before);
});

test("a source without an identity is a new one each time", () => {
  const { roster } = scene([sourceOf("/a")]);
  const [before] = roster.runners();
  roster.replace([sourceOf("/a")]);
  assert.is.not(roster.runners()[0], before);
});

test("what runs of a source that goes ends as it was started, and a stop ends it too", async () => {
  const { fake, roster } = scene([named("wait", "1")]);
  const [runner] = roster.runners();
  const run = runner?.run();
  roster.replace([]);
  assert.equal(roster.runners(), []);
  fake.pending[0]?.end(printed("7\n"));
  assert.is((await run)?.outcome, "ok");
  fake.pending[0]?.release(0);

  const other = scene([named("wait", "1")]);
  const stopped = other.roster.runners()[0]?.run();
  other.roster.replace([]);
  await other.roster.stop();
  assert.is((await stopped)?.outcome, "aborted");
});

test("the schedule of a source that goes ends with it", async () => {
  const schedule = { intervalMs: 1, maxAgeMs: 1000 };
  const { fake, roster, record } = scene([named("a", "1", { schedule }), named("b", "1", { schedule })]);
  roster.replace([named("b", "1", { schedule })]);
  const before = fake.started.filter((line) => line === "/a-1").length;
  await until("more runs of the other", () => (record(0)?.outcomes.get("ok") ?? 0) > 5);
  assert.is(fake.started.filter((line) => line === "/a-1").length, before);
  await roster.stop();
});

test("runs wait for a place, and their time begins when they have it", async () => {
  const { fake, roster } = scene([named("wait", "1"), named("wait2", "1")], 1);
  assert.equal(fake.started, ["/wait-1"]);
  fake.pending[0]?.end(printed("1\n"));
  fake.pending[0]?.release(0);
  await until("the second run", () => fake.started.length === 2);
  assert.ok((fake.commands[1]?.deadlineMs ?? 0) > 4000);
  await roster.stop();
});

test.run();
