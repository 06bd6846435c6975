import { spawn } from "node:child_process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Cause, Child, Exit } from "../../src/command/child.ts";
import { processRow } from "../../src/command/process_table.ts";
import { supervise } from "../../src/command/supervise.ts";

/** Supervises a real process whose deadline is over, and that doesn't hear that it is to end. */
function overdue(line: string) {
  const started = spawn("/bin/sh", ["-c", line], { stdio: "ignore" });
  const exited = new Promise<Exit>((resolve) => {
    started.once("exit", () => resolve({ how: "signal", signal: "SIGKILL" }));
  });
  const child: Child = {
    pid: started.pid,
    exited,
    closed: exited.then(() => {}),
    isClosed: () => false,
    readRest: async () => {},
    ended: Promise.resolve("timeout"),
    cause: () => "timeout",
    end: () => {},
    kill: () => {},
    closePipes: () => {},
    unref: () => {},
    stdout: () => new Uint8Array(),
    stderrTail: () => "",
  };
  const outcome = supervise(child, { deadlineMs: 1, elapsedMs: () => 1, maxOutputBytes: 1 });
  return { outcome, kill: () => started.kill("SIGKILL"), exited };
}

test("a killed process that waits for a processor is no unkillable one", async () => {
  const { outcome, kill } = overdue("while :; do :; done");
  // More than the time for one that sleeps, far less than that for one that is runnable.
  setTimeout(kill, 1000);
  assert.is((await outcome).kind, "timeout");
});

test("one that sleeps though it was killed is unkillable soon", async () => {
  const { outcome, kill, exited } = overdue("exec sleep 600");
  assert.is((await outcome).kind, "unkillable");
  kill();
  await exited;
});

/** Blocks the event loop. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * Supervises a real process that prints nothing and whose pipe is closed a few turns of the event loop after its exit.
 * @param notices whether the event loop notices that it is closed
 */
function brief(deadlineMs: number, notices = true) {
  const started = spawn("/bin/sh", ["-c", "exit 0"], { stdio: "ignore" });
  const { promise: ended, resolve: end } = Promise.withResolvers<Cause>();
  let cause: Cause | undefined;
  let closed = false;
  const exited = new Promise<Exit>((resolve) => started.once("exit", () => resolve({ how: "code", code: 0 })));
  const child: Child = {
    pid: started.pid,
    exited,
    closed: exited
      .then(nextTurn)
      .then(nextTurn)
      .then(() => {
        closed = notices;
        return notices ? undefined : new Promise<void>(() => {});
      }),
    isClosed: () => closed,
    readRest: async () => {
      closed = true;
    },
    ended,
    cause: () => cause,
    end: (why) => {
      cause = why;
      end(why);
    },
    kill: () => {},
    closePipes: () => {},
    unref: () => {},
    stdout: () => new Uint8Array(),
    stderrTail: () => "",
  };
  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  return { pid: started.pid ?? 0, exited, outcome: supervise(child, { deadlineMs, elapsedMs, maxOutputBytes: 1 }) };
}

test("a command that exited before its deadline is no timeout, if the event loop notices it only later", async () => {
  const { pid, outcome } = brief(100);
  block(200);
  for (let i = 0; i < 500 && processRow(pid)?.state !== "Z"; i += 1) block(10);
  const ended = await outcome;
  assert.is(ended.kind, "ok");
  assert.not(ended.kind === "ok" && ended.held);
});

test("a pipe that was closed isn't held, if the event loop notices it only later", async () => {
  const { exited, outcome } = brief(3_600_000);
  await exited;
  // Behind the supervision, which waits for the pipe from now on.
  await Promise.resolve();
  block(600);
  const ended = await outcome;
  assert.ok(ended.kind === "ok" && !ended.held, JSON.stringify(ended));
});

test("what a pipe has is read before it counts as held", async () => {
  const ended = await brief(3_600_000, false).outcome;
  assert.ok(ended.kind === "ok" && !ended.held, JSON.stringify(ended));
});

test.run();
