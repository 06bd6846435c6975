import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run, sampleOf, withExporter } from "../exporter.ts";
import { scrape } from "../http.ts";
import { PRINT_FREE, standIn, until, withFolder } from "../stand_in.ts";

/** What `free -b` of a BusyBox prints, which doesn't know -w. */
const BUSYBOX = `
case "$*" in *-w*) echo "free: invalid option -- 'w'" >&2; exit 1;; esac
echo "$*" >> "$HOME/seen"
cat '${fileURLToPath(new URL("../fixtures/memory/busybox135-bytes/stdout", import.meta.url))}'`;
/** The memory of this machine, by its kernel. */
const ownTotal = () => 1024 * Number(/^MemTotal: +(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]);

/** A folder that is all of PATH; programs come and go in it. */
function withPath(use: (folder: string, env: { PATH: string; HOME: string }) => Promise<void>): Promise<void> {
  return withFolder((folder) => use(folder, { PATH: folder, HOME: folder }));
}

/** A stand-in whose script finds the programs of the system. */
const program = (folder: string, name: string, script: string) =>
  standIn(folder, name, `PATH=/usr/bin:/bin; ${script}`);

const works = (log: string) => log.match(/msg="Command works" .*$/gm) ?? [];

test("the first attempt that works is used, and another looked for when it stops working", async () => {
  await withPath(async (folder, env) => {
    program(folder, "free", BUSYBOX);
    await withExporter({ env }, async ({ url, log, logged }) => {
      await until("the first run", () => works(log()).length === 1);
      assert.match(works(log())[0] ?? "", /command=free argv="free -b" instead_of="free -b -w: exit: exit status 1"/);
      for (let i = 0; i < 3; i += 1) {
        const page = await scrape(url);
        assert.equal([sampleOf(page, "memory_up"), sampleOf(page, "memory_buff_cache_bytes")], [1, 968368128]);
      }
      assert.is(readFileSync(join(folder, "seen"), "utf8"), "-b\n".repeat(4));
      assert.is(sampleOf(await scrape(url), 'memory_exporter_command_runs_total{command="free",outcome="exit"}'), 0);

      rmSync(join(folder, "free"));
      const page = await scrape(url);
      assert.equal([sampleOf(page, "memory_up"), sampleOf(page, "memory_total_bytes")], [1, ownTotal()]);
      assert.is(works(await logged()).length, 2, log());
      assert.match(works(log())[1] ?? "", /argv="cat \/proc\/meminfo" instead_of="free -b: spawn: /);

      program(folder, "free", PRINT_FREE);
      assert.is(sampleOf(await scrape(url), "memory_total_bytes"), ownTotal(), "what works is used");
    });
  });
});

test("without any program the kernel's file is read, and no process is started", async () => {
  await withPath(async (_folder, env) => {
    await withExporter({ env }, async ({ url }) => {
      const page = await scrape(url);
      assert.equal([sampleOf(page, "memory_up"), sampleOf(page, "memory_total_bytes")], [1, ownTotal()]);
      assert.is(sampleOf(page, 'memory_exporter_command_runs_total{command="free",outcome="spawn"}'), 0);
    });
  });
});

test("a failure is reported, and the next scrape tries again", async () => {
  await withPath(async (folder, env) => {
    await withExporter({ env, args: ["--command.preset=vmstat"] }, async ({ url, logged }) => {
      assert.is(sampleOf(await scrape(url), "memory_up"), 0);
      assert.match(await logged(), /msg="Command failed" command=vmstat outcome=spawn reason="vmstat: not found in /);
      program(folder, "vmstat", "vmstat -s");
      assert.is(sampleOf(await scrape(url), "memory_total_bytes"), ownTotal());
      assert.match(await logged(), /msg="Command works again" command=vmstat argv="vmstat -s"/);
    });
  });
});

test("a shell line is the only attempt", async () => {
  await withPath(async (folder, env) => {
    program(folder, "free", BUSYBOX);
    program(folder, "cat", `touch "$HOME/asked"; cat /proc/meminfo`);
    const { code, stdout } = await run({ args: ["once", "--command=free -b -w"], env });
    assert.is(code, 2);
    assert.is(sampleOf(stdout, "memory_up"), 0);
    assert.not.ok(existsSync(join(folder, "asked")));
  });
});

test.run();
