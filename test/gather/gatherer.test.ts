import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../src/command/outcome.ts";
import { createGatherer } from "../../src/gather/gatherer.ts";
import { createHistory, type History } from "../../src/gather/history.ts";
import { createSelfMetrics } from "../../src/gather/self_metrics.ts";
import type { Schedule } from "../../src/source.ts";
import { buildInfo } from "../../src/version.ts";
import { sampleLines } from "../memory_cases.ts";
import { until } from "../stand_in.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, sourceOf } from "./fakes.ts";

type Options = { level?: "lean" | "none"; schedule?: Schedule; namespace?: string; history?: History };

/** A gatherer over fakes, by the names of its sources and what their programs do. */
function over(outcomes: Record<string, Outcome | undefined>, options: Options = {}) {
  const { level = "none", schedule, namespace = "memory", history } = options;
  const fake = fakeRunner((line) => outcomes[line.slice(1)]);
  const sources = Object.keys(outcomes).map((name) => ({
    ...sourceOf(`/${name}`),
    name,
    ...(schedule && { schedule }),
  }));
  const self = createSelfMetrics({ level, info: buildInfo(), isPid1: false, spawnMethod: "fork" });
  return {
    ...fake,
    outcomes,
    ...createGatherer({ sources, namespace, runner: fake.runner, log: fakeLog().log, self, history }),
  };
}

type Gathered = ReturnType<typeof over>;

/** The lines of a page without build info. */
const linesOf = ({ families }: Awaited<ReturnType<Gathered["gather"]>>) =>
  sampleLines(families).filter((line) => !line.startsWith("memory_exporter_build_info"));

/** Lets the run that was started as this one end. */
function end({ pending }: Gathered, index: number, text: string): void {
  pending[index]?.end(printed(text));
  pending[index]?.release(0);
}

test("a caller that accepts recent results gets them without a run, and others don't share that", async () => {
  const gathered = over({ one: printed("5\n") });
  await gathered.gather({ maxAgeMs: 60_000 });
  const [again] = await Promise.all([gathered.gather({ maxAgeMs: 60_000 }), gathered.gather({ maxAgeMs: 60_000 })]);
  assert.equal([gathered.started.length, linesOf(again)], [1, ["memory_up 1", "memory_total_bytes 5"]]);
  await Promise.all([gathered.gather({ maxAgeMs: 60_000 }), gathered.gather()]);
  assert.is(gathered.started.length, 2);
  await sleep(5);
  await gathered.gather({ maxAgeMs: 1 });
  assert.is(gathered.started.length, 3);
});

test("memory_up is 1 if all sources succeeded, and failed ones have no metrics", async () => {
  const { gather } = over({ good: printed("5\n"), bad: EXIT_3 });
  const all = await gather();
  assert.is(all.up, false);
  assert.equal(linesOf(all), ["memory_up 0", "memory_total_bytes 5"]);
  assert.equal(
    all.results.map(({ source, outcome }) => [source, outcome]),
    [
      ["good", "ok"],
      ["bad", "exit"],
    ],
  );
  const one = await gather({ names: ["good"] });
  assert.equal([one.up, linesOf(one)], [true, ["memory_up 1", "memory_total_bytes 5"]]);
  assert.equal(linesOf(await gather({ names: ["bad"] })), ["memory_up 0"]);
});

test("rule 1: a run has the timeout of its source, however short the caller waits", async () => {
  const gathered = over({ one: undefined });
  const hurried = await gathered.gather({ maxWaitMs: 1 });
  assert.ok((gathered.commands[0]?.deadlineMs ?? 0) > 1, "more than the patience");
  assert.equal([hurried.up, hurried.results[0]?.outcome, linesOf(hurried)], [false, "late", ["memory_up 0"]]);
  const patient = gathered.gather();
  end(gathered, 0, "7\n");
  assert.equal(linesOf(await patient), ["memory_up 1", "memory_total_bytes 7"]);
  assert.equal(gathered.started, ["/one"], "the run of the hurried one served the patient one");
  assert.equal([...(gathered.records()[0]?.record.outcomes ?? [])], [["ok", 1]], "it is counted once");
});

