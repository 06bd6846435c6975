import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../src/command/outcome.ts";
import { createSourceRunner, RECENT } from "../../src/gather/source_runner.ts";
import type { Read, Source } from "../../src/source.ts";
import { until } from "../stand_in.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, sourceOf } from "./fakes.ts";

const TIMEOUT: Outcome = { kind: "timeout", seconds: 5, timeoutMs: 5000, stderrTail: "" };

/** A source runner over fakes; what each command line does can be changed on the way. */
function over(source: Source, outcomes: Record<string, Outcome | undefined>) {
  const fake = fakeRunner((line) => outcomes[line]);
  const { log, lines } = fakeLog();
  return { ...fake, lines, outcomes, ...createSourceRunner(source, { runner: fake.runner, log }) };
}

test("attempts are tried in order, and the first that works is used from then on and logged", async () => {
  const { run, started, lines } = over(sourceOf("/a", "/b", "/c"), {
    "/a": EXIT_3,
    "/b": printed("1\n"),
    "/c": printed("2\n"),
  });
  assert.is((await run()).families[0]?.samples[0]?.value, 1);
  assert.equal(started, ["/a", "/b"]);
  await run();
  assert.equal(started, ["/a", "/b", "/b"]);
  assert.equal(lines, ['info Command works {"command":"free","argv":"/b","instead_of":"/a: exit: exit status 3"}']);
});

test("if the used attempt fails, the others are tried within the same run", async () => {
  const source = sourceOf("/a", "/b", "/c");
  const { run, started, outcomes, record } = over(source, { "/a": EXIT_3, "/b": printed("1\n"), "/c": printed("2\n") });
  await run();
  outcomes["/b"] = printed("no number\n");
  outcomes["/a"] = printed("3\n");
  const { outcome, families, shown } = await run();
  assert.equal([outcome, families[0]?.samples[0]?.value, shown], ["ok", 3, ["/a"]]);
  assert.equal(started, ["/a", "/b", "/b", "/a"]);
  assert.equal([...record().outcomes], [["ok", 2]]);
});

test("if no attempt works, the first failure is reported, one outcome is counted, and the order is restored", async () => {
  const { run, started, outcomes, record } = over(sourceOf("/a", "/b"), { "/a": EXIT_3, "/b": printed("1\n") });
  await run();
  outcomes["/b"] = { kind: "signal", seconds: 0.01, signal: "SIGSEGV", stderrTail: "" };
  const { outcome, detail, families } = await run();
  assert.equal([outcome, detail, families], ["signal", "killed by SIGSEGV", []]);
  await run();
  assert.equal(started.slice(2), ["/b", "/a", "/a", "/b"]);
  assert.equal(
    [...record().outcomes],
    [
      ["ok", 1],
      ["signal", 1],
      ["exit", 1],
    ],
  );
});

test("a timeout leaves no time for others; after a second one in a row the next attempt goes first", async () => {
  const { run, started, outcomes } = over(sourceOf("/a", "/b"), { "/a": printed("1\n"), "/b": printed("2\n") });
  await run();
  outcomes["/a"] = TIMEOUT;
  assert.is((await run()).outcome, "timeout");
  assert.is((await run()).outcome, "timeout");
  assert.equal(started, ["/a", "/a", "/a"]);
  assert.is((await run()).families[0]?.samples[0]?.value, 2);
  assert.equal(started.slice(3), ["/b"]);
});

test("a run waits until the previous one is released", async () => {
  const { run, started, pending } = over({ ...sourceOf("/a"), timeoutMs: 3_600_000 }, {});
  const first = run();
  pending[0]?.end(printed("1\n"));
  await first;
  const second = run();
  await setImmediate();
  assert.equal(started, ["/a"]);
  pending[0]?.release(1);
  await until("the second run", () => started.length === 2);
  pending[1]?.end(printed("2\n"));
  assert.is((await second).outcome, "ok");
});

test("a run that has waited for what was left of the one before gets its whole timeout", async () => {
  const { run, commands, pending } = over({ ...sourceOf("/a"), timeoutMs: 1000 }, {});
  const first = run();
  pending[0]?.end(printed("1\n"));
  await first;
  const second = run();
  // It is started although nothing was released in this time.
  await until("the second run", () => commands.length === 2);
  pending[1]?.end(printed("2\n"));
  await second;
  const [, { deadlineMs } = { deadlineMs: 0 }] = commands;
  assert.ok(deadlineMs > 1, `${deadlineMs} ms`);
});

test("a warning is logged once, and no more than 20 of them", async () => {
  const read: Read = ({ warn }) => {
    for (let i = 0; i < 30; i += 1) warn?.(`w${i % 25}`);
    return [];
  };
  const { run, lines } = over({ ...sourceOf(), attempts: [{ argv: ["/a"], read }] }, { "/a": printed("") });
  await run();
  await run();
  const wanted = Array.from({ length: 20 }, (_, i) => `warn w${i} {"command":"free"}`);
  assert.equal(
    lines.filter((line) => line.startsWith("warn")),
    wanted,
  );
});

