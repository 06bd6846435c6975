import { test } from "uvu";
import * as assert from "uvu/assert";
import { createTaskRunner, type Task } from "../../src/collect/task.ts";
import type { Outcome } from "../../src/command/outcome.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, taskOf } from "./fakes.ts";

const TIMEOUT: Outcome = { kind: "timeout", seconds: 5, timeoutMs: 5000, stderrTail: "" };

/** A task runner over fakes; what each command line does can be changed on the way. */
function over(task: Task, outcomes: Record<string, Outcome | undefined>) {
  const fake = fakeRunner((line) => outcomes[line]);
  const { log, lines } = fakeLog();
  return { ...fake, lines, outcomes, ...createTaskRunner(task, fake.runner, log) };
}

test("alternatives are tried in order, and the first that works is kept and logged", async () => {
  const { run, started, lines } = over(taskOf("/a", "/b", "/c"), {
    "/a": EXIT_3,
    "/b": printed("1\n"),
    "/c": printed("2\n"),
  });
  assert.is((await run(1000)).families[0]?.samples[0]?.value, 1);
  assert.equal(started, ["/a", "/b"]);
  await run(1000);
  assert.equal(started, ["/a", "/b", "/b"]);
  assert.equal(lines, [
    'info Memory command works {"command":"free","argv":"/b","instead_of":"/a: exit: exit status 3, stderr ends in \\"no luck\\""}',
  ]);
});

test("what stopped working is looked for again, in the task's order, within the same run", async () => {
  const task = taskOf("/a", "/b", "/c");
  const { run, started, outcomes, record } = over(task, { "/a": EXIT_3, "/b": printed("1\n"), "/c": printed("2\n") });
  await run(1000);
  outcomes["/b"] = printed("no number\n");
  outcomes["/a"] = printed("3\n");
  const { verdict, families, argv } = await run(1000);
  assert.equal([verdict, families[0]?.samples[0]?.value, argv], ["ok", 3, ["/a"]]);
  assert.equal(started, ["/a", "/b", "/b", "/a"]);
  assert.equal([...record().verdicts], [["ok", 2]]);
});

test("when none works the first failure is told, one outcome is counted, and the order is the task's again", async () => {
  const { run, started, outcomes, record } = over(taskOf("/a", "/b"), { "/a": EXIT_3, "/b": printed("1\n") });
  await run(1000);
  outcomes["/b"] = { kind: "signal", seconds: 0.01, signal: "SIGSEGV", stderrTail: "" };
  const { verdict, detail, families } = await run(1000);
  assert.equal([verdict, detail, families], ["signal", "killed by SIGSEGV", []]);
  await run(1000);
  assert.equal(started.slice(2), ["/b", "/a", "/a", "/b"]);
  assert.equal(
    [...record().verdicts],
    [
      ["ok", 1],
      ["signal", 1],
      ["exit", 1],
    ],
  );
});

test("a timeout leaves no time for others; the next run begins with another, unless it had worked", async () => {
  const { run, started, outcomes } = over(taskOf("/a", "/b"), { "/a": TIMEOUT, "/b": printed("1\n") });
  assert.is((await run(5000)).verdict, "timeout");
  assert.equal(started, ["/a"]);
  await run(5000);
  assert.equal(started, ["/a", "/b"]);
  outcomes["/b"] = TIMEOUT;
  await run(5000);
  outcomes["/b"] = printed("1\n");
  assert.is((await run(5000)).verdict, "ok");
  assert.equal(started, ["/a", "/b", "/b", "/b"]);
});

test("a run tells how long it was allowed, and each attempt gets what is left of it", async () => {
  const { run, commands } = over(taskOf("/a", "/b"), { "/a": EXIT_3, "/b": printed("1\n") });
  assert.is((await run(800)).timeoutMs, 800);
  for (const { deadlineMs } of commands) assert.ok(deadlineMs <= 800 && deadlineMs > 700, String(deadlineMs));
});