test("rule 1: a caller gets the results that are available when its time is over", async () => {
  const gathered = over({ fast: printed("1\n"), slow: undefined });
  const { results, families } = await gathered.gather({ maxWaitMs: 20 });
  assert.equal(
    results.map(({ source, outcome }) => `${source} ${outcome}`),
    ["fast ok", "slow late"],
  );
  assert.ok(sampleLines(families).includes("memory_total_bytes 1"));
});

test("rule 2: the metrics of commands agree with memory_up", async () => {
  const gathered = over({ one: undefined }, { level: "lean" });
  const late = linesOf(await gathered.gather({ maxWaitMs: 1 }));
  assert.ok(late.includes("memory_up 0"));
  assert.ok(late.includes('memory_exporter_command_success{command="one"} 0'));
  assert.not.match(late.join("\n"), /memory_exporter_command_age_seconds/);
  assert.ok(late.includes('memory_exporter_command_runs_total{command="one",outcome="timeout"} 0'), "nothing ended");
  const second = gathered.gather();
  end(gathered, 0, "7\n");
  const lines = linesOf(await second);
  assert.ok(lines.includes("memory_up 1"));
  assert.ok(lines.includes('memory_exporter_command_success{command="one"} 1'));
  assert.match(lines.join("\n"), /memory_exporter_command_age_seconds\{command="one"\} \d/);
});

test("rule 3: concurrent callers share runs, and gatherings of the same sources", async () => {
  const gathered = over({ one: undefined, two: undefined });
  const asked = [gathered.gather(), gathered.gather(), gathered.gather({ names: ["two"] })];
  assert.equal(gathered.started, ["/one", "/two"]);
  end(gathered, 0, "1\n");
  end(gathered, 1, "1\n");
  const [first, second, third] = await Promise.all(asked);
  assert.is(first, second);
  assert.is.not(first, third);
  assert.is(gathered.started.length, 2);
});

test("rule 3: sources that have ended already are run again for later callers", async () => {
  const gathered = over({ fast: printed("1\n"), slow: undefined });
  const first = gathered.gather();
  await until("the fast one has ended", () => gathered.records()[0]?.record.last !== undefined);
  gathered.outcomes.fast = printed("2\n");
  const second = gathered.gather();
  end(gathered, 0, "9\n");
  assert.equal(linesOf(await first), ["memory_up 1", "memory_total_bytes 1"]);
  assert.equal(linesOf(await second), ["memory_up 1", "memory_total_bytes 2"]);
  assert.equal(gathered.started, ["/fast", "/slow", "/fast"]);
});

test("rule 4: with an interval a page has the last result and its age while the next run continues", async () => {
  const gathered = over({ one: undefined }, { level: "lean", schedule: { intervalMs: 1, maxAgeMs: 3_600_000 } });
  gathered.start();
  end(gathered, 0, "1\n");
  await until("the second run is under way", () => gathered.started.length === 2);
  const page = await gathered.gather();
  assert.equal([page.up, linesOf(page)[1]], [true, "memory_total_bytes 1"]);
  await sleep(5);
  const older = await gathered.gather();
  assert.ok((older.results[0]?.ageSeconds ?? 0) > (page.results[0]?.ageSeconds ?? 0));
  assert.is(gathered.started.length, 2, "no page starts a run");
  await gathered.stop();
});

test("rule 4: results above the maximum age are not served", async () => {
  const gathered = over({ one: printed("1\n") }, { level: "lean", schedule: { intervalMs: 3_600_000, maxAgeMs: 1 } });
  gathered.start();
  await until("the first run has ended", gathered.ready);
  await sleep(5);
  const { up, results, families } = await gathered.gather();
  assert.equal(
    [up, results[0]?.outcome, results[0]?.detail],
    [false, "stale", "the last result is older than 0.001 s"],
  );
  const lines = sampleLines(families);
  assert.ok(lines.includes('memory_exporter_command_success{command="one"} 0'));
  assert.not.match(lines.join("\n"), /memory_total_bytes/);
  await gathered.stop();
});

