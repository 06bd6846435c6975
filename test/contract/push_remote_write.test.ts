import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PROMETHEUS_KINDS, pushOnce, query, withControlled, withPushing } from "../push_scene.ts";
import { PRINT_FREE, until, withFolder } from "../stand_in.ts";
import { needs } from "../tools.ts";

const remoteWrite = (url: string, ...more: string[]) => [
  "--push.protocol=remote-write",
  `--push.url=${url}/api/v1/write`,
  ...more,
];

/** How many samples of a series a Prometheus has. */
async function countOf(url: string, series: string): Promise<number> {
  const [found] = await query(url, `count_over_time(${series}[1h])`);
  return Number(found?.value?.[1] ?? 0);
}

/** Each gathering makes one run: this series counts them. */
const RUNS = 'memory_exporter_command_runs_total{outcome="ok"}';

async function valuesOf(url: string, series: string): Promise<readonly number[]> {
  const [found] = await query(url, `${series}[1h]`);
  return (found?.values ?? []).map(([, value]) => Number(value)).filter((value) => !Number.isNaN(value));
}

/** A stand-in for free that writes a line to a file in each run, and how many runs have begun. */
function countedFree(folder: string) {
  const file = join(folder, "runs");
  const begun = () => (existsSync(file) ? readFileSync(file, "utf8").length / 2 : 0);
  return { free: `echo x >>'${file}'; ${PRINT_FREE}`, begun };
}

/** How many runs are made while a server is away. */
const RUNS_AWAY = 10;

/** As many numbers, each one more than that before it. */
const countUp = ([first = 0, ...more]: readonly number[]) => [first, ...more].map((_, index) => first + index);

for (const [version, kind] of Object.entries(PROMETHEUS_KINDS)) {
  const prometheus = needs(kind.program, "--version") ? test : test.skip;

  for (const wanted of ["1", "2"]) {
    prometheus(`Prometheus ${version} stores what is pushed by remote write ${wanted}, once`, () =>
      withControlled(kind, async ({ url }) => {
        const args = remoteWrite(url, `--push.remote-write-version=${wanted}`, "--push.job=j", "--push.label=zone=a");
        const { code, stderr } = await pushOnce(args);
        assert.is(code, 0, stderr);
        const isFallback = version === "2" && wanted === "2";
        assert.is(/Push falls back to another version of the protocol/.test(stderr), isFallback);
        const [total, ...others] = await query(url, "memory_total_bytes");
        assert.equal([total?.value?.[1], others], ["25276510208", []]);
        const { instance, ...labels } = total?.metric ?? {};
        assert.equal(labels, { __name__: "memory_total_bytes", job: "j", zone: "a" });
        assert.ok(instance);
        assert.is(await countOf(url, "memory_total_bytes"), 1);
      }),
    );
  }

  prometheus(`Prometheus ${version}: series that end are marked, when they disappear and at a clean end`, () =>
    withFolder((folder) =>
      withControlled(kind, async ({ url }) => {
        const free = `[ -e '${folder}/fails' ] && exit 3; ${PRINT_FREE}`;
        await withPushing(
          remoteWrite(url, "--push.interval=100ms", "--command=free -b -w"),
          async ({ end, log }) => {
            const has = async (series: string) => (await query(url, series)).length > 0;
            await until("pushed", () => has("memory_total_bytes"));
            writeFileSync(`${folder}/fails`, "");
            await until("ended", async () => !(await has("memory_total_bytes")));
            assert.ok(await has("memory_up == 0"));
            assert.is(await end("SIGTERM"), 0, log());
            assert.not.ok(await has("memory_up"));
          },
          free,
        );
      }),
    ),
  );

  prometheus(`Prometheus ${version}: an outage loses nothing, and what was queued comes in order`, () =>
    withFolder((folder) =>
      withControlled(kind, async (server) => {
        const { url } = server;
        const { free, begun } = countedFree(folder);
        const args = remoteWrite(url, "--push.interval=100ms", "--push.timeout=2s");
        let away = 0;
        await withPushing(
          args,
          async ({ end, log }) => {
            await until("pushed", async () => (await countOf(url, "memory_up")) > 3);
            await server.kill();
            away = begun() + RUNS_AWAY;
            await until("failed", () => /Push failed, trying again/.test(log()));
            await until("runs meanwhile", () => begun() > away);
            await server.start();
            await until("caught up", () => /Push works again/.test(log()));
            assert.is(await end("SIGTERM"), 0);
          },
          free,
        );
        const runs = await valuesOf(url, RUNS);
        assert.equal(runs, countUp(runs), "a run is missing or out of order");
        assert.is(runs[0], 1);
        assert.ok(runs.length >= away, `${runs.length} runs of ${away}`);
      }),
    ),
  );

  prometheus(`Prometheus ${version}: with a spool an exporter that is killed loses nothing that it queued`, () =>
    withFolder((folder) =>
      withControlled(kind, async (server) => {
        const { url } = server;
        const args = remoteWrite(url, "--push.interval=100ms", `--push.spool=${folder}/spool`, "--push.timeout=2s");
        const { free, begun } = countedFree(folder);
        await server.kill();
        await withPushing(
          args,
          async ({ end, log }) => {
            await until("failed", () => /Push failed/.test(log()));
            await until("runs meanwhile", () => begun() > RUNS_AWAY);
            await end("SIGKILL");
          },
          free,
        );
        await server.start();
        await withPushing(args, async ({ end }) => {
          const restarts = async () => (await query(url, `resets(${RUNS}[1h]) == 1`)).length;
          await until("pushed by the second", async () => (await restarts()) === 1);
          assert.is(await end("SIGTERM"), 0);
        });
        const runs = await valuesOf(url, RUNS);
        const second = runs.indexOf(1, 1);
        const [first, last] = [runs.slice(0, second), runs.slice(second)];
        assert.equal([first, last], [countUp(first), countUp(last)], "a run is missing or out of order");
        assert.equal([first[0], last[0]], [1, 1]);
        // When a run begins, the one before it is queued.
        assert.ok(first.length >= RUNS_AWAY, `${first.length} runs of before the kill`);
      }),
    ),
  );
}

test.run();
