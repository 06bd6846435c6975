import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { replaceFile, requireWritable } from "../../src/push/textfile.ts";
import { withFolder } from "../stand_in.ts";
import { withTmpfs } from "../tmpfs.ts";

test("a file is replaced atomically, readable for all", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "m.prom");
    await replaceFile(path, "a 1\n");
    chmodSync(path, 0o600);
    await replaceFile(path, "a 2\n");
    assert.is(readFileSync(path, "utf8"), "a 2\n");
    assert.is(statSync(path).mode & 0o7777, 0o644);
    assert.equal(readdirSync(folder), ["m.prom"]);
  });
});

test("a link, a pipe and a directory aren't replaced", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "m.prom");
    for (const make of [
      () => symlinkSync("/dev/null", path),
      () => execFileSync("mkfifo", [path]),
      () => mkdirSync(path),
    ]) {
      make();
      const before = lstatSync(path);
      const said = await replaceFile(path, "a 1\n").then(String, (error: Error) => error.message);
      const kind = before.isDirectory()
        ? "is a directory, wanted the name of a file"
        : "is not a regular file, wanted one or a new name";
      assert.is(said, `"${path}" ${kind}`);
      assert.is(await requireWritable(path).catch((error: Error) => error.message), said);
      assert.equal([lstatSync(path).ino, readdirSync(folder)], [before.ino, ["m.prom"]]);
      rmSync(path, { recursive: true });
    }
  });
});

test("readers get the old or the new text at any time", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "m.prom");
    const texts = ["a", "b"].map((letter) => letter.repeat(200_000));
    await replaceFile(path, texts[0] ?? "");
    let writing = true;
    const reads = (async () => {
      while (writing) {
        assert.ok(texts.includes(readFileSync(path, "utf8")), "found a part");
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let i = 0; i < 20; i++) await replaceFile(path, texts[i % 2] ?? "");
    writing = false;
    await reads;
  });
});

test("where it can't be written, the error says so", async () => {
  await withFolder(async (folder) => {
    const error = await replaceFile(join(folder, "none/m.prom"), "a 1\n").then(
      () => undefined,
      (failed: Error) => failed.message,
    );
    assert.match(error ?? "", /ENOENT/);
  });
});

test("that a file can't be written there is known before: there is no directory", async () => {
  await withFolder(async (folder) => {
    const why = (path: string) => requireWritable(path).then(String, (error: Error) => error.message);
    writeFileSync(join(folder, "file"), "");
    assert.is(await why(join(folder, "new.prom")), "undefined");
    const wanted = "wanted a directory that exists";
    assert.is(
      await why(join(folder, "none/m.prom")),
      `directory "${folder}/none": no such file or directory, ${wanted}`,
    );
    assert.is(await why(join(folder, "file/m.prom")), `directory "${folder}/file": it is not a directory, ${wanted}`);
  });
});

test("a full disk leaves the old file intact, and no temporary file", async () => {
  await withTmpfs("64k", async (folder) => {
    const path = join(folder, "m.prom");
    await replaceFile(path, "a 1\n");
    writeFileSync(join(folder, "filler"), Buffer.alloc(40_000));
    const error = await replaceFile(path, "b".repeat(60_000)).then(
      () => undefined,
      (failed: Error) => failed.message,
    );
    assert.match(error ?? "", /ENOSPC/);
    assert.is(readFileSync(path, "utf8"), "a 1\n");
    assert.equal(readdirSync(folder).sort(), ["filler", "m.prom"]);
  });
});

test.run();
