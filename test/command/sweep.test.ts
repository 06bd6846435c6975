import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RUN_MARKER } from "../../src/command/environment.ts";
import { killGroup } from "../../src/command/group.ts";
import { sweep, sweepNow } from "../../src/command/sweep.ts";
import { until } from "../stand_in.ts";
import { lives } from "../torture/watch.ts";

const marker = (name: string) => `test-${process.pid}.${name}.`;

/** A command that prints the number of what it leaves behind and ends. */
async function leaving(line: string, mark: string): Promise<{ child: ChildProcess; left: number }> {
  const env = { PATH: "/usr/bin:/bin", [RUN_MARKER]: mark };
  const child = spawn("/bin/sh", ["-c", line], { detached: true, env, stdio: ["ignore", "pipe", "ignore"] });
  const [printed] = await once(child.stdout, "data");
  if (child.exitCode === null) await once(child, "exit");
  child.stdout.destroy();
  return { child, left: Number(String(printed)) };
}

const IN_GROUP = "sleep 60 & echo $!";
const IN_SESSION = `perl -e '$p = fork; if (!$p) { setpgrp(0, 0); close STDOUT; delete $ENV{${RUN_MARKER}}; exec "env", "-u", "${RUN_MARKER}", "sleep", "60" } print "$p\\n"'`;
const MARKED = "setsid sh -c 'echo $$; exec sleep 60' & sleep 0.1";
const STRANGER = "setsid env -i sh -c 'echo $$; exec sleep 60' & sleep 0.1";

for (const [name, line] of Object.entries({ "its group": IN_GROUP, "its session": IN_SESSION, "its mark": MARKED })) {
  test(`what is left in ${name} is killed and counted`, async () => {
    const mark = marker(name.replace(" ", "-"));
    const { child, left } = await leaving(line, mark);
    assert.ok(lives(left));
    assert.is(await sweep({ leader: child.pid ?? 0, marker: mark, groupKilled: false }), 1);
    await until("its end", () => !lives(left));
    assert.is(await sweep({ leader: child.pid ?? 0, marker: mark, groupKilled: false }), 0);
  });

  test(`what is left in ${name} is killed in one go`, async () => {
    const mark = marker(name.replace(" ", "-"));
    const { child, left } = await leaving(line, mark);
    sweepNow({ leader: child.pid ?? 0, marker: mark, groupKilled: false });
    await until("its end", () => !lives(left));
  });
}

test("what was killed with the group is not counted", async () => {
  const mark = marker("killed");
  const { child } = await leaving(`${IN_GROUP}; sleep 0.1`, mark);
  killGroup(child.pid ?? 0);
  assert.is(await sweep({ leader: child.pid ?? 0, marker: mark, groupKilled: true }), 0);
});

test("the mark of another run is another one, though it begins the same", async () => {
  const { left } = await leaving(MARKED, `${marker("1")}2.`);
  assert.is(await sweep({ leader: 2 ** 22 + 1, marker: marker("1"), groupKilled: false }), 0);
  assert.ok(lives(left));
  killGroup(left);
});

test("a stranger is left", async () => {
  const mark = marker("stranger");
  const { child, left } = await leaving(STRANGER, mark);
  assert.is(await sweep({ leader: child.pid ?? 0, marker: mark, groupKilled: false }), 0);
  assert.ok(lives(left));
  killGroup(left);
});

test.run();
