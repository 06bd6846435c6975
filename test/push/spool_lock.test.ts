import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lockSpool } from "../../src/push/spool_lock.ts";
import { withFolder } from "../stand_in.ts";

test("a spool of a process that runs isn't taken, one of a process that ended is", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock");
    const other = spawn("sleep", ["60"], { stdio: "ignore" });
    const ended = new Promise((resolve) => other.once("exit", resolve));
    const started = readFileSync(`/proc/${other.pid}/stat`, "utf8").split(" ")[21];
    writeFileSync(path, `${other.pid} ${started}`);
    const error = await lockSpool(folder).catch((reason: unknown) => reason);
    assert.match(String(error), new RegExp(`is in use by process ${other.pid}`));
    assert.is(readFileSync(path, "utf8"), `${other.pid} ${started}`);
    other.kill("SIGKILL");
    await ended;
    const unlock = await lockSpool(folder);
    assert.match(readFileSync(path, "utf8"), new RegExp(`^${process.pid} \\d+$`));
    await unlock();
    assert.not(existsSync(path));
  }));

test("a number that another process has by now, or nonsense, is no lock", () =>
  withFolder(async (folder) => {
    for (const text of ["1 5", "", "x y", `${process.ppid}`]) {
      writeFileSync(join(folder, "lock"), text);
      await (await lockSpool(folder))();
      assert.equal(readdirSync(folder), []);
    }
  }));

test.run();
