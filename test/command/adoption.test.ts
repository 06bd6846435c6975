import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { childrenOfThread, processRow, readText } from "../../src/command/process_table.ts";
import { createRunner, type Run } from "../../src/command/run.ts";
import { form } from "../forms.ts";
import { until, withFolder } from "../stand_in.ts";
import { needs, testWhere } from "../tools.ts";
import { killMarked, marked } from "../torture/watch.ts";
import { ENVIRONMENT, end, STAY } from "./shells.ts";
import { LIBC } from "./ways.ts";

/** One runner for all tests, as a program has one: from now on, orphans of this process come to it. */
const runner = createRunner(LIBC);
process.on("SIGCHLD", runner.reap);

/** No test waits so long: runs are killed by abort(). */
const FAR_MS = 3_600_000;

type Scene = {
  readonly start: (line: string) => Run;
  /** A shell line that starts a daemon with a session of its own and no environment; it is found by the name. */
  readonly stranger: (name: string) => string;
  /** The same without the limit that is the mark of its run. */
  readonly unmarked: (name: string) => string;
  /** A line that goes on when `release` is called. */
  readonly waits: string;
  readonly release: () => void;
  /** The numbers of those by that name that live. */
  readonly living: (name: string) => readonly number[];
};

function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  return withFolder((folder) => withSceneIn(join(folder, "released"), use));
}

