import { randomUUID } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RUN_MARKER } from "../../src/command/environment.ts";
import { createMarks } from "../../src/command/marks.ts";
import { processEnvironment, readText } from "../../src/command/process_table.ts";
import { until } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { end, lives, STAY, withShell } from "./shells.ts";
import { LIBC } from "./ways.ts";

if (LIBC === undefined) throw new Error("The C library can't be called here");
const token = randomUUID();
const marks = createMarks(LIBC, token);
const others = createMarks(LIBC, randomUUID());

test("what was started with a mark has it, with no environment too", () =>
  marks.withMark(7, () =>
    withShell(`exec env -i ${STAY.replace("exec ", "")}`, async ({ pid }) => {
      await until("its environment to be gone", () => readText(`/proc/${pid}/cmdline`)?.startsWith("sleep") === true);
      assert.equal(processEnvironment(pid), [""]);
      assert.is(marks.runOf(pid), 7);
      assert.is(others.runOf(pid), undefined);
      assert.is(marks.runOf(process.pid), undefined);
    }),
  ));

test("a zombie has its mark until it is reaped", () =>
  marks.withMark(8, () =>
    withShell(`sleep 600 & echo $!; ${STAY}`, async ({ pid, said }) => {
      await until("its number", () => said() !== "");
      // The shell would reap it.
      await until("the shell to be gone", () => readText(`/proc/${pid}/cmdline`)?.startsWith("sleep") === true);
      const zombie = Number(said());
      end(zombie);
      await until("its end", () => !lives(zombie));
      assert.is(marks.runOf(zombie), 8);
    }),
  ));

(needs("prlimit", "--version") ? test : test.skip)("what set the limit back is known by its environment", () =>
  marks.withMark(9, () =>
    withShell(
      `prlimit --pid $$ --rttime=unlimited:unlimited; ${STAY}`,
      async ({ pid }) => {
        await until("the environment", () => marks.runOf(pid) === 10);
      },
      { [RUN_MARKER]: `${token}.10.` },
    ),
  ),
);

test("what has no mark belongs to no run", () =>
  withShell(STAY, ({ pid }) => {
    assert.is(marks.runOf(pid), undefined);
    assert.is(marks.runOf(2 ** 22 + 1), undefined);
  }));

test.run();
