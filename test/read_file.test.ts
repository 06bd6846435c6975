import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type FileRead, readFileWithin } from "../src/read_file.ts";
import { onDeno } from "../src/web/runtime.ts";
import { execute } from "./execute.ts";
import { canHang, withHangingFile } from "./hanging_file.ts";
import { withFolder } from "./stand_in.ts";
import { testWhere, withoutRights } from "./tools.ts";

const LIMITS = { limitBytes: 1000, timeoutMs: 20_000 };
const shown = (read: FileRead) =>
  read.kind === "ok" ? new TextDecoder().decode(read.bytes) : `${read.kind}: ${read.reason}`;

test("readFileWithin() gives all bytes of a regular file, and of an empty one none", () =>
  withFolder(async (folder) => {
    const file = join(folder, "file");
    symlinkSync(file, join(folder, "link"));
    for (const text of ["ä\n", "", "a".repeat(1000)]) {
      writeFileSync(file, text);
      assert.is(shown(await readFileWithin(file, LIMITS)), text);
      assert.is(shown(await readFileWithin(join(folder, "link"), LIMITS)), text);
    }
    const large = { ...LIMITS, limitBytes: 1024 * 1024 };
    writeFileSync(file, "b".repeat(large.limitBytes));
    assert.is(shown(await readFileWithin(file, large)).length, large.limitBytes);
  }));

test("readFileWithin() says why it gives none", () =>
  withFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    writeFileSync(path("large"), "a".repeat(1001));
    writeFileSync(path("sparse"), "");
    truncateSync(path("sparse"), 1e12);
    mkdirSync(path("folder"));
    symlinkSync(path("loop"), path("loop"));
    assert.is((await execute("mkfifo", [path("pipe")])).status, 0);
    writeFileSync(path("secret"), "a", { mode: 0 });
    const wanted = {
      none: "missing: no such file",
      "large/a": "missing: no such file",
      large: "overflow: it has more than 1000 bytes",
      sparse: "overflow: it has more than 1000 bytes",
      folder: "refused: it is a directory",
      pipe: "refused: it is not a regular file",
      "/dev/zero": "refused: it is not a regular file",
      loop: "refused: too many symbolic links",
      "nul\0": /^refused: /,
    };
    for (const [name, reason] of Object.entries(wanted)) {
      const found = shown(await readFileWithin(name.startsWith("/") ? name : path(name), LIMITS));
      assert.ok(typeof reason === "string" ? found === reason : reason.test(found), `${name}: ${found}`);
    }
    await withoutRights(async () => {
      assert.is(shown(await readFileWithin(path("secret"), LIMITS)), "refused: permission denied");
    });
  }));

// Between any two steps of a read Node comes by here; Deno may not.
testWhere(!onDeno())("a file that is written while it is read is read again, and refused if that doesn't end", () =>
  withFolder(async (folder) => {
    const file = join(folder, "file");
    const limits = { limitBytes: 2 ** 26, timeoutMs: Number.POSITIVE_INFINITY };
    /** Reads the file while it grows by a line in each turn of the event loop. */
    const readWhileGrowing = async (turns: number) => {
      writeFileSync(file, "a\n".repeat(2 ** 19));
      let read: FileRead | undefined;
      void readFileWithin(file, limits).then((found) => {
        read = found;
      });
      for (let turn = 0; read === undefined; turn++) {
        if (turn < turns) appendFileSync(file, "a\n");
        await new Promise(setImmediate);
      }
      return shown(read);
    };
    assert.is(await readWhileGrowing(Number.POSITIVE_INFINITY), "refused: it is written while it is read");
    assert.is(await readWhileGrowing(2), readFileSync(file, "utf8"));
  }),
);

test("files of the kernel have no size, and are read only where that is wanted", async () => {
  assert.is(shown(await readFileWithin("/proc/self/comm", LIMITS)), "refused: it has bytes though its size is 0");
  const taken = { ...LIMITS, allowSizeless: true };
  assert.match(shown(await readFileWithin("/proc/self/status", { ...taken, limitBytes: 1e5 })), /^Name:[\s\S]*\n$/);
  assert.is(
    shown(await readFileWithin("/proc/self/status", { ...taken, limitBytes: 10 })),
    "overflow: it has more than 10 bytes",
  );
});

test("every descriptor is closed", () =>
  withFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "a".repeat(2000));
    for (const limitBytes of [1000, 3000]) await readFileWithin(file, { ...LIMITS, limitBytes });
    assert.equal(openOf(folder), []);
  }));

/** What this process has open of a folder; where it isn't mounted any more, paths begin at its own root. */
function openOf(folder: string): string[] {
  const targets = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.startsWith(folder) || target === "/file");
}

testWhere(canHang)("a read that hangs times out, and its file is closed when it returns", () =>
  withHangingFile(async ({ path, opened, release }) => {
    const reading = readFileWithin(path, { limitBytes: 1000, timeoutMs: 500 });
    await opened();
    const read = await reading;
    assert.is(shown(read), "timeout: reading it takes more than 500 ms");
    if (read.kind !== "timeout") throw new Error("wanted a timeout");
    const state = () =>
      Promise.race([read.ended.then(() => "ended"), new Promise((r) => setImmediate(r, "under way"))]);
    assert.is(await state(), "under way");
    // Deno has it open twice.
    assert.ok(openOf(path).length > 0);
    await release();
    await read.ended;
    assert.equal(openOf(path), []);
  }),
);

test.run();