async function withSceneIn(released: string, use: (scene: Scene) => Promise<void>): Promise<void> {
  const mark = `adoption-${randomUUID()}`;
  const daemon = (name: string, before = "") =>
    `setsid env -i ${before} /bin/sh -c 'sleep 600; :' ${mark}-${name}. </dev/null >/dev/null 2>&1 &`;
  const runs: Run[] = [];
  try {
    await use({
      start: (line) => {
        const argv = ["/bin/sh", "-c", line] as const;
        const run = runner.start({ argv, environment: ENVIRONMENT, maxOutputBytes: 100_000 }, FAR_MS);
        runs.push(run);
        return run;
      },
      stranger: daemon,
      unmarked: (name) => daemon(name, "/usr/bin/prlimit --rttime=unlimited:unlimited"),
      waits: `while ! test -e ${released}; do sleep 0.05; done;`,
      release: () => writeFileSync(released, ""),
      living: (name) =>
        marked(`${mark}-${name}.`, [])
          .filter(({ line, state }) => state !== "Z" && /^\/bin\/sh -c [^"]*$/.test(line) && !line.includes("setsid"))
          .map(({ pid }) => pid),
    });
  } finally {
    killMarked(mark);
    await Promise.all(runs.map(({ released }) => released));
    await until("all to be reaped", () => {
      // What those that were marked have started comes to this process as they end.
      orphans().forEach(end);
      return orphans().length === 0;
    });
  }
}

/** Children of this process: in these tests all that is left of runs. */
const orphans = () => childrenOfThread(process.pid, process.pid) ?? [];

const isGone = (scene: Scene, name: string) => until(`${name} to be gone`, () => scene.living(name).length === 0);
const isThere = (scene: Scene, name: string) => until(name, () => scene.living(name).length === 1);

test("killing a run also kills processes with their own group, session and an empty environment", () =>
  withScene(async (scene) => {
    const run = scene.start(`${scene.stranger("a")} ${scene.stranger("b")} ${STAY}`);
    await Promise.all([isThere(scene, "a"), isThere(scene, "b")]);
    run.abort();
    assert.is((await run.outcome).kind, "aborted");
    assert.ok((await run.released) >= 2);
    assert.equal([...scene.living("a"), ...scene.living("b")], []);
  }));

test("a failed run does so too, and one whose output is held open", () =>
  withScene(async (scene) => {
    const bad = scene.start(`${scene.stranger("a")} exit 3`);
    assert.is((await bad.outcome).kind, "exit");
    await bad.released;
    await isGone(scene, "a");
    const held = scene.start(scene.stranger("b").replace(">/dev/null 2>&1", ""));
    const outcome = await held.outcome;
    assert.ok(outcome.kind === "ok" && outcome.held);
    await held.released;
    await isGone(scene, "b");
  }));

test("descendants of orphans are killed too", () =>
  withScene(async (scene) => {
    const chain =
      'use POSIX "setsid"; while (time < $^T + 600) { exit if fork; setsid; select(undef, undef, undef, 0.02) }';
    const line = `setsid env -i /usr/bin/perl -e '${chain}' </dev/null >/dev/null 2>&1 & ${scene.stranger("a")} ${STAY}`;
    const run = scene.start(line.replaceAll("sleep 60; :", "(setsid sleep 60 & setsid sleep 60 & wait) & wait; :"));
    const moves = () => orphans().some((pid) => readText(`/proc/${pid}/cmdline`)?.startsWith("/usr/bin/perl"));
    await until("all of them", () => scene.living("a").length > 0 && moves());
    run.abort();
    assert.is((await run.outcome).kind, "aborted");
    await run.released;
    await until("nothing to be left", () => orphans().length === 0);
  }));

test("a daemon of a successful run is left alone, and reaped when it exits", () =>
  withScene(async (scene) => {
    const good = scene.start(`${scene.stranger("a")} ${scene.unmarked("b")} ${scene.waits} exit 0`);
    await Promise.all([isThere(scene, "a"), isThere(scene, "b")]);
    scene.release();
    assert.is((await good.outcome).kind, "ok");
    assert.is(await good.released, 0);
    const bad = scene.start(`${scene.stranger("c")} ${STAY}`);
    await isThere(scene, "c");
    bad.abort();
    assert.is((await bad.outcome).kind, "aborted");
    await bad.released;
    assert.equal(
      ["a", "b", "c"].map((name) => scene.living(name).length),
      [1, 1, 0],
    );
    const daemons = [...scene.living("a"), ...scene.living("b")];
    daemons.forEach(end);
    await until("both to be reaped", () => daemons.every((pid) => processRow(pid) === undefined));
  }));

/** System calls so far that read something, of all threads (proc_pid_io(5)). Undefined if the kernel doesn't count them. */
const readCalls = () => Number(/^syscr: (\d+)/m.exec(readText("/proc/self/io") ?? "")?.[1]);
const DAEMONS = 60;

testWhere(readCalls() > 0)("daemons that were left alone aren't read again when later runs succeed or fail", () =>
  withScene(async (scene) => {
    const readsOf = async (line: string) => {
      const before = readCalls();
      await scene.start(line).released;
      return readCalls() - before;
    };
    const lines = ["exit 3", "exit 0"];
    const alone: number[] = [];
    for (const line of lines) alone.push(await readsOf(line));
    const many = scene.start(`for i in $(seq ${DAEMONS}); do ${scene.stranger("many")} done; ${scene.waits} exit 0`);
    await until("all daemons", () => scene.living("many").length === DAEMONS);
    scene.release();
    assert.is((await many.outcome).kind, "ok");
    assert.is(await many.released, 0);
    for (const [index, line] of lines.entries()) {
      const more = (await readsOf(line)) - (alone[index] ?? 0);
      assert.ok(more < DAEMONS, `${line}: ${more} more reads with ${DAEMONS} daemons`);
    }
    assert.is(scene.living("many").length, DAEMONS);
  }),
);

test("concurrent runs kill only their own processes", () =>
  withScene(async (scene) => {
    const bad = scene.start(`${scene.stranger("bad")} ${STAY}`);
    const good = scene.start(`${scene.stranger("good")} ${scene.waits} exit 0`);
    const other = scene.start(`${scene.stranger("other")} ${STAY}`);
    await Promise.all(["bad", "good", "other"].map((name) => isThere(scene, name)));
    scene.release();
    assert.is((await good.outcome).kind, "ok");
    bad.abort();
    await bad.released;
    assert.equal(
      ["bad", "good", "other"].map((name) => scene.living(name).length),
      [0, 1, 1],
    );
    other.abort();
    await other.released;
    assert.equal(
      ["bad", "good", "other"].map((name) => scene.living(name).length),
      [0, 1, 0],
    );
  }));

const withPrlimit = needs("prlimit", "--version") ? test : test.skip;

withPrlimit("processes without marks are left until no run is active, and then killed if a run failed", () =>
  withScene(async (scene) => {
    const long = scene.start(`${scene.unmarked("long")} ${STAY}`);
    const bad = scene.start(`${scene.unmarked("bad")} ${STAY}`);
    await Promise.all([isThere(scene, "long"), isThere(scene, "bad")]);
    bad.abort();
    await bad.released;
    assert.equal([scene.living("bad").length, scene.living("long").length], [1, 1]);
    long.abort();
    await long.released;
    assert.equal([...scene.living("bad"), ...scene.living("long")], []);
  }),
);

test("killAll() kills orphans before it returns", () =>
  withScene(async (scene) => {
    const runs = [1, 2].map((n) => scene.start(`${scene.stranger(`s${n}`)} ${STAY}`));
    await Promise.all([isThere(scene, "s1"), isThere(scene, "s2")]);
    runner.killAll();
    assert.equal([...scene.living("s1"), ...scene.living("s2")], []);
    for (const { outcome } of runs) assert.is((await outcome).kind, "signal");
  }));

test("many orphans that exit at the same time are all reaped", () =>
  withScene(async ({ start }) => {
    const { outcome, released } = start(
      "for i in $(seq 300); do (setsid sleep 0.2 </dev/null >/dev/null 2>&1 &) ; done; exit 0",
    );
    assert.is((await outcome).kind, "ok");
    await released;
    await until("all to be reaped", () => orphans().length === 0);
  }));

// Deno hears of its children on another thread, whenever that gets to it; of those that the program starts there, all are known.
testWhere(form === "source-node")("what the runtime has started itself is left to it", async () => {
  const { spawn } = await import("node:child_process");
  const codes = Array.from({ length: 50 }, (_, i) => {
    const child = spawn("/bin/sh", ["-c", `exit ${i}`]);
    return new Promise((resolve) => child.once("exit", resolve));
  });
  for (let i = 0; i < 200; i += 1) {
    runner.reap();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(
    await Promise.all(codes),
    Array.from({ length: 50 }, (_, i) => i),
  );
});

test.run();
