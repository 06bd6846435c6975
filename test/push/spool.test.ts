import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Entry } from "../../src/push/queue.ts";
import { openSpool, type Spool } from "../../src/push/spool.ts";
import { keptLog } from "../listeners.ts";
import { until, withFolder } from "../stand_in.ts";
import { withTmpfs } from "../tmpfs.ts";

const entry = (number: number, bytes = 100): Entry => ({
  number,
  atMs: number * 1000,
  samples: 3,
  bytes: new Uint8Array(bytes).fill(number),
});
const segments = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".spool"));
/** Segments may go away at any moment. */
const sizeOf = (folder: string) =>
  segments(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
const numbers = ({ restored }: Spool) => restored.entries.map(({ number }) => number);

async function open(directory: string, maxBytes = 1_000_000) {
  const { log, lines } = keptLog();
  let failures = 0;
  const failed = () => {
    failures += 1;
  };
  const spool = await openSpool({ directory, maxBytes, log, failed });
  /** Adds and removes, and waits until it is written, which changes the size of the files. */
  const written = async (change: () => void) => {
    const before = sizeOf(directory);
    change();
    await until("written", () => sizeOf(directory) !== before);
  };
  const add = (...entries: readonly Entry[]) =>
    entries.reduce((last, one) => last.then(() => written(() => spool.added(one))), Promise.resolve());
  const remove = (...entries: readonly Entry[]) =>
    entries.reduce((last, one) => last.then(() => written(() => spool.removed(one))), Promise.resolve());
  return { spool, lines, failures: () => failures, add, remove };
}

test("entries that weren't removed are restored, also after a crash", () =>
  withFolder(async (folder) => {
    const directory = join(folder, "a");
    const { add, remove } = await open(directory);
    await add(entry(1), entry(2), entry(3), entry(4));
    await remove(entry(1), entry(3));
    const { spool } = await open(directory);
    assert.equal(spool.restored.entries, [entry(2), entry(4)]);
    assert.is(spool.restored.next, 5);
    assert.is(statSync(directory).mode & 0o777, 0o700);
    assert.ok(segments(directory).every((name) => (statSync(join(directory, name)).mode & 0o777) === 0o600));
  }));

test("nothing is written through a link that somebody has put in its place", () =>
  withFolder(async (folder) => {
    const directory = join(folder, "a");
    const { spool, failures, add } = await open(directory);
    const target = join(folder, "target");
    writeFileSync(target, "precious");
    symlinkSync(target, join(directory, "0000000000000001.spool"));
    spool.added(entry(1));
    await until("the failure", () => failures() === 1);
    await add(entry(2));
    assert.is(readFileSync(target, "utf8"), "precious");
    assert.equal(numbers((await open(directory)).spool), [2]);
  }));

test("close() waits until everything is written, in order", () =>
  withFolder(async (folder) => {
    const { spool } = await open(folder);
    const all = Array.from({ length: 300 }, (_, index) => entry(index + 1));
    for (const one of all) spool.added(one);
    for (const one of all.slice(0, 200)) spool.removed(one);
    await spool.close(20_000);
    assert.equal((await open(folder)).spool.restored.entries, all.slice(200));
  }));

test("numbers are not given twice, though nothing is left of them", () =>
  withFolder(async (folder) => {
    const { add, remove } = await open(folder);
    await add(entry(1), entry(2));
    await remove(entry(1), entry(2));
    const { spool } = await open(folder);
    assert.equal([numbers(spool), spool.restored.next], [[], 3]);
  }));

test("segments are removed when all of their entries were sent", () =>
  withFolder(async (folder) => {
    const { spool, add } = await open(folder, 64_000);
    for (let number = 1; number <= 60; number++) {
      await add(entry(number, 3000));
      spool.removed(entry(number));
      const bytes = sizeOf(folder);
      assert.ok(bytes < 20_000, `${bytes} bytes`);
    }
    await spool.close(20_000);
    assert.equal(readdirSync(folder), []);
  }));

test("a removal outlives the segment that tells it no longer than what was removed", () =>
  withFolder(async (folder) => {
    const { spool, add, remove } = await open(folder, 32_000);
    await add(entry(1), entry(2));
    await remove(entry(1));
    // Many segments later, the first one still holds an entry that waits.
    for (let number = 3; number < 23; number++) {
      await add(entry(number, 3000));
      await remove(entry(number));
    }
    await spool.close(20_000);
    assert.ok(segments(folder).length > 5);
    assert.equal(numbers((await open(folder)).spool), [2]);
  }));

test("of a segment that is torn or damaged, what comes before is read, and the rest is counted and told", () =>
  withFolder(async (folder) => {
    await (await open(folder)).add(entry(1), entry(2), entry(3));
    const [name = ""] = segments(folder);
    const path = join(folder, name);
    truncateSync(path, statSync(path).size - 10);
    const torn = await open(folder);
    assert.equal([numbers(torn.spool), torn.failures()], [[1, 2], 1]);
    assert.equal(torn.lines[0]?.slice(0, 2), ["warn", "Spool is damaged, the rest of the segment is skipped"]);
    assert.is(torn.lines[0]?.[2].file, path);
    // What comes later is in a segment of its own.
    await torn.add(entry(4));
    const bytes = readFileSync(path);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const damaged = await open(folder);
    assert.equal([numbers(damaged.spool), damaged.failures()], [[1, 4], 1]);
  }));

test("a segment of another version is left unchanged, and logged", () =>
  withFolder(async (folder) => {
    const first = await open(folder);
    await first.add(entry(1));
    await first.spool.close(20_000);
    const [name = ""] = segments(folder);
    const path = join(folder, name);
    const bytes = readFileSync(path);
    bytes[7] = 2;
    writeFileSync(path, bytes);
    const { spool, lines, failures, add, remove } = await open(folder);
    assert.equal([numbers(spool), failures()], [[], 1]);
    assert.equal(lines[0], [
      "warn",
      "Spool segment can't be read, it stays as it is",
      { file: path, reason: "another version has written it" },
    ]);
    await add(entry(1));
    await remove(entry(1));
    await spool.close(20_000);
    assert.equal(readFileSync(path), bytes);
    assert.equal(segments(folder), [name]);
  }));

test("files that aren't the spool's stay as they are, an empty segment is harmless", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "notes.txt"), "mine");
    mkdirSync(join(folder, "other"));
    appendFileSync(join(folder, "0000000000000001.spool"), "");
    const { spool, failures, add } = await open(folder);
    await add(entry(1));
    spool.removed(entry(1));
    await spool.close(20_000);
    assert.is(failures(), 1);
    assert.equal(readdirSync(folder).sort(), ["notes.txt", "other"]);
  }));

