import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, run, sampleOf, withExporter } from "../exporter.ts";
import { form } from "../forms.ts";
import { scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { childrenOf, zombiesAround } from "./watch.ts";

/** The exporter as the first process of a PID namespace, where all orphans come to it: as in a container without an init. */
const UNDER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] as const;
const namespaced = needs(UNDER[0], ...UNDER.slice(1), "true") ? test : test.skip;
const onDeno = form.endsWith("deno");

const RUNS = 100;
/** Each leaves orphans: children whose parent was killed, of its group and of a session of their own. */
const LINE = "sleep 60 & setsid sleep 60 </dev/null >/dev/null 2>&1 & sleep 60 | cat";

/** `use` gets the number of the namespace's first process as well. */
async function asPid1(
  args: readonly string[],
  use: (exporter: Exporter, first: number) => Promise<void>,
): Promise<void> {
  await withExporter({ under: UNDER, args }, async (exporter) => {
    const [first] = childrenOf(exporter.pid);
    assert.ok(first);
    // unshare hands no signal on: what its child ends with is what it ends with itself.
    await use(exporter, first.pid).finally(() => process.kill(first.pid, "SIGTERM"));
    assert.equal(await exporter.ended, { code: 0, signal: null });
  });
}

/** Runs that time out, all of them with orphans. Resolves to the last page. */
async function timeOut(url: string, runs: number): Promise<string> {
  let page = "";
  for (let i = 0; i < runs; i += 1) page = await scrape(url);
  const counted = sampleOf(page, 'memory_exporter_command_runs_total{command="free",outcome="timeout"}') ?? 0;
  assert.ok(counted >= runs, `${counted} of ${runs} runs timed out`);
  assert.is(sampleOf(page, "memory_exporter_running_as_pid1"), 1);
  return page;
}

const ARGS = [`--command=${LINE}`, "--command.preset=free", "--command.timeout=60ms"];

async function reaps(): Promise<void> {
  await asPid1(ARGS, async ({ url, log }, first) => {
    await timeOut(url, RUNS);
    await until("no zombies", () => zombiesAround(first).length === 0, 2000);
    const page = await timeOut(url, 1);
    assert.is(sampleOf(page, "memory_exporter_zombie_processes"), 0);
    assert.not.match(log(), /PID 1/);
  });
}

/** Deno can't become another program, and so not get an init in front of it. */
async function tells(): Promise<void> {
  await asPid1(ARGS, async ({ url, log }, first) => {
    const page = await timeOut(url, 5);
    assert.ok((sampleOf(page, "memory_exporter_zombie_processes") ?? 0) >= 5);
    assert.ok(zombiesAround(first).length >= 5);
    assert.match(log(), /level=WARN msg="Running as PID 1: orphaned processes are not reaped, start under an init"/);
  });
}

if (onDeno) namespaced("as PID 1 it says that orphans are not reaped, and counts them", tells);
else namespaced(`as PID 1: ${RUNS} commands that time out with orphans leave no zombie`, reaps);

namespaced("what it ends with is what PID 1 ends with", async () => {
  assert.is((await run({ under: UNDER, args: ["--bogus"] })).code, 1);
  if (onDeno) return;
  await withExporter({ under: UNDER }, async ({ pid, ended }) => {
    const [first] = childrenOf(pid);
    const [exporter] = first ? childrenOf(first.pid) : [];
    assert.ok(exporter);
    process.kill(exporter.pid, "SIGKILL");
    // A shell tells of a signal by 128 and its number.
    assert.equal(await ended, { code: 137, signal: null });
  });
});

namespaced("as PID 1 it reads stdin, and its commands aren't told of the init", async () => {
  const stdin = readFileSync(new URL("../golden/free.txt", import.meta.url));
  const parsed = await run({ under: UNDER, args: ["parse", "--command=free -b -w"], stdin });
  assert.is(sampleOf(parsed.stdout, "memory_total_bytes"), 25276510208);
  const free = `cat /proc/self/environ > "$(dirname "$0")/environ"\n${PRINT_FREE}`;
  await withPrograms({ free }, async (env, folder) => {
    assert.is((await run({ under: UNDER, args: ["once"], env })).code, 0);
    assert.not.match(readFileSync(join(folder, "environ"), "latin1"), /UNDER_INIT/);
  });
});

test.run();
