import { mkdirSync, rmdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, start, withExporter } from "../exporter.ts";
import { form } from "../forms.ts";
import { ask, readyOn, scrape } from "../http.ts";
import { PRINT_FREE, until, withFolder, withPrograms } from "../stand_in.ts";
import { testWhere } from "../tools.ts";
import { hierarchyOf, inCgroup, readIn, setIn, withCgroup } from "./cgroups.ts";
import { holdingOf, zombiesOf } from "./watch.ts";

/** What the machine may lack: the run fails in time and is counted, nothing is lost, and it works again afterwards. */

const onDeno = form.endsWith("deno");
const counted = (page: string, outcome: string) =>
  sampleOf(page, `memory_exporter_command_runs_total{command="free",outcome="${outcome}"}`);

async function firstRun({ url }: Exporter): Promise<void> {
  await until("the first run", async () => (await ask(`${url}/-/ready`)).status === 200);
}

/** One command, which nothing stands in for when it fails. */
const ONE = ["--command=free -b -w"];
const SCRAPES = 50;

/** How many descriptors it holds when it has nothing to do. */
async function descriptorsAtRest(): Promise<number> {
  return withExporter({ args: ONE }, async (exporter) => {
    await firstRun(exporter);
    await scrape(exporter.url);
    // A connection that ends late on a busy machine would count as one of its own.
    const looks: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      await sleep(100);
      looks.push(holdingOf(exporter.pid).descriptors);
    }
    return Math.min(...looks);
  });
}

const limited = (limit: number) => ["/bin/sh", "-c", `ulimit -n ${limit} && exec "$@"`, "sh"];

test("descriptors: with fewer than 16 free nothing is started, and none is lost", async () => {
  const atRest = await descriptorsAtRest();
  // Every number of free ones that a spawn could fail with, and lose some.
  for (const free of [4, 5, 6, 7, 8, 12, 15]) {
    await withExporter({ args: ONE, under: limited(atRest + free) }, async (exporter) => {
      await firstRun(exporter);
      const before = holdingOf(exporter.pid);
      // The first run came before all was open that is open now.
      const spawnsBefore = counted(await scrape(exporter.url), "spawn") ?? 0;
      for (let i = 0; i < 10; i += 1) assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 0, `${free} free`);
      assert.is(counted(await scrape(exporter.url), "spawn"), spawnsBefore + 11);
      assert.ok(holdingOf(exporter.pid).descriptors <= before.descriptors + 1, `${free} free`);
      assert.equal(zombiesOf(exporter.pid), []);
    });
  }
});

test("descriptors: it works again when connections give them back", async () => {
  const limit = (await descriptorsAtRest()) + 18;
  await withExporter({ args: ONE, under: limited(limit) }, async (exporter) => {
    await firstRun(exporter);
    assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 1);
    const { port } = new URL(exporter.url);
    const idle = [1, 2, 3].map(() => connect(Number(port), "127.0.0.1").on("error", () => {}));
    await until("the connections", () => limit - holdingOf(exporter.pid).descriptors < 16);
    assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 0);
    for (const socket of idle) socket.destroy();
    await until("the descriptors", () => limit - holdingOf(exporter.pid).descriptors > 16);
    assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 1);
  });
});

const pids = hierarchyOf("pids");
// A Deno that can't start a thread ends itself: nothing can be held there.
(onDeno ? testWhere(false) : pids ? test : test.skip)("processes: a fork that fails counts as spawn", async () => {
  if (pids === undefined) return;
  await withCgroup(pids, async (directory) => {
    await withExporter({ args: ONE, under: inCgroup(directory) }, async (exporter) => {
      await firstRun(exporter);
      const before = holdingOf(exporter.pid);
      setIn(directory, "pids.max", readIn(directory, "pids.current"));
      for (let i = 0; i < SCRAPES; i += 1) {
        const page = await scrape(exporter.url);
        assert.is(sampleOf(page, "memory_up"), 0);
        assert.is(counted(page, "spawn"), i + 1);
      }
      setIn(directory, "pids.max", "max");
      assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 1);
      assert.ok(holdingOf(exporter.pid).descriptors <= before.descriptors + 2);
      assert.equal(zombiesOf(exporter.pid), []);
    });
  });
});

/** What Deno keeps below HOME, where HOME is another. */
const DENO_CACHE = { DENO_DIR: process.env.DENO_DIR ?? `${process.env.HOME}/.cache/deno` };

const memory = hierarchyOf("memory");
(memory ? test : test.skip)(
  "memory: a command that takes all that the cgroup has is killed, not the exporter",
  async () => {
    if (memory === undefined) return;
    const eat = `test -e "$HOME/eat" && exec perl -e '$x = "x" x (2 << 30)'\n${PRINT_FREE}`;
    await withCgroup(memory, async (directory) => {
      setIn(directory, memory.version === 1 ? "memory.limit_in_bytes" : "memory.max", 512 * 2 ** 20);
      await withPrograms({ free: eat }, async (programs, HOME) => {
        const args = ["--command=exec free -b -w", "--command.timeout=20s"];
        const env = { ...programs, HOME, ...(onDeno && DENO_CACHE) };
        await withExporter({ under: inCgroup(directory), args, env }, async (exporter) => {
          await firstRun(exporter);
          mkdirSync(join(HOME, "eat"));
          const page = await scrape(exporter.url);
          assert.is(counted(page, "signal"), 1);
          rmdirSync(join(HOME, "eat"));
          assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 1);
          assert.equal(zombiesOf(exporter.pid), []);
        });
      });
    });
  },
);

test("a full disk: a log that can't be written, and a command that can't write, do no harm", async () => {
  await withFolder(async (folder) => {
    const socketPath = join(folder, "sock");
    const under = ["/bin/sh", "-c", 'exec "$@" 2>/dev/full', "sh"];
    const args = [
      `--web.listen-address=unix:${socketPath}`,
      "--log.level=debug",
      "--command=free -b -w | tee /dev/full",
    ];
    const child = start({ under, args });
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    try {
      await readyOn(socketPath);
      for (let i = 0; i < 5; i += 1) {
        const { status, text } = await ask("http://x/metrics", { socketPath });
        assert.is(status, 200);
        assert.is(sampleOf(text, "memory_up"), 0);
      }
    } finally {
      child.kill("SIGTERM");
    }
    assert.equal(await ended, { code: 0, signal: null });
  });
});

test("a working directory that is deleted is not missed", async () => {
  await withFolder(async (folder) => {
    const cwd = join(folder, "gone");
    mkdirSync(cwd);
    await withExporter({ cwd }, async (exporter) => {
      await firstRun(exporter);
      rmdirSync(cwd);
      assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 1);
    });
  });
});

// Deno itself doesn't start without one.
testWhere(!onDeno)("a working directory that was never there is not missed", async () => {
  await withFolder(async (folder) => {
    const under = ["/bin/sh", "-c", 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"', join(folder, "gone")];
    await withExporter({ under }, async (exporter) => {
      await firstRun(exporter);
      assert.is(sampleOf(await scrape(exporter.url), "memory_up"), 1);
    });
  });
});

test.run();
