import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { countChildren, descriptorLimit, openDescriptors } from "../../src/command/children.ts";
import { processRow } from "../../src/command/process_table.ts";
import { STAY, withShell } from "./shells.ts";

test("countChildren() counts own children, not their children", async () => {
  const before = (await countChildren(false))?.all ?? Number.NaN;
  await withShell(`sleep 600 & ${STAY}`, async () => {
    assert.equal(await countChildren(false), { all: before + 1, zombies: 0 });
    await withShell(STAY, async () => {
      assert.equal(await countChildren(false), { all: before + 2, zombies: 0 });
    });
  });
  assert.equal(await countChildren(false), { all: before, zombies: 0 });
});

test("countChildren() counts those of the first process too where orphans come to it", async () => {
  const own = await countChildren(false);
  const adopted = await countChildren(true);
  assert.ok(own && adopted);
  assert.ok(adopted.all >= own.all, `${own.all} and ${adopted.all}`);
});

test("countChildren() gives a child that ended a moment ago the time to be reaped", async () => {
  const before = await countChildren(false);
  await withShell("exit 0", async ({ pid, ended }) => {
    // The event loop stands still until it is a zombie for certain.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 500 && processRow(pid)?.state !== "Z"; i += 1) Atomics.wait(pause, 0, 0, 10);
    assert.is(processRow(pid)?.state, "Z");
    assert.equal(await countChildren(false), before);
    await ended;
  });
});

test("openDescriptors() counts what is open", () => {
  const before = openDescriptors();
  assert.ok(before >= 3, `${before} are open`);
  const opened = Array.from({ length: 10 }, () => openSync("/dev/null", "r"));
  assert.is(openDescriptors(), before + 10);
  for (const descriptor of opened) closeSync(descriptor);
  assert.is(openDescriptors(), before);
  // Reading the directory takes one more.
  assert.ok(Math.abs(readdirSync("/proc/self/fd").length - before) <= 1);
});

test("descriptorLimit() is the soft limit, which children have as well", () => {
  const told = execFileSync("/bin/sh", ["-c", "ulimit -S -n"], { encoding: "utf8" }).trim();
  assert.is(descriptorLimit(), told === "unlimited" ? Number.POSITIVE_INFINITY : Number(told));
});

test.run();