test("each attempt gets what is left of the source's timeout", async () => {
  const { run, commands } = over(
    { ...sourceOf("/a", "/b"), timeoutMs: 60_000 },
    { "/a": EXIT_3, "/b": printed("1\n") },
  );
  await run();
  const [first = 0, second = 0] = commands.map(({ deadlineMs }) => deadlineMs);
  assert.ok(first <= 60_000 && first > 0 && second <= first && second > 0, `${first} ${second}`);
});

test("a command is started with its whole environment and limit, by the path that PATH leads to", async () => {
  const source = { ...sourceOf("sh -c true"), environment: { PATH: "/nonexistent:/bin:/usr/bin", X: "1" } };
  const { run, commands } = over(source, { "/bin/sh -c true": printed("1\n") });
  assert.is((await run()).outcome, "ok");
  const { argv, environment, maxOutputBytes } = commands[0]?.command ?? {};
  assert.equal([argv, environment, maxOutputBytes], [["/bin/sh", "-c", "true"], source.environment, 1000]);
});

test("a missing program is reported", async () => {
  const { run, started } = over(sourceOf("surely-no-program -b"), {});
  const { outcome, detail } = await run();
  assert.is(outcome, "spawn");
  assert.match(detail, /^surely-no-program: not found in /);
  assert.equal(started, []);
});

test("callers during a run share it", async () => {
  const { run, started, pending, record, runningSinceMs } = over(sourceOf("/a"), {});
  assert.is(runningSinceMs(), undefined);
  const [first, second] = [run(), run()];
  assert.ok(runningSinceMs() !== undefined);
  pending[0]?.end(printed("7\n"));
  pending[0]?.release(0);
  assert.is(await first, await second);
  assert.equal([started, [...record().outcomes], runningSinceMs()], [["/a"], [["ok", 1]], undefined]);
});

test("while a process can't be killed, that is the result and nothing is started", async () => {
  const { run, started, pending, outcomes, record } = over(sourceOf("/a"), {});
  const first = run();
  pending[0]?.end({ kind: "unkillable", seconds: 1.4, pid: 7 });
  assert.is((await first).detail, "process 7 was killed and does not end");
  assert.is((await run()).outcome, "unkillable");
  assert.equal([started, [...record().outcomes]], [["/a"], [["unkillable", 1]]]);
  pending[0]?.release(2);
  outcomes["/a"] = printed("1\n");
  await until("it has gone", async () => record().stragglers === 2);
  assert.is((await run()).outcome, "ok");
});

test("stop() ends the current run, and none is started afterwards", async () => {
  const { run, stop, started } = over(sourceOf("/a", "/b"), {});
  const first = run();
  await stop();
  assert.is((await first).outcome, "aborted");
  assert.is((await run()).outcome, "aborted");
  assert.equal(started, ["/a"]);
});

test("failures are logged when they change, and so is the end of them", async () => {
  const { run, outcomes, lines } = over(sourceOf("/a"), { "/a": EXIT_3 });
  await run();
  await run();
  outcomes["/a"] = { kind: "overflow", seconds: 0.1, stream: "stdout", limitBytes: 1000 };
  await run();
  outcomes["/a"] = printed("1\n");
  await run();
  await run();
  assert.equal(lines, [
    'warn Command failed {"command":"free","outcome":"exit","reason":"exit status 3","stderr":"no luck"}',
    'warn Command failed {"command":"free","outcome":"overflow","reason":"stdout has more than 1000 bytes (max_output)"}',
    'info Command works again {"command":"free","argv":"/a"}',
  ]);
});

test("the time of the last success and the latest failures are kept", async () => {
  const { run, outcomes, record } = over(sourceOf("/a"), { "/a": EXIT_3 });
  assert.equal([record().lastSuccessSeconds, record().failures], [undefined, []]);
  for (let i = 0; i < 30; i += 1) await run();
  assert.is(record().failures.length, 20);
  assert.is(record().failures[0]?.outcome, "exit");
  outcomes["/a"] = printed("1\n");
  const beforeSeconds = Date.now() / 1000;
  await run();
  const success = record().lastSuccessSeconds ?? 0;
  assert.ok(success >= beforeSeconds && success <= Date.now() / 1000);
});

test("the latest runs are remembered, a bounded number of them, and since when they fail", async () => {
  const { run, outcomes, record } = over(sourceOf("/a"), { "/a": printed("1\n") });
  for (let i = 0; i < RECENT; i += 1) await run();
  assert.is(record().failingSinceMs, undefined);
  outcomes["/a"] = EXIT_3;
  await run();
  const since = record().failingSinceMs;
  await run();
  assert.equal([record().failingSinceMs, record().recent.at(-2)?.endedMs], [since, since]);
  assert.equal([record().recent.length, record().recent.at(-3)?.outcome], [RECENT, "ok"]);
  outcomes["/a"] = printed("1\n");
  await run();
  assert.is(record().failingSinceMs, undefined);
});

test.run();
