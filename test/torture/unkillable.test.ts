import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";
import { hierarchyOf, membersOf, setIn, withCgroup } from "./cgroups.ts";
import { holdingOf, zombiesOf } from "./watch.ts";

/**
 * A command in a frozen cgroup of version 1 stands for one in uninterruptible sleep, on a dead disk or file server: no
 * signal ends it before it is thawed.
 */
const freezer = hierarchyOf("freezer");
const frozen = freezer?.version === 1 ? test : test.skip;

const DEADLINE_MS = 500;
const ARGS = ["--command=exec free -b -w", `--command.timeout=${DEADLINE_MS}ms`];
const counted = (page: string, outcome: string) =>
  sampleOf(page, `memory_exporter_command_runs_total{command="free",outcome="${outcome}"}`);

type Frozen = {
  readonly exporter: Exporter;
  /** From now on every run freezes. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** How many processes are frozen. */
  readonly count: () => number;
};

/** An exporter whose first run was good, and whose command can be made to freeze. */
async function withFreezable(use: (frozen: Frozen) => Promise<void>): Promise<void> {
  if (freezer === undefined) return;
  await withCgroup(freezer, async (directory) => {
    const free = `test -e "$0.freezes" && echo $$ > ${directory}/cgroup.procs\n${PRINT_FREE}`;
    const thaw = () => setIn(directory, "freezer.state", "THAWED");
    await withPrograms({ free }, async (env, folder) => {
      const freeze = () => {
        setIn(directory, "freezer.state", "FROZEN");
        writeFileSync(join(folder, "free.freezes"), "");
      };
      await withExporter({ args: ARGS, env }, async (exporter) => {
        await until("the first run", async () => (await ask(`${exporter.url}/-/ready`)).status === 200);
        await use({ exporter, freeze, thaw, count: () => membersOf(directory).length }).finally(thaw);
      });
    });
  });
}

frozen("it is answered and counted once, none is started beside it, and runs go on when it is gone", async () => {
  await withFreezable(async ({ exporter: { url, pid, log }, freeze, thaw, count }) => {
    const before = holdingOf(pid);
    freeze();
    // Each answer comes while the command is there: it is thawed only later.
    const first = await scrape(url);
    assert.is(count(), 1);
    assert.is(sampleOf(first, "memory_up"), 0);
    assert.is(sampleOf(first, "memory_exporter_child_processes"), 1);
    for (let i = 0; i < 5; i += 1) {
      const page = await scrape(url);
      assert.is(sampleOf(page, "memory_up"), 0);
      assert.is(counted(page, "unkillable"), 1);
      assert.is(count(), 1);
    }
    assert.match(log(), /outcome=unkillable reason="process \d+ was killed and does not end"/);
    assert.ok(holdingOf(pid).descriptors <= before.descriptors + 2);

    thaw();
    await until("its end", () => count() === 0);
    let after = "";
    await until("a run that starts again", async () => {
      after = await scrape(url);
      return sampleOf(after, "memory_up") === 1;
    });
    assert.is(sampleOf(after, "memory_up"), 1);
    assert.is(counted(after, "ok"), 2);
    assert.is(sampleOf(after, "memory_exporter_child_processes"), 0);
    assert.equal(zombiesOf(pid), []);
    assert.ok(holdingOf(pid).descriptors <= before.descriptors + 2);
  });
});

frozen("the exporter ends though its command can't", async () => {
  await withFreezable(async ({ exporter: { url, kill, ended }, freeze, thaw, count }) => {
    freeze();
    await scrape(url);
    kill("SIGTERM");
    assert.equal(await ended, { code: 0, signal: null });
    assert.is(count(), 1);
    thaw();
    // It was killed before the exporter's end: it goes as soon as it can.
    await until("its end", () => count() === 0);
  });
});

test.run();
