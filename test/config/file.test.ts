import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readTextFile } from "../../src/config/file.ts";
import { execute } from "../execute.ts";
import { withFolder } from "../stand_in.ts";
import { withoutRights } from "../tools.ts";

test("readTextFile() gives text of UTF-8, without a byte order mark", () =>
  withFolder((directory) => {
    const file = join(directory, "a");
    for (const [written, read] of [
      ["ä\n", "ä\n"],
      ["\ufeffa", "a"],
      ["", ""],
    ] as const) {
      writeFileSync(file, written);
      assert.is(readTextFile(file), read);
    }
    writeFileSync(file, "a".repeat(1024 * 1024));
    assert.is(readTextFile(file).length, 1024 * 1024);
    symlinkSync(file, join(directory, "link"));
    assert.is(readTextFile(join(directory, "link")).length, 1024 * 1024);
  }));

test("readTextFile() says why it can't", () =>
  withFolder(async (directory) => {
    const path = (name: string) => join(directory, name);
    writeFileSync(path("large"), "a".repeat(1024 * 1024 + 1));
    writeFileSync(path("latin1"), new Uint8Array([0x61, 0xff]));
    mkdirSync(path("folder"));
    symlinkSync(path("loop"), path("loop"));
    assert.is((await execute("mkfifo", [path("pipe")])).status, 0);
    const wanted = {
      none: "no such file",
      "large/a": "no such file",
      large: "it has more than 1048576 bytes",
      latin1: "it is not UTF-8 text",
      folder: "it is not a regular file",
      pipe: "it is not a regular file",
      loop: "too many symbolic links",
    };
    for (const [name, reason] of Object.entries(wanted)) {
      assert.throws(
        () => readTextFile(path(name)),
        (error: Error) => error.message === reason,
        name,
      );
    }
  }));

test("readTextFile() tells a lack of permission", () =>
  withFolder(async (directory) => {
    const file = join(directory, "a");
    writeFileSync(file, "");
    chmodSync(file, 0);
    await withoutRights(() => assert.throws(() => readTextFile(file), /^permission denied$/));
  }));

test.run();
