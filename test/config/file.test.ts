import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createTextReader } from "../../src/config/file.ts";
import { canHang, withHangingFile } from "../hanging_file.ts";
import { withFolder } from "../stand_in.ts";
import { testWhere } from "../tools.ts";

const MEBIBYTE = 1024 * 1024;

test("a text of UTF-8 is read, without a byte order mark", () =>
  withFolder(async (directory) => {
    const readText = createTextReader();
    const file = join(directory, "a");
    for (const [written, read] of [
      ["ä\n", "ä\n"],
      ["\ufeffa", "a"],
      ["", ""],
      ["a".repeat(MEBIBYTE), "a".repeat(MEBIBYTE)],
    ] as const) {
      writeFileSync(file, written);
      assert.is(await readText(file), read);
    }
    symlinkSync(file, join(directory, "link"));
    assert.is((await readText(join(directory, "link"))).length, MEBIBYTE);
  }));

test("what can't be read is refused with the reason, and what comes next is read", () =>
  withFolder(async (directory) => {
    const readText = createTextReader();
    const path = (name: string) => join(directory, name);
    writeFileSync(path("large"), "a".repeat(MEBIBYTE + 1));
    writeFileSync(path("latin1"), new Uint8Array([0x61, 0xff]));
    writeFileSync(path("good"), "good");
    mkdirSync(path("folder"));
    const wanted = {
      none: "no such file",
      large: "it has more than 1048576 bytes",
      latin1: "it is not UTF-8 text",
      folder: "it is a directory",
    };
    const asked = Object.keys(wanted).map((name) => readText(path(name)).catch((error: Error) => error.message));
    const good = readText(path("good"));
    assert.equal(await Promise.all(asked), Object.values(wanted));
    assert.is(await good, "good");
  }));

testWhere(canHang)("while a read hangs, no other one is started; when it has returned, files are read again", () =>
  withHangingFile(({ path, opened, release }) =>
    withFolder(async (directory) => {
      const readText = createTextReader(500);
      const reasonOf = (file: string) => readText(file).catch((error: Error) => error.message);
      const good = join(directory, "good");
      writeFileSync(good, "good");
      const asked = [reasonOf(path), reasonOf(path), reasonOf(good)];
      await opened();
      assert.equal(await Promise.all(asked), [
        "reading it takes more than 500 ms",
        "reading it hangs",
        `reading ${path} hangs`,
      ]);
      await release();
      while ((await reasonOf(good)) !== "good") await new Promise((resolve) => setTimeout(resolve, 10));
    }),
  ),
);

test.run();
