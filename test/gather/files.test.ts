import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFiles } from "../../src/gather/files.ts";
import type { Files } from "../../src/source.ts";
import { onDeno } from "../../src/web/runtime.ts";
import { withFolder } from "../stand_in.ts";
import { testWhere, withoutRights } from "../tools.ts";

const LIMIT_BYTES = 1000;

/** What comes of reading below a folder with these files. */
function reading(tree: Readonly<Record<string, string | Uint8Array>>, files: (folder: string) => Files) {
  return withFolder(async (folder) => {
    for (const [path, content] of Object.entries(tree)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const read = await readFiles(files(folder), LIMIT_BYTES);
    return read.kind === "ok"
      ? Buffer.from(read.stdout).toString().replaceAll(folder, "")
      : JSON.stringify(read).replaceAll(folder, "");
  });
}

test("one file comes as it is, byte for byte", async () => {
  assert.is(await reading({ a: "x\n\ny" }, (folder) => ({ files: [`${folder}/a`] })), "x\n\ny");
  const bytes = Uint8Array.of(0xff, 0, 0x0a);
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "a"), bytes);
    const read = await readFiles({ files: [join(folder, "a")] }, LIMIT_BYTES);
    assert.equal(read.kind === "ok" && Uint8Array.from(read.stdout), bytes);
  });
});

test("files of /proc are read, though their size is 0", async () => {
  const read = await readFiles({ files: ["/proc/meminfo"] }, 100_000);
  assert.match(read.kind === "ok" ? Buffer.from(read.stdout).toString() : "", /^MemTotal: /);
});

test("several files and patterns have their path in front of each line, as grep -H has", async () => {
  const tree = { a: "1\n2", "b/1/x": "3\n", "b/20/x": "4\n\n", "b/y/x": "5\n", "b/.3/x": "6\n" };
  assert.is(await reading(tree, (folder) => ({ files: [`${folder}/a`, `${folder}/b/1/x`] })), "/a:1\n/a:2\n/b/1/x:3\n");
  assert.is(await reading(tree, (folder) => ({ files: [`${folder}/b/[0-9]*/x`] })), "/b/1/x:3\n/b/20/x:4\n/b/20/x:\n");
  assert.is(
    await reading(tree, (folder) => ({ files: [`${folder}/b/*/x`] })),
    "/b/1/x:3\n/b/20/x:4\n/b/20/x:\n/b/y/x:5\n",
  );
});

test("brackets that aren't [0-9] stand for themselves", async () => {
  const tree = { "a[b": "1\n", "c[d/x": "2\n", "[x]1": "3\n", x1: "4\n" };
  assert.is(await reading(tree, (folder) => ({ files: [`${folder}/a[b`] })), "1\n");
  assert.is(await reading(tree, (folder) => ({ files: [`${folder}/c[d/*`] })), "/c[d/x:2\n");
  assert.is(await reading(tree, (folder) => ({ files: [`${folder}/[x][0-9]`] })), "/[x]1:3\n");
});

test("only the wanted lines count, for the bound too", async () => {
  const tree = { a: `Name: x\n${"y".repeat(900)}\nRss: 1\n`, b: `Name: z\n${"y".repeat(900)}\n` };
  const files = (folder: string) => ({ files: [`${folder}/*`], lines: ["Name:", "Rss:"] });
  assert.is(await reading(tree, files), "/a:Name: x\n/a:Rss: 1\n/b:Name: z\n");
});

test("files can be found by a look into others", async () => {
  const files = (folder: string): Files => ({
    files: async (read) => [
      `${folder}/${(await read(`${folder}/which`))?.trim()}`,
      `${folder}/${await read("/nowhere")}`,
    ],
  });
  assert.is(await reading({ which: "b\n", b: "1\n" }, files), "/b:1\n");
});

test("files that are missing or may not be read are passed over, as long as one is left", async () => {
  assert.is(await reading({ a: "1\n" }, (folder) => ({ files: [`${folder}/no`, `${folder}/a`] })), "/a:1\n");
  assert.is(
    await reading({}, (folder) => ({ files: [`${folder}/no`] })),
    '{"kind":"spawn","reason":"/no: no such file"}',
  );
  assert.is(
    await reading({}, (folder) => ({ files: [`${folder}/*`] })),
    '{"kind":"spawn","reason":"/*: no such file"}',
  );
  assert.is(
    await reading({ "a/b": "" }, (folder) => ({ files: [`${folder}/a`] })),
    '{"kind":"spawn","reason":"/a: it is a directory"}',
  );
});

// Deno gives up no rights.
testWhere(!onDeno())("a file that may not be read is told as such", async () => {
  await withFolder(async (folder) => {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "a"), "1\n", { mode: 0 });
    const read = await withoutRights(() => readFiles({ files: [join(folder, "a")] }, LIMIT_BYTES));
    assert.equal(read, { kind: "spawn", reason: `${folder}/a: permission denied` });
  });
});

test("all together have no more bytes than the bound", async () => {
  const overflow = '{"kind":"overflow","stream":"stdout","limitBytes":1000}';
  assert.is(await reading({ a: "x".repeat(1001) }, (folder) => ({ files: [`${folder}/a`] })), overflow);
  assert.is(
    await reading({ a: "x".repeat(600), b: "x".repeat(600) }, (folder) => ({ files: [`${folder}/*`] })),
    overflow,
  );
  assert.is((await reading({ a: "x".repeat(1000) }, (folder) => ({ files: [`${folder}/a`] }))).length, 1000);
});

test("files that are wanted apart come each by itself, those that can't be read too", async () => {
  await withFolder(async (folder) => {
    for (const name of ["b", "a"]) writeFileSync(join(folder, name), name);
    mkdirSync(join(folder, "c"));
    const read = await readFiles({ files: [`${folder}/*`], apart: true }, LIMIT_BYTES);
    const files = read.kind === "ok" ? (read.files ?? []) : [];
    const shown = files.map((file) => ("bytes" in file ? Buffer.from(file.bytes).toString() : file.reason));
    assert.equal(shown, ["a", "b", "it is a directory"]);
    assert.ok(files.every((file) => file.path.startsWith(folder)));
    const large = await readFiles({ files: [`${folder}/*`], apart: true }, 1);
    assert.is(large.kind, "overflow");
    const none = await readFiles({ files: [`${folder}/*.prom`], apart: true }, LIMIT_BYTES);
    assert.equal(none.kind === "ok" && none.files, []);
  });
});

test.run();
