import { test } from "uvu";
import * as assert from "uvu/assert";
import { createCollector, inNamespace } from "../../src/collect/collect.ts";
import type { Task } from "../../src/collect/task.ts";
import type { Outcome } from "../../src/command/outcome.ts";
import { family } from "../../src/metric.ts";
import { sampleLines } from "../memory_cases.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, taskOf } from "./fakes.ts";

/** A collector over fakes, by the names of its tasks and what their programs do. */
function over(
  outcomes: Record<string, Outcome | undefined>,
  options: { namespace?: string; selfMetrics?: boolean } = {},
) {
  const fake = fakeRunner((line) => outcomes[line.slice(1)]);
  const tasks = Object.keys(outcomes).map((name) => ({ ...taskOf(`/${name}`), name }));
  const { namespace = "memory", selfMetrics = false } = options;
  const isPid1 = false;
  return {
    ...fake,
    ...createCollector({ tasks, namespace, runner: fake.runner, log: fakeLog().log, selfMetrics, isPid1 }),
  };
}

test("memory_up is 1 if every command of the scrape was understood, and what failed gives no figures", async () => {
  const { collect } = over({ good: printed("5\n"), bad: EXIT_3 });
  const all = await collect();
  assert.is(all.up, false);
  assert.equal(sampleLines(all.families), ["memory_up 0", "memory_total_bytes 5"]);
  assert.equal(
    all.ended.map(({ name, ended }) => [name, ended.verdict]),
    [
      ["good", "ok"],
      ["bad", "exit"],
    ],
  );
  const one = await collect({ names: ["good"] });
  assert.is(one.up, true);
  assert.equal(sampleLines(one.families), ["memory_up 1", "memory_total_bytes 5"]);
  assert.equal(sampleLines((await collect({ names: ["bad"] })).families), ["memory_up 0"]);
});

test("commands run at once, and those that are under way are shared", async () => {
  const { collect, started, pending } = over({ one: undefined, two: undefined });
  const scrapes = [collect(), collect(), collect({ names: ["two"] })];
  assert.equal(started, ["/one", "/two"]);
  for (const run of pending) {
    run.end(printed("1\n"));
    run.release(0);
  }
  for (const { up } of await Promise.all(scrapes)) assert.is(up, true);
  assert.is(started.length, 2);
});

test("a run is bounded by the smaller of its own timeout and the scrape's deadline", async () => {
  const { collect, commands } = over({ one: printed("1\n") });
  for (const [deadlineMs, wanted] of [
    [200, 200],
    [60_000, 5000],
    [undefined, 5000],
  ] as const) {
    await collect(deadlineMs === undefined ? {} : { deadlineMs });
    const allowed = commands.at(-1)?.deadlineMs ?? 0;
    assert.ok(allowed <= wanted && allowed > wanted - 100, `${allowed} of ${wanted}`);
  }
});

test("where two commands tell the same, the one that was named first is believed", async () => {
  const { collect } = over({ one: printed("1\n"), two: printed("2\n") });
  assert.equal(sampleLines((await collect()).families), ["memory_up 1", "memory_total_bytes 1"]);
  assert.equal(sampleLines((await collect({ names: ["two"] })).families), ["memory_up 1", "memory_total_bytes 2"]);
});

test("it is ready when the first collection has ended, until it stops", async () => {
  const { collect, pending, ready, stop } = over({ one: undefined });
  assert.is(ready(), false);
  const first = collect();
  assert.is(ready(), false);
  pending[0]?.end(EXIT_3);
  pending[0]?.release(0);
  await first;
  assert.is(ready(), true);
  const second = collect();
  await stop();
  assert.equal(
    (await second).ended.map(({ ended }) => ended.verdict),
    ["aborted"],
  );
  assert.is(ready(), false);
});

test("self metrics come if they are wanted, for the commands of the scrape", async () => {
  const { collect } = over({ one: printed("1\n"), two: EXIT_3 }, { selfMetrics: true });
  const lines = sampleLines((await collect({ names: ["two"] })).families);
  assert.ok(lines.includes('memory_exporter_command_success{command="two"} 0'));
  assert.ok(lines.includes('memory_exporter_command_runs_total{command="two",outcome="exit"} 1'));
  assert.not.match(lines.join("\n"), /command="one"/);
  assert.match(lines.join("\n"), /^memory_exporter_zombie_processes 0$/m);
});

test("another namespace takes the place of memory_, and touches nothing of the exporter's own", async () => {
  const { collect } = over({ one: printed("1\n") }, { namespace: "box", selfMetrics: true });
  const names = (await collect()).families.map(({ name }) => name);
  assert.equal(
    names.filter((name) => !name.startsWith("memory_exporter_")),
    ["box_up", "box_total_bytes"],
  );
  assert.ok(names.includes("memory_exporter_command_success"));
  const renamed = (name: string) => inNamespace(family({ name, help: "", type: "gauge" }, []), "box").name;
  assert.equal(["memory_x", "memory", "memoryx_memory_y", "node_memory_x"].map(renamed), [
    "box_x",
    "memory",
    "memoryx_memory_y",
    "node_memory_x",
  ]);
});

test("names and records are those of the tasks, in order", async () => {
  const { names, records, collect } = over({ one: printed("1\n"), two: EXIT_3 });
  assert.equal(names, ["one", "two"]);
  await collect();
  assert.equal(
    records().map(({ task, record }: { task: Task; record: { last: { verdict: string } | undefined } }) => [
      task.name,
      record.last?.verdict,
    ]),
    [
      ["one", "ok"],
      ["two", "exit"],
    ],
  );
});

test.run();
