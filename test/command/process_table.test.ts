import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  childrenOf,
  childrenOfThread,
  processEnvironment,
  processNumbers,
  processRow,
  readText,
} from "../../src/command/process_table.ts";
import { standIn, until, withFolder } from "../stand_in.ts";
import { STAY, withShell } from "./shells.ts";

/** No process has it: it is above the largest that Linux allows. */
const NOBODY = 2 ** 22 + 1;

test("processNumbers() has this process, the first, and what is started meanwhile", async () => {
  assert.ok(processNumbers().includes(process.pid));
  assert.ok(processNumbers().includes(1));
  await withShell(STAY, async ({ pid, ended }) => {
    assert.ok(processNumbers().includes(pid));
    process.kill(pid, "SIGKILL");
    await ended;
    await until("its end", () => !processNumbers().includes(pid));
  });
});

test("processRow() tells state, group, session and start", () =>
  withShell(`sleep 600 & echo $!; ${STAY}`, async ({ pid, said }) => {
    await until("its number", () => said() !== "");
    await until("it to sleep", () => processRow(pid)?.state === "S");
    const [leader, member, own] = [pid, Number(said()), process.pid].map(processRow);
    assert.ok(leader && member && own);
    assert.equal([leader.pid, leader.group, leader.session], [pid, pid, pid]);
    assert.equal([member.group, member.session], [pid, pid]);
    assert.is.not(own.session, pid);
    assert.ok(own.startedTicks > 0 && own.startedTicks <= leader.startedTicks);
    assert.ok(leader.startedTicks <= member.startedTicks);
    process.kill(pid, "SIGSTOP");
    await until("it to stop", () => processRow(pid)?.state === "T");
  }));

test("processRow() isn't led astray by a name with parentheses, spaces and a line end", () =>
  withFolder(async (folder) => {
    for (const name of [") Z 1 2 3", "a) R (b", "((", "a\n) Z 0 0"]) {
      standIn(folder, name, "read -r line");
      await withShell([join(folder, name)], async ({ pid }) => {
        const named = `(${name.slice(0, 15)})`;
        await until(named, () => readText(`/proc/${pid}/stat`)?.includes(named) === true);
        await until("it to wait", () => processRow(pid)?.state === "S");
        assert.is(processRow(pid)?.group, pid);
        assert.is(processRow(pid)?.session, pid);
      });
    }
  }));

test("processEnvironment() gives each variable as it was at the start", () =>
  withShell(
    `export LATER=1; echo ready; ${STAY.replace("exec ", "")}`,
    async ({ pid, said }) => {
      await until("it to be ready", () => said() !== "");
      const variables = processEnvironment(pid);
      assert.ok(variables.includes("MARK=a b=c"));
      assert.ok(variables.includes("LINES=1\n2"));
      assert.not.ok(variables.includes("LATER=1"));
    },
    { MARK: "a b=c", LINES: "1\n2" },
  ));

test("childrenOf() has those of all threads, childrenOfThread() those of one", () =>
  withShell(`sleep 600 & echo $!; sleep 600 & echo $!; ${STAY}`, async ({ pid, said }) => {
    await until("their numbers", () => said().split("\n").length === 3);
    const numbers = said().trim().split("\n").map(Number);
    assert.equal(childrenOf(pid), numbers);
    assert.equal(childrenOfThread(pid, pid), numbers);
    assert.ok(childrenOf(process.pid)?.includes(pid));
    assert.is(processRow(pid)?.parent, process.pid);
    assert.is(childrenOf(NOBODY), undefined);
    assert.is(childrenOfThread(pid, NOBODY), undefined);
  }));

test("What is gone has no row, no environment and no text", () => {
  assert.is(processRow(NOBODY), undefined);
  assert.equal(processEnvironment(NOBODY), []);
  assert.is(readText(`/proc/${NOBODY}/stat`), undefined);
});

test("readText() keeps every byte", () => {
  assert.match(readText("/proc/self/stat") ?? "", new RegExp(`^${process.pid} \\(`));
  assert.is(readText("/proc"), undefined);
});

test.run();
