import { test } from "uvu";
import * as assert from "uvu/assert";
import { RUN_MARKER } from "../../src/command/environment.ts";
import { type Command, createRunner, type Run } from "../../src/command/run.ts";
import { until } from "../stand_in.ts";
import { lives } from "../torture/watch.ts";

const FAR_MS = 20_000;
const DEADLINE_MS = 300;

function command(line: string, more: Partial<Command> = {}): Command {
  const environment = { PATH: "/usr/bin:/bin" };
  return { argv: ["/bin/sh", "-c", line], environment, maxOutputBytes: 1000, ...more };
}

function start(line: string, deadlineMs = FAR_MS, more: Partial<Command> = {}): Run {
  return createRunner().start(command(line, more), deadlineMs);
}

/** The outcome without its time, and the number of those that were killed afterwards. */
async function ended(run: Run) {
  const { seconds, ...outcome } = await run.outcome;
  assert.ok(seconds >= 0 && seconds < FAR_MS / 1000);
  return { ...outcome, killed: await run.released };
}

const textOf = (outcome: object) => ("stdout" in outcome ? new TextDecoder().decode(outcome.stdout as Uint8Array) : "");

test("ok: the whole output, and nothing left", async () => {
  const outcome = await ended(start("echo out; echo err >&2"));
  assert.equal({ ...outcome, stdout: textOf(outcome) }, { kind: "ok", stdout: "out\n", held: false, killed: 0 });
});

test("exit and signal: with what was said last", async () => {
  const exit = await ended(start("echo why >&2; exit 3"));
  assert.equal(exit, { kind: "exit", code: 3, stderrTail: "why", killed: 0 });
  const signal = await ended(start("echo why >&2; kill -TERM $$"));
  assert.equal(signal, { kind: "signal", signal: "SIGTERM", stderrTail: "why", killed: 0 });
});

test("timeout: in time, with what was said last", async () => {
  const began = performance.now();
  const outcome = await ended(start("echo why >&2; sleep 60 & sleep 60", DEADLINE_MS));
  assert.ok(performance.now() - began >= DEADLINE_MS);
  assert.equal(outcome, { kind: "timeout", timeoutMs: DEADLINE_MS, stderrTail: "why", killed: 0 });
});

test("overflow: of stdout past its limit, of stderr past 1 MiB", async () => {
  assert.equal(await ended(start("yes")), { kind: "overflow", stream: "stdout", limitBytes: 1000, killed: 0 });
  assert.is((await start("head -c 1000 /dev/zero").outcome).kind, "ok");
  assert.is((await start("head -c 1001 /dev/zero").outcome).kind, "overflow");
  assert.equal(await ended(start("yes >&2")), { kind: "overflow", stream: "stderr", limitBytes: 2 ** 20, killed: 0 });
});

test("spawn: what can't be started is told in one line", async () => {
  for (const argv of [["/no/such/program"], ["/usr"], ["/bin/true", "a\0b"], ["/bin/true", "x".repeat(140_000)]]) {
    const outcome = await ended(start("", FAR_MS, { argv: argv as [string] }));
    assert.is(outcome.kind, "spawn");
    assert.match("reason" in outcome ? outcome.reason : "", /^[^\n]+$/);
  }
});

test("aborted: before its end; afterwards it changes nothing", async () => {
  const run = start("sleep 60");
  run.abort();
  assert.is((await run.outcome).kind, "aborted");
  await run.released;
  const done = start("echo out");
  await done.outcome;
  done.abort();
  assert.is((await done.outcome).kind, "ok");
});

test("a pipe that is held by another is waited for a little, and its holder killed", async () => {
  const outcome = await ended(start("sleep 60 & echo out"));
  assert.equal({ ...outcome, stdout: textOf(outcome) }, { kind: "ok", stdout: "out\n", held: true, killed: 1 });
});

test("a pipe that is held until the deadline is held, though the kill then closes it", async () => {
  const outcome = await start("sleep 60 & sleep 0.2; echo out", DEADLINE_MS).outcome;
  assert.is(textOf(outcome), "out\n");
  assert.ok("held" in outcome && outcome.held);
});

test("one who writes soon after the command's end is read", async () => {
  const outcome = await start("(sleep 0.05; echo late) & echo out").outcome;
  assert.is(textOf(outcome), "out\nlate\n");
  assert.ok("held" in outcome && !outcome.held);
});

test("what got away is killed and counted", async () => {
  const held = await ended(start("setsid sleep 60 & echo out"));
  assert.equal([held.kind, held.killed], ["ok", 1]);
  const hung = await ended(start("setsid sleep 60 >/dev/null 2>&1 & sleep 60", DEADLINE_MS));
  assert.equal([hung.kind, hung.killed], ["timeout", 1]);
  const failed = await ended(start("sleep 60 >/dev/null 2>&1 & exit 1"));
  assert.equal([failed.kind, failed.killed], ["exit", 1]);
});

test("what a command that ended well has left behind without holding anything is its own", async () => {
  const run = start("setsid sleep 60 >/dev/null 2>&1 & echo $!");
  const outcome = await ended(run);
  assert.equal([outcome.kind, outcome.killed], ["ok", 0]);
  process.kill(Number(textOf(outcome)), "SIGKILL");
});

test("every run has a marker of its own", async () => {
  const runner = createRunner();
  const line = command(`echo $${RUN_MARKER}`);
  const outcomes = await Promise.all([1, 2, 3].map(() => runner.start(line, FAR_MS).outcome));
  assert.is(new Set(outcomes.map(textOf)).size, 3);
  for (const outcome of outcomes) assert.match(textOf(outcome), /^[0-9a-f-]{36}\.\d+\.\n$/);
});

test("all that lives is killed at once, with what got away", async () => {
  const runner = createRunner();
  const run = runner.start(command("sleep 60 & setsid sleep 60 & echo $! >&2; wait"), FAR_MS);
  const quick = runner.start(command("echo out"), FAR_MS);
  await quick.outcome;
  await new Promise((resolve) => setTimeout(resolve, 300));
  runner.killAll();
  const outcome = await run.outcome;
  assert.is(outcome.kind, "signal");
  const escaped = Number("stderrTail" in outcome ? outcome.stderrTail : "");
  await until("the end of what got away", () => !lives(escaped));
});

test.run();
