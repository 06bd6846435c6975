import { spawn } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Child, Exit } from "../../src/command/child.ts";
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

test.run();
