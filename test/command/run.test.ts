import { test } from "uvu";
import * as assert from "uvu/assert";
import { countChildren, openDescriptors } from "../../src/command/children.ts";
import type { Argv, Containment } from "../../src/command/containment.ts";
import { findProgram, RUN_MARKER } from "../../src/command/environment.ts";
import { createRunner, type Runner } from "../../src/command/run.ts";
import { until } from "../stand_in.ts";
import { hierarchyOf, membersOf, setIn, withCgroup } from "../torture/cgroups.ts";
import { FAR_MS, inTime, type Scene, textOf, timeless, useRunner } from "./runner_scene.ts";
import { STAY } from "./shells.ts";
import { LIBRARIES } from "./ways.ts";

/** Ends while a child of it waits for that, and prints too much then. */
const LATE = [
  "/usr/bin/perl",
  "-e",
  'my $p = $$; exit if fork; select(undef, undef, undef, 0.001) while getppid == $p; syswrite(STDOUT, "x" x 2000)',
] as const;

for (const { name, libc } of LIBRARIES) {
  let runner: Runner | undefined;
  // Made when its tests begin: with the C library, orphans of all tests come to this process from then on.
  const withRunner = (use: (scene: Scene) => Promise<void>) => {
    if (runner === undefined) {
      runner = createRunner(libc);
      if (libc) process.on("SIGCHLD", runner.reap);
    }
    return useRunner(runner, use);
  };

  test(`${name}: ok: all of stdout, and nobody holds it`, () =>
    withRunner(async ({ start }) => {
      const { outcome, released } = start("echo one; echo oops >&2; printf two");
      const stdout = new TextEncoder().encode("one\ntwo");
      const wanted = { kind: "ok", code: 0, stdout, stderrTail: "oops", held: false };
      assert.equal(JSON.stringify(timeless(await outcome)), JSON.stringify(wanted));
      assert.is(await released, 0);
      assert.is(textOf(await start("head -c 100000 /dev/zero").outcome), "\0".repeat(100_000));
    }));

  test(`${name}: ok: with a status that is allowed, in a directory and with a niceness of its own`, () =>
    withRunner(async ({ start }) => {
      const more = { okExitCodes: [0, 3], directory: "/usr/bin", nice: 7 };
      // Where the tests are nice already, 19 is the most.
      const niced = Math.min(19, Number(textOf(await start("nice").outcome)) + 7);
      const outcome = await start("pwd; nice; nice & exit 3", FAR_MS, more).outcome;
      assert.is(textOf(outcome), `/usr/bin\n${niced}\n${niced}\n`);
      assert.is(outcome.kind === "ok" && outcome.code, 3);
      assert.equal(timeless(await start("exit 2", FAR_MS, more).outcome), { kind: "exit", code: 2, stderrTail: "" });
      assert.is((await start("exit 0", FAR_MS, { okExitCodes: [3] }).outcome).kind, "exit");
      const nowhere = await start("pwd", FAR_MS, { directory: "/no/such" }).outcome;
      assert.is(nowhere.kind, "spawn");
      assert.is(nowhere.kind === "spawn" && nowhere.reason, "/no/such: no such file or directory");
    }));

  test(`${name}: exit and signal: how it ended and what it said`, () =>
    withRunner(async ({ start }) => {
      const exit = await start("echo out; echo no luck >&2; exit 3").outcome;
      assert.equal(timeless(exit), { kind: "exit", code: 3, stderrTail: "no luck" });
      const signal = await start("echo out; echo ouch >&2; kill -SEGV $$").outcome;
      assert.equal(timeless(signal), { kind: "signal", signal: "SIGSEGV", stderrTail: "ouch" });
    }));

  test(`${name}: timeout: at the deadline, whatever is ignored or was started`, () =>
    withRunner(async ({ start, living }) => {
      // It says why when it is in a session of its own.
      const leaver = `setsid /bin/sh -c "echo out; echo why >&2; exec sleep 60"`;
      await inTime(async (deadlineMs) => {
        const { outcome, released } = start(`trap "" TERM INT HUP; sleep 60 & ${leaver} & ${STAY}`, deadlineMs);
        const ended = timeless(await outcome, 0.99 * (deadlineMs / 1000));
        const stragglers = await released;
        if (ended.kind === "timeout" && JSON.stringify(ended).includes('"stderrTail":""')) return false;
        assert.equal(ended, { kind: "timeout", timeoutMs: deadlineMs, stderrTail: "why" });
        // The group went with its leader; what left it was a straggler.
        assert.is(stragglers, 1);
        return true;
      });
      // What is killed is gone a moment later.
      await until("none of it", () => living() === 0);
    }));

  test(`${name}: timeout: also with no time at all`, () =>
    withRunner(async ({ start }) => {
      assert.is((await start(STAY, 0).outcome).kind, "timeout");
      assert.is((await start(STAY, -1000).outcome).kind, "timeout");
    }));

  test(`${name}: overflow: which stream, and what it may have had`, () =>
    withRunner(async ({ start }) => {
      const stdout = timeless(await start("exec yes", FAR_MS, { maxOutputBytes: 1000 }).outcome);
      assert.equal(stdout, { kind: "overflow", stream: "stdout", limitBytes: 1000 });
      const stderr = timeless(await start("exec yes >&2").outcome);
      assert.equal(stderr, { kind: "overflow", stream: "stderr", limitBytes: 1024 * 1024 });
      const late = timeless(await start(LATE, FAR_MS, { maxOutputBytes: 1000 }).outcome);
      assert.equal(late, { kind: "overflow", stream: "stdout", limitBytes: 1000 });
    }));

  test(`${name}: aborted: once, and only while there is no outcome`, () =>
    withRunner(async ({ start, living }) => {
      const { outcome, abort } = start(`sleep 600 & ${STAY}`);
      await until("both", () => living() === 2);
      abort();
      abort();
      assert.equal(timeless(await outcome), { kind: "aborted" });
      const good = start("echo out");
      assert.is(textOf(await good.outcome), "out\n");
      good.abort();
      assert.is(await good.released, 0);
    }));

  test(`${name}: spawn: why there is no process`, () =>
    withRunner(async ({ start }) => {
      const containment: Containment = {
        wrap: () => "no room for another",
        kill: () => {},
        killFile: () => undefined,
        clear: async () => 0,
      };
      const reasons: string[] = [];
      for (const run of [start(["/no/such/program"]), start(["/bin/a\0b"]), start(":", FAR_MS, { containment })]) {
        const outcome = await run.outcome;
        if (outcome.kind !== "spawn") throw new Error(outcome.kind);
        reasons.push(outcome.reason);
        assert.is(await run.released, 0);
        run.abort();
      }
      assert.match(reasons[0] ?? "", /\S/);
      assert.match(reasons[1] ?? "", /\S/);
      assert.is(reasons[2], "no room for another");
    }));

  /** What is frozen by version 1 can't be killed before it is thawed. */
  const freezer = hierarchyOf("freezer");

  (freezer?.version === 1 ? test : test.skip)(
    `${name}: unkillable: soon after the deadline, and released when it is gone`,
    () =>
      withRunner(async ({ start }) => {
        if (freezer === undefined) return;
        await withCgroup(freezer, (directory) =>
          inTime(async (deadlineMs) => {
            const { outcome, released } = start(`echo 0 >${directory}/cgroup.procs; ${STAY}`, deadlineMs);
            let over = false;
            void outcome.then(() => {
              over = true;
            });
            await until("it to be in", () => over || membersOf(directory).length === 1);
            try {
              setIn(directory, "freezer.state", "FROZEN");
              const [pid = 0] = membersOf(directory);
              const ended = timeless(await outcome, 0.99 * (deadlineMs / 1000));
              if (ended.kind === "timeout") return false;
              assert.equal(ended, { kind: "unkillable", pid });
              // Longer than its pipes would take to close.
              const held = await Promise.race([released, new Promise((resolve) => setTimeout(resolve, 600, "held"))]);
              assert.is(held, "held");
            } finally {
              setIn(directory, "freezer.state", "THAWED");
            }
            // Such a run doesn't hold its program up: here something else must.
            const waiting = setInterval(() => {}, 1000);
            assert.is(await released, 0);
            clearInterval(waiting);
            return true;
          }),
        );
      }),
  );

  test(`${name}: held pipes: the answer comes soon after the exit, and who held them is a straggler`, () =>
    withRunner(async ({ start, living }) => {
      const { outcome, released } = start("setsid sleep 600 & sleep 600 & echo out");
      const ended = await outcome;
      assert.is(textOf(ended), "out\n");
      assert.ok(ended.kind === "ok" && ended.held);
      assert.is(await released, 2);
      // What is killed is gone a moment later.
      await until("none of it", () => living() === 0);
    }));

  test(`${name}: held pipes: nobody's hold outlasts the deadline`, () =>
    withRunner(async ({ start }) => {
      const ended = await start("setsid sleep 600 & echo no >&2; exit 4", 100).outcome;
      if (ended.kind !== "timeout") assert.equal(timeless(ended), { kind: "exit", code: 4, stderrTail: "no" });
      const { outcome, released } = start(`exec >&- 2>&-; ${STAY}`, 300);
      assert.is((await outcome).kind, "timeout");
      assert.is(await released, 0);
    }));

  test(`${name}: a command gets its environment, a marker of its run, and nothing of this process`, () =>
    withRunner(async ({ start }) => {
      const env = findProgram("env") ?? "";
      const environment = { LC_ALL: "C", B: "x y" };
      const texts = [];
      for (let i = 0; i < 2; i += 1) texts.push(textOf(await start([env], FAR_MS, { environment }).outcome));
      const markers = texts.map((text) => {
        const lines = text.trimEnd().split("\n").sort();
        assert.equal(lines.slice(0, -1), ["B=x y", "LC_ALL=C"]);
        return lines.at(-1) ?? "";
      });
      const [first = "", second = ""] = markers.map((marker) => /=([\w-]{36})\.\d+\.$/.exec(marker)?.[1]);
      for (const marker of markers) assert.ok(marker.startsWith(`${RUN_MARKER}=`), marker);
      assert.is(first, second);
      assert.is.not(markers[0], markers[1]);
      assert.is(textOf(await start("pwd; cat").outcome), "/\n");
    }));

  test(`${name}: killAll() kills all that runs have started, before it returns`, () =>
    withRunner(async ({ start, killAll, living }) => {
      const runs = [1, 2, 3].map(() => start(`setsid sleep 600 & sleep 600 & ${STAY}`));
      await until("all nine", () => living() === 9);
      killAll();
      for (const { outcome } of runs) {
        assert.equal(timeless(await outcome), { kind: "signal", signal: "SIGKILL", stderrTail: "" });
      }
      for (const { released } of runs) assert.is(await released, 0);
      killAll();
    }));

  test(`${name}: a run that is over is forgotten, and what it used is known where the C library started it`, () =>
    withRunner(async ({ start, killAll }) => {
      const killed: string[] = [];
      const kill = (marker: string) => void killed.push(marker);
      const containment = { wrap: (argv: Argv) => argv, kill, killFile: () => undefined, clear: async () => 0 };
      const run = start("i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done", FAR_MS, { containment });
      await run.released;
      killAll();
      assert.equal([killed, (run.usage()?.cpuSeconds ?? 0) > 0], [[], libc?.spawn !== undefined]);
    }));

  test(`${name}: 100 runs at once leave descriptors and children as they were`, () =>
    withRunner(async ({ start }) => {
      const before = { descriptors: openDescriptors(), children: await countChildren(false) };
      const kinds = ["ok", "exit", "signal", "timeout", "ok"];
      const lines = ["echo out", "exit 1", "kill -KILL $$", STAY, "sleep 600 & echo out"];
      const runs = Array.from({ length: 100 }, (_, i) => start(lines[i % 5] ?? "", i % 5 === 3 ? 1500 : FAR_MS));
      for (const [i, { outcome }] of runs.entries()) {
        assert.is((await outcome).kind, kinds[i % 5]);
      }
      const stragglers = await Promise.all(runs.map((run) => run.released));
      assert.equal(
        stragglers,
        runs.map((_, i) => (i % 5 === 4 ? 1 : 0)),
      );
      await until("descriptors as before", () => openDescriptors() === before.descriptors);
      assert.equal(await countChildren(false), before.children);
    }));
}

test.run();
