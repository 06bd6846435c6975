import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../src/command/outcome.ts";
import { createAttemptRunner } from "../../src/gather/attempt_runner.ts";
import { createSourceRunner } from "../../src/gather/source_runner.ts";
import { canHang, withHangingFile } from "../hanging_file.ts";
import { standIn, until, withFolder, withPrograms } from "../stand_in.ts";
import { fakeLog, fakeRunner, printed, readNumber, sourceOf } from "./fakes.ts";

const runner = () => fakeRunner(() => printed("1\n")).runner;
const fileSource = (path: string, timeoutMs: number) => ({
  ...sourceOf(),
  attempts: [{ files: [path], read: readNumber }],
  timeoutMs,
});

test("a file is read without a process, and its time is told", async () => {
  const fake = fakeRunner(() => undefined);
  const attempts = createAttemptRunner(sourceOf(), fake.runner);
  const outcome = await attempts.run({ files: ["/proc/self/comm"], read: readNumber }, 60_000);
  assert.is(outcome.kind, "ok");
  assert.ok(outcome.seconds > 0);
  assert.equal([fake.started, attempts.stuck(), attempts.released()], [[], false, undefined]);
});

test("what the processes of all runs have used is added up, but for the memory, which is that of the last run", async () => {
  const attempts = createAttemptRunner(
    sourceOf(),
    fakeRunner(() => printed("1\n"), { cpuSeconds: 2, maxResidentBytes: 10 }).runner,
  );
  assert.equal(attempts.totals(), { stragglers: 0, cpuSeconds: undefined, maxResidentBytes: undefined });
  for (let i = 0; i < 2; i += 1) await attempts.run({ argv: ["/a"], read: readNumber }, 1);
  assert.equal(attempts.totals(), { stragglers: 0, cpuSeconds: 4, maxResidentBytes: 10 });
});

test("a program is looked for again when it could not be started", () =>
  withPrograms({ tool: ":" }, (_, first) =>
    withFolder(async (second) => {
      let outcome: Outcome = printed("1\n");
      const fake = fakeRunner(() => outcome);
      const source = { ...sourceOf(), environment: { PATH: `${first}:${second}` } };
      const { run } = createAttemptRunner(source, fake.runner);
      const attempt = { argv: ["tool"], read: readNumber };
      await run(attempt, 1);
      rmSync(join(first, "tool"));
      standIn(second, "tool", ":");
      outcome = { kind: "spawn", seconds: 0, reason: "gone" };
      for (let i = 0; i < 2; i += 1) await run(attempt, 1);
      assert.equal(fake.started, [`${first}/tool`, `${first}/tool`, `${second}/tool`]);
    }),
  ));

(canHang ? test : test.skip)("a read that doesn't end is a timeout, and no second one starts beside it", () =>
  withHangingFile(async ({ path, release }) => {
    const { run, record } = createSourceRunner(fileSource(path, 100), { runner: runner(), log: fakeLog().log });
    const first = await run();
    assert.equal([first.outcome, first.detail], ["timeout", "did not end within 0.100 s"]);
    assert.is(await run(), first, "it is told again, without another read");
    assert.equal([...record().outcomes], [["timeout", 1]]);
    await release();
    await until("another run", async () => (await run()).outcome === "spawn");
  }),
);

(canHang ? test : test.skip)("stop() doesn't wait for a read that hangs", () =>
  withHangingFile(async ({ path, opened }) => {
    const { run, stop } = createSourceRunner(fileSource(path, 3_600_000), { runner: runner(), log: fakeLog().log });
    const running = run();
    await opened();
    await stop();
    assert.is((await running).outcome, "aborted");
  }),
);

test.run();
