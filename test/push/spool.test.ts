import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Entry } from "../../src/push/queue.ts";
import { openSpool, type Spool } from "../../src/push/spool.ts";
import { keptLog } from "../listeners.ts";
import { withFolder } from "../stand_in.ts";
import { withTmpfs } from "../tmpfs.ts";

const entry = (number: number, bytes = 100): Entry => ({
  number,
  atMs: number * 1000,
  samples: 3,
  bytes: new Uint8Array(bytes).fill(number),
});
const segments = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".spool"));
const numbers = ({ restored }: Spool) => restored.entries.map(({ number }) => number);

function open(directory: string, maxBytes = 1_000_000) {
  const { log, lines } = keptLog();
  let failures = 0;
  const failed = () => {
    failures += 1;
  };
  const spool = openSpool({ directory, maxBytes, log, failed });
  return { spool, lines, failures: () => failures };
}

test("what was queued and not removed is there again, though nobody closed the spool", () =>
  withFolder((folder) => {
    const directory = join(folder, "a");
    const first = open(directory).spool;
    for (let i = 1; i <= 4; i++) first.added(entry(i));
    first.removed(entry(1));
    first.removed(entry(3));
    const { spool } = open(directory);
    assert.equal(spool.restored.entries, [entry(2), entry(4)]);
    assert.is(spool.restored.next, 5);
    assert.is(statSync(directory).mode & 0o777, 0o700);
    assert.ok(segments(directory).every((name) => (statSync(join(directory, name)).mode & 0o777) === 0o600));
  }));

test("numbers are not given twice, though nothing is left of them", () =>
  withFolder((folder) => {
    const first = open(folder).spool;
    first.added(entry(1));
    first.added(entry(2));
    first.removed(entry(1));
    first.removed(entry(2));
    assert.equal([numbers(open(folder).spool), open(folder).spool.restored.next], [[], 3]);
  }));

test("segments go away when all that they hold was sent, so the spool stays small", () =>
  withFolder((folder) => {
    const { spool } = open(folder, 64_000);
    let number = 0;
    for (let i = 0; i < 2000; i++) {
      number += 1;
      spool.added(entry(number));
      spool.removed(entry(number));
      const bytes = segments(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      assert.ok(bytes < 20_000, `${bytes} bytes`);
    }
    spool.close();
    assert.equal(readdirSync(folder), []);
  }));

test("a removal outlives the segment that tells it no longer than what was removed", () =>
  withFolder((folder) => {
    const { spool } = open(folder, 32_000);
    spool.added(entry(1));
    spool.added(entry(2));
    spool.removed(entry(1));
    // Many segments later, the first one still holds an entry that waits.
    for (let number = 3; number < 300; number++) {
      spool.added(entry(number));
      spool.removed(entry(number));
    }
    assert.equal(numbers(open(folder).spool), [2]);
  }));

test("of a segment that is torn or damaged, what comes before is read, and the rest is counted and told", () =>
  withFolder((folder) => {
    const first = open(folder).spool;
    for (let i = 1; i <= 3; i++) first.added(entry(i));
    const [name = ""] = segments(folder);
    const path = join(folder, name);
    const { size } = statSync(path);
    truncateSync(path, size - 10);
    const torn = open(folder);
    assert.equal([numbers(torn.spool), torn.failures()], [[1, 2], 1]);
    assert.equal(torn.lines[0]?.slice(0, 2), ["warn", "Spool is damaged, the rest of the segment is skipped"]);
    assert.is(torn.lines[0]?.[2].file, path);
    // What comes later is in a segment of its own.
    torn.spool.added(entry(4));
    const bytes = readFileSync(path);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const damaged = open(folder);
    assert.equal([numbers(damaged.spool), damaged.failures()], [[1, 4], 1]);
  }));

test("files that aren't the spool's stay as they are, an empty segment is harmless", () =>
  withFolder((folder) => {
    writeFileSync(join(folder, "notes.txt"), "mine");
    mkdirSync(join(folder, "other"));
    appendFileSync(join(folder, "0000000000000001.spool"), "");
    const { spool, failures } = open(folder);
    spool.added(entry(1));
    spool.removed(entry(1));
    spool.close();
    assert.is(failures(), 1);
    assert.equal(readdirSync(folder).sort(), ["notes.txt", "other"]);
  }));

test("a full disk is counted and told once, and the spool is whole when there is room again", () =>
  withTmpfs("64k", async (folder) => {
    const { spool, lines, failures } = open(folder);
    writeFileSync(join(folder, "filler"), Buffer.alloc(40_000));
    spool.added(entry(1, 1000));
    for (let number = 2; number < 6; number++) spool.added(entry(number, 60_000));
    assert.is(failures(), 4);
    assert.is(lines.length, 1);
    assert.match(String(lines[0]?.[2].reason), /^no space left on device$/);
    rmSync(join(folder, "filler"));
    spool.added(entry(6, 1000));
    spool.close();
    const again = open(folder).spool;
    again.close();
    assert.equal(numbers(again), [1, 6]);
  }));

test("where no directory can be made, the error says so", () =>
  withFolder((folder) => {
    writeFileSync(join(folder, "file"), "");
    assert.throws(
      () => open(join(folder, "file/spool")),
      /cannot use "[^"]+file\/spool": .*not a directory, wanted a dir/,
    );
    assert.throws(
      () => open(join(folder, "none/spool")),
      /cannot use "[^"]+none\/spool": no such file or directory, wanted/,
    );
    assert.equal(readdirSync(folder), ["file"]);
  }));

test.run();
