import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collect, run, sampleOf, start } from "../exporter.ts";
import { PRINT_FREE, standIn, until, withPrograms } from "../stand_in.ts";
import { withTmpfs } from "../tmpfs.ts";
import { needs, runTool } from "../tools.ts";

/** Runs `textfile` once over a stand-in for free. */
const textfile = (path: string, free = PRINT_FREE, ...args: string[]) =>
  withPrograms({ free }, (env) =>
    run({ args: ["textfile", "--log.level=warn", "--command.preset=free", `--textfile.path=${path}`, ...args], env }),
  );

test("a page is written, for everybody to read", () =>
  withPrograms({}, async (_, folder) => {
    const path = join(folder, "memory.prom");
    assert.equal(await textfile(path), { code: 0, signal: null, stdout: "", stderr: "" });
    const page = readFileSync(path, "utf8");
    assert.equal([sampleOf(page, "memory_total_bytes"), sampleOf(page, "memory_up")], [25276510208, 1]);
    assert.is(statSync(path).mode & 0o7777, 0o644);
    assert.equal(readdirSync(folder), ["memory.prom"]);
  }));

(needs("promtool", "--version") ? test : test.skip)("promtool finds nothing wrong with it", () =>
  withPrograms({}, async (_, folder) => {
    const path = join(folder, "memory.prom");
    await textfile(path);
    assert.equal(runTool("promtool", ["check", "metrics"], readFileSync(path, "utf8")), {
      status: 0,
      stdout: "",
      stderr: "",
    });
  }),
);

test("a run that fails leaves the old file, says so, and exits 2", () =>
  withPrograms({}, async (_, folder) => {
    const path = join(folder, "memory.prom");
    await textfile(path);
    const before = statSync(path, { bigint: true });
    const { code, stderr } = await textfile(path, "exit 3", "--command=free");
    assert.is(code, 2);
    assert.match(stderr, /level=ERROR msg="Memory command failed, the file is unchanged" path=/);
    const after = statSync(path, { bigint: true });
    assert.equal([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
  }));

test("a full disk leaves the old file whole, says so, and exits 1", () =>
  withTmpfs("64k", async (folder) => {
    const path = join(folder, "memory.prom");
    writeFileSync(path, "old 1\n");
    writeFileSync(join(folder, "filler"), Buffer.alloc(56 * 1024));
    const { code, stderr } = await textfile(path);
    assert.is(code, 1);
    assert.match(
      stderr,
      /level=ERROR msg="Cannot write, the file is unchanged" path=\S+ reason="no space left on device"/,
    );
    assert.is(readFileSync(path, "utf8"), "old 1\n");
    assert.equal(readdirSync(folder).sort(), ["filler", "memory.prom"]);
  }));

test("a directory that isn't there is said before any run, and a name that node_exporter doesn't read", () =>
  withPrograms({}, async (_, folder) => {
    const ran = join(folder, "ran");
    const missing = await textfile("/nonexistent/memory.prom", `touch ${ran}`);
    assert.is(missing.code, 1);
    const why = 'directory "/nonexistent": no such file or directory, wanted a directory that exists';
    assert.is(missing.stderr, `memory_exporter: error: --textfile.path: ${why}\n`);
    assert.not(existsSync(ran));
    const path = join(folder, "memory.txt");
    const named = await textfile(path);
    assert.is(named.code, 0);
    assert.match(
      named.stderr,
      /^time=\S+ level=WARN msg="node_exporter reads only files whose names end in \.prom" path=\S+\n$/,
    );
    assert.ok(existsSync(path));
  }));

test("without a path it is bad usage", async () => {
  const { code, stderr } = await run({ args: ["textfile"] });
  assert.equal(
    [code, stderr],
    [1, "memory_exporter: error: textfile: found no --textfile.path, wanted the file to write, try --help\n"],
  );
});

test("with an interval it goes on after a failure, until a signal", () =>
  withPrograms({}, async (env, folder) => {
    const path = join(folder, "memory.prom");
    const switched = join(folder, "fails");
    standIn(folder, "free", `[ -e '${switched}' ] && exit 3; ${PRINT_FREE}`);
    const args = ["textfile", `--textfile.path=${path}`, "--textfile.interval=100ms", "--command=free -b -w"];
    const child = start({ args, env });
    const log = collect(child.stderr);
    const ended = new Promise((resolve) => child.once("close", resolve));
    const inode = () => statSync(path, { throwIfNoEntry: false })?.ino;
    try {
      await until("written", () => inode() !== undefined);
      const first = inode();
      await until("written again", () => inode() !== first);
      writeFileSync(switched, "");
      await until("failed", () => /the file is unchanged/.test(log()));
      assert.is(sampleOf(readFileSync(path, "utf8"), "memory_up"), 1);
    } finally {
      child.kill("SIGTERM");
    }
    assert.is(await ended, 0);
  }));

test.run();