test("a command is started with its whole environment and cap, by the path that PATH leads to", async () => {
  const task = { ...taskOf("sh -c true"), environment: { PATH: "/nonexistent:/bin:/usr/bin", X: "1" } };
  const { run, commands } = over(task, { "/bin/sh -c true": printed("1\n") });
  assert.is((await run(1000)).verdict, "ok");
  const { argv, environment, maxOutputBytes } = commands[0]?.command ?? {};
  assert.equal([argv, environment, maxOutputBytes], [["/bin/sh", "-c", "true"], task.environment, 1000]);
});

test("a program that isn't there is told as such, and started once it is", async () => {
  const { run, started } = over(taskOf("nothing -b"), {});
  const { verdict, detail } = await run(1000);
  assert.equal([verdict, detail], ["spawn", "nothing: not found in /nonexistent"]);
  assert.equal(started, []);
});

test("scrapes that come during a run share it, each as long as its own deadline allows", async () => {
  const { run, started, pending, record } = over(taskOf("/a"), {});
  const first = run(5000);
  const patient = run(4000);
  const hurried = await run(50);
  assert.equal([hurried.verdict, hurried.timeoutMs, hurried.families], ["timeout", 50, []]);
  assert.is(record().last, undefined, "the run that is shared has no end yet");
  pending[0]?.end(printed("7\n"));
  pending[0]?.release(0);
  assert.is(await first, await patient);
  assert.is((await first).verdict, "ok");
  assert.equal(started, ["/a"]);
  assert.equal([...record().verdicts], [["ok", 1]]);
});

test("what can't be killed is answered for, with no second one beside it, until it goes", async () => {
  const { run, started, pending, outcomes, record } = over(taskOf("/a"), {});
  const first = run(1000);
  pending[0]?.end({ kind: "unkillable", seconds: 1.4, pid: 7 });
  assert.is((await first).detail, "process 7 was killed and does not end");
  assert.is((await run(1000)).verdict, "unkillable");
  assert.equal([started, [...record().verdicts]], [["/a"], [["unkillable", 1]]]);
  pending[0]?.release(2);
  outcomes["/a"] = printed("1\n");
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.is((await run(1000)).verdict, "ok");
  assert.is(record().stragglers, 2);
});

test("stop() ends the run under way, and none is started after it", async () => {
  const { run, stop, started } = over(taskOf("/a", "/b"), {});
  const first = run(5000);
  await stop();
  assert.is((await first).verdict, "aborted");
  assert.is((await run(1000)).verdict, "aborted");
  assert.equal(started, ["/a"]);
});

test("the version is asked once, where it matters", async () => {
  const task = { ...taskOf("/a -k"), versionArgv: (words: readonly string[]) => [words[0] ?? "", "--version"] };
  const { run, started } = over(task, { "/a -k": printed("1\n"), "/a --version": printed("a 4.0.2\n") });
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await run(1000)).families[0]?.samples[0]?.labels, { version: "a 4.0.2" });
  }
  assert.equal(started.filter((line) => line.endsWith("--version")).length, 1);
});

test("failures are logged when they change, and so is the end of them", async () => {
  const { run, outcomes, lines } = over(taskOf("/a"), { "/a": EXIT_3 });
  await run(1000);
  await run(1000);
  outcomes["/a"] = { kind: "overflow", seconds: 0.1, stream: "stdout", limitBytes: 1000 };
  await run(1000);
  outcomes["/a"] = printed("1\n");
  await run(1000);
  await run(1000);
  assert.equal(lines, [
    'warn Memory command failed {"command":"free","outcome":"exit","reason":"exit status 3, stderr ends in \\"no luck\\""}',
    'warn Memory command failed {"command":"free","outcome":"overflow","reason":"wrote more than 1000 bytes to stdout"}',
    'info Memory command works again {"command":"free","argv":"/a"}',
  ]);
});

test("the time of the last success and the latest failures are kept", async () => {
  const { run, outcomes, record } = over(taskOf("/a"), { "/a": EXIT_3 });
  assert.equal([record().lastSuccessSeconds, record().failures], [undefined, []]);
  for (let i = 0; i < 30; i += 1) await run(1000);
  assert.ok(record().failures.length < 30 && record().failures.length > 5);
  assert.is(record().failures[0]?.verdict, "exit");
  outcomes["/a"] = printed("1\n");
  await run(1000);
  assert.ok(Math.abs((record().lastSuccessSeconds ?? 0) - Date.now() / 1000) < 5);
});

test.run();
