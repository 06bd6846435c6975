import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFresh } from "../../src/web/fresh.ts";
import { withFolder } from "../stand_in.ts";

/** A reader of one file, and how often it has read. */
function readerOf(file: string) {
  let reads = 0;
  const value = readFresh(() => {
    reads += 1;
    return { value: readFileSync(file, "utf8"), files: [file] };
  });
  return { value, reads: () => reads };
}

test("a file that has settled is read once", () =>
  withFolder(async (directory) => {
    const file = join(directory, "a");
    writeFileSync(file, "1");
    const { value, reads } = readerOf(file);
    await wait(1100);
    for (let i = 0; i < 5; i += 1) assert.is(value(), "1");
    assert.is(reads(), 1);
  }));

test("every change is seen at once: written, replaced, with the size and time of before", () =>
  withFolder(async (directory) => {
    const file = join(directory, "a");
    writeFileSync(file, "1");
    const { value } = readerOf(file);
    for (let i = 0; i < 50; i += 1) {
      writeFileSync(file, String(i % 10));
      assert.is(value(), String(i % 10));
    }
    await wait(1100);
    assert.is(value(), "9");
    writeFileSync(file, "8");
    utimesSync(file, 1, 1);
    assert.is(value(), "8");
    await wait(1100);
    value();
    writeFileSync(join(directory, "b"), "7");
    renameSync(join(directory, "b"), file);
    assert.is(value(), "7");
  }));

test("a file that goes away is looked for again", () =>
  withFolder((directory) => {
    const file = join(directory, "a");
    writeFileSync(file, "1");
    const value = readFresh(() => {
      try {
        return { value: readFileSync(file, "utf8"), files: [file] };
      } catch {
        return { value: "none", files: [file] };
      }
    });
    assert.is(value(), "1");
    rmSync(file);
    assert.is(value(), "none");
    writeFileSync(file, "2");
    assert.is(value(), "2");
  }));

test.run();