test("rule 4: before the first run has ended, a page waits for it up to its time limit", async () => {
  const gathered = over({ one: undefined }, { schedule: { intervalMs: 3_600_000, maxAgeMs: 3_600_000 } });
  gathered.start();
  assert.is((await gathered.gather({ maxWaitMs: 1 })).results[0]?.outcome, "late");
  const patient = gathered.gather();
  end(gathered, 0, "3\n");
  assert.is((await patient).up, true);
  assert.equal(gathered.started, ["/one"]);
  await gathered.stop();
});

test("without a start, a source with an interval runs when it is gathered", async () => {
  const gathered = over({ one: printed("1\n") }, { schedule: { intervalMs: 3_600_000, maxAgeMs: 3_600_000 } });
  await gathered.gather();
  await gathered.gather();
  assert.equal(gathered.started, ["/one", "/one"]);
});

test("rule 6: if two sources give the same series, the first one is used", async () => {
  const { gather } = over({ one: printed("1\n"), two: printed("2\n") });
  assert.equal(linesOf(await gather()), ["memory_up 1", "memory_total_bytes 1"]);
  assert.equal(linesOf(await gather({ names: ["two"] })), ["memory_up 1", "memory_total_bytes 2"]);
});

test("rule 7: self metrics are those of the level, for the sources of the gathering", async () => {
  const { gather } = over({ one: printed("1\n"), two: EXIT_3 }, { level: "lean" });
  const lines = linesOf(await gather({ names: ["two"] }));
  assert.ok(lines.includes('memory_exporter_command_success{command="two"} 0'));
  assert.ok(lines.includes('memory_exporter_command_runs_total{command="two",outcome="exit"} 1'));
  assert.not.match(lines.join("\n"), /command="one"/);
});

test("it is ready when the first run of every source has ended, until it stops", async () => {
  const gathered = over({ one: undefined, two: printed("1\n") });
  gathered.start();
  assert.is(gathered.ready(), false);
  await gathered.gather({ names: ["two"] });
  assert.is(gathered.ready(), false);
  gathered.pending[0]?.end(EXIT_3);
  gathered.pending[0]?.release(0);
  await until("all have ended", gathered.ready);
  const second = gathered.gather({ names: ["one"] });
  await gathered.stop();
  assert.is((await second).results[0]?.outcome, "aborted");
  assert.is(gathered.ready(), false);
});

test("names and records are in the order of the sources", async () => {
  const { names, records, gather } = over({ one: printed("1\n"), two: EXIT_3 });
  assert.equal(names(), ["one", "two"]);
  await gather();
  assert.equal(
    records().map(({ source, record }) => [source.name, record.last?.outcome]),
    [
      ["one", "ok"],
      ["two", "exit"],
    ],
  );
});

test("replaced sources are those of the next request, also while a gathering of the old ones goes on", async () => {
  const gathered = over({ one: undefined, other: printed("9\n") });
  const old = gathered.gather({ names: ["one"] });
  gathered.replace([{ ...sourceOf("/other"), name: "one" }]);
  assert.equal(linesOf(await gathered.gather({ names: ["one"] })), ["memory_up 1", "memory_total_bytes 9"]);
  end(gathered, 0, "5\n");
  assert.equal(linesOf(await old), ["memory_up 1", "memory_total_bytes 5"]);
});

test("another namespace is that of memory_up too", async () => {
  const { gather } = over({ one: printed("1\n") }, { namespace: "box" });
  assert.equal(linesOf(await gather()), ["box_up 1", "box_total_bytes 1"]);
});

test("every gathering is recorded in the history, with the names of the presets", async () => {
  const history = createHistory();
  const gathered = over({ one: printed("5\n"), late: undefined }, { history, namespace: "other" });
  await gathered.probe({ name: "one" });
  const newest = () => history.named("memory_total_bytes")?.at(history.newest() ?? 0);
  assert.is(newest(), 5);
  gathered.outcomes.one = EXIT_3;
  await gathered.gather({ maxWaitMs: 1 });
  assert.is(history.series().length, 1);
});

test.run();
