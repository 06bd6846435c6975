import { test } from "uvu";
import * as assert from "uvu/assert";
import { createProbes, probePage } from "../../src/gather/probes.ts";
import { createSlots } from "../../src/gather/slots.ts";
import { sampleLines } from "../memory_cases.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, sourceOf } from "./fakes.ts";

const FAR_MS = 20_000;

function scene(sets: number) {
  const fake = fakeRunner((line) => (line.startsWith("/wait") ? undefined : line === "/bad" ? EXIT_3 : printed("1\n")));
  const slots = createSlots(Number.POSITIVE_INFINITY);
  return { fake, probes: createProbes({ runner: fake.runner, log: fakeLog().log, slots, sets }) };
}

test("a key has one run at a time, and of the sets that are known the oldest gives way", async () => {
  const { fake, probes } = scene(2);
  const [one, same] = [probes.run("a", sourceOf("/wait"), FAR_MS), probes.run("a", sourceOf("/wait"), FAR_MS)];
  assert.is((await probes.run("b", sourceOf("/b"), FAR_MS))?.outcome, "ok");
  assert.is((await probes.run("c", sourceOf("/c"), FAR_MS))?.outcome, "ok");
  fake.pending[0]?.end(printed("1\n"));
  fake.pending[0]?.release(0);
  assert.equal([(await one)?.outcome, (await same)?.outcome], ["ok", "ok"]);
  assert.equal(fake.started, ["/wait", "/b", "/c"]);
});

test("where all sets run, there is no place for another", async () => {
  const { fake, probes } = scene(1);
  const one = probes.run("a", sourceOf("/wait"), FAR_MS);
  assert.is(await probes.run("b", sourceOf("/b"), FAR_MS), undefined);
  assert.is((await probes.run("a", sourceOf("/wait"), 1))?.outcome, "late");
  await probes.stop();
  assert.is((await one)?.outcome, "aborted");
  assert.equal(fake.started, ["/wait"]);
});

test("the page tells whether the command worked, and its metrics in the namespace", async () => {
  const { probes } = scene(2);
  const good = await probes.run("a", sourceOf("/a"), FAR_MS);
  const bad = await probes.run("b", sourceOf("/bad"), FAR_MS);
  if (!good || !bad) throw new Error("no place");
  assert.equal(sampleLines(probePage(good, "box").families), [
    "probe_success 1",
    "probe_duration_seconds 0.01",
    "box_total_bytes 1",
  ]);
  assert.equal(sampleLines(probePage(bad, "box").families), ["probe_success 0", "probe_duration_seconds 0.02"]);
  const own = { ...good, families: good.families.map((one) => ({ ...one, name: "probe_success" })) };
  assert.is(probePage(own, "box").up, false);
});

test.run();