test("a full disk is counted and logged once, and the spool is intact afterwards", () =>
  withTmpfs("64k", async (folder) => {
    const { spool, lines, failures, add } = await open(folder);
    writeFileSync(join(folder, "filler"), Buffer.alloc(40_000));
    await add(entry(1, 1000));
    for (let number = 2; number < 6; number++) spool.added(entry(number, 60_000));
    await until("failed", () => failures() === 4);
    assert.is(lines.length, 1);
    assert.match(String(lines[0]?.[2].reason), /^no space left on device$/);
    rmSync(join(folder, "filler"));
    spool.added(entry(6, 1000));
    await spool.close(20_000);
    const again = await open(folder);
    assert.equal(numbers(again.spool), [1, 6]);
  }));

test("a disk that is full from the start is no reason not to begin, and what comes later is written whole", () =>
  withTmpfs("64k", async (folder) => {
    const filler = join(folder, "filler");
    assert.throws(() => writeFileSync(filler, Buffer.alloc(100_000)));
    const { spool, failures } = await open(folder);
    spool.added(entry(1));
    await until("failed", () => failures() === 1);
    rmSync(filler);
    spool.added(entry(2));
    await spool.close(20_000);
    assert.equal(numbers((await open(folder)).spool), [2]);
  }));

test("a disk that hangs delays neither additions nor the exit", () =>
  withFolder(async (folder) => {
    const { spool, lines } = await open(folder);
    // To open a pipe for writing waits for a reader.
    const pipe = join(folder, "0000000000000001.spool");
    execFileSync("mkfifo", [pipe]);
    for (let number = 1; number < 4; number++) spool.added(entry(number));
    spool.removed(entry(2));
    await spool.close(100);
    assert.equal(lines, [["error", "Spool could not be written completely", { directory: folder, records: 1 }]]);
    openSync(pipe, "r+");
  }));

test("where no directory can be made, the error says so", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "file"), "");
    const why = (path: string) =>
      open(join(folder, path)).then(
        () => "",
        (error: Error) => error.message,
      );
    assert.match(await why("file/spool"), /cannot use "[^"]+file\/spool": .*not a directory, wanted a dir/);
    assert.match(await why("none/spool"), /cannot use "[^"]+none\/spool": no such file or directory, wanted/);
    assert.equal(readdirSync(folder), ["file"]);
  }));

test.run();
