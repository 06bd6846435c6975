import { readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, type RunOptions, run, sampleOf, withExporter } from "../exporter.ts";
import { form, productOf } from "../forms.ts";
import { scrape } from "../http.ts";
import { PRINT_FREE, until, withFolder, withPrograms } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { childrenOf, marked, zombiesAround } from "./watch.ts";

/** The exporter as the first process of a PID namespace, where all orphans come to it: as in a container without an init. */
const UNDER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] as const;
const namespaced = needs(UNDER[0], ...UNDER.slice(1), "true") ? test : test.skip;

const PRODUCT = productOf(form);
/** Without the C library, and on Node, a shell is put in front of it. */
const hasInit = form === "source-fork";
const withInit = hasInit ? namespaced : () => {};
const withoutInit = hasInit ? () => {} : namespaced;

const RUNS = 100;
/** Each leaves orphans: children whose parent was killed, of its group, of a session of their own, and nobody's by any mark of the environment. */
const LINE =
  "sleep 600 & setsid sleep 600 </dev/null >/dev/null 2>&1 & setsid env -i sleep 600 </dev/null >/dev/null 2>&1 & sleep 600 | cat";
const ARGS = [`--command=${LINE}`, "--command.output-of=free -b -w", "--command.timeout=60ms"];

/** `use` gets the number of the namespace's first process as well. */
async function asPid1(options: RunOptions, use: (exporter: Exporter, first: number) => Promise<void>): Promise<void> {
  await withExporter({ ...options, under: UNDER }, async (exporter) => {
    const [first] = childrenOf(exporter.pid);
    assert.ok(first);
    // unshare hands no signal on: what its child ends with is what it ends with itself.
    await use(exporter, first.pid).finally(() => process.kill(first.pid, "SIGTERM"));
    assert.equal(await exporter.ended, { code: 0, signal: null });
  });
}

/** Runs that time out, all of them with orphans. Resolves to the last page. */
async function timeOut(url: string, runs: number): Promise<string> {
  const countOf = (page: string) =>
    sampleOf(page, 'memory_exporter_command_runs_total{command="free",outcome="timeout"}') ?? 0;
  let page = await scrape(url);
  // A scrape may share the run that another began.
  for (const wanted = countOf(page) + runs; countOf(page) < wanted; ) page = await scrape(url);
  assert.is(sampleOf(page, "memory_exporter_running_as_pid1"), 1);
  return page;
}

withoutInit(`as PID 1: ${RUNS} commands that time out with orphans leave nothing`, () =>
  asPid1({ args: ARGS }, async ({ url, log }, first) => {
    await timeOut(url, RUNS);
    await until("no zombies", () => zombiesAround(first).length === 0);
    assert.is(sampleOf(await timeOut(url, 1), "memory_exporter_zombie_processes"), 0);
    await until("no children", () => childrenOf(first).length === 0);
    assert.match(log(), /spawn=\w+/);
    assert.not.match(log(), /PID 1/);
  }),
);

namespaced("as PID 1 it reaps what it never heard of", () =>
  asPid1({}, async ({ url }, first) => {
    const strangers = ["--target", String(first), "--pid", "--mount", "/bin/sh", "-c", "(sleep 0.1 &) & (sleep 0.2 &)"];
    for (let i = 0; i < 10; i += 1) assert.ok(needs("nsenter", ...strangers));
    await until("their end", () => childrenOf(first).length === (hasInit ? 1 : 0));
    assert.is(sampleOf(await scrape(url), "memory_exporter_zombie_processes"), 0);
  }),
);

namespaced("as PID 1 it ends with its own status, and reads stdin", async () => {
  assert.is((await run({ under: UNDER, args: ["--bogus"] })).code, 1);
  const stdin = readFileSync(new URL("../golden/free.txt", import.meta.url));
  const parsed = await run({ under: UNDER, args: ["parse", "--command=free -b -w"], stdin });
  assert.is(sampleOf(parsed.stdout, "memory_total_bytes"), 25276510208);
});

/** Names by which the program of a form can be started. */
async function withNames(use: (name: string, options: RunOptions) => Promise<void>): Promise<void> {
  const file = PRODUCT.at(-1) ?? "";
  const [folder, name] = [dirname(file), basename(file)];
  const by = (word: string) => PRODUCT.map((one) => (one === file ? word : one));
  await use("a path from the working directory", { product: by(`./${name}`), cwd: folder });
  if (form !== "executable") return;
  await withFolder(async (links) => {
    symlinkSync(file, join(links, "linked"));
    // As /bin is on a system with a merged /usr.
    symlinkSync(folder, join(links, "bin"));
    await use("a link", { product: [join(links, "linked")] });
    await use("a folder that is a link", { product: [join(links, "bin", name)] });
    await use("its name in PATH", { product: [name], env: { PATH: `${folder}:${process.env.PATH}` } });
    await use("a shell that becomes it", { product: ["/bin/sh", "-c", 'exec "$0" "$@"', file] });
  });
}

namespaced("as PID 1 it starts by whatever name it is called", () =>
  withNames(async (name, options) => {
    const { code, stdout, stderr } = await run({ ...options, under: UNDER, args: ["once", "--format=json"] });
    assert.equal([code, stdout.slice(0, 1)], [0, "["], `${name}: ${stderr}`);
    await asPid1(options, async ({ url }) => {
      assert.is(sampleOf(await scrape(url), "memory_exporter_running_as_pid1"), 1, name);
    });
  }),
);

withInit("without the C library, an init of its own reaps", () =>
  asPid1({ args: ARGS }, async ({ url, log }, first) => {
    await timeOut(url, RUNS);
    await until("no zombies", () => zombiesAround(first).length === 0);
    assert.is(sampleOf(await timeOut(url, 1), "memory_exporter_zombie_processes"), 0);
    assert.match(log(), /spawn=fork/);
    assert.not.match(log(), /PID 1/);
    for (const { pid } of marked("sleep 600", []))
      if (childrenOf(first).some((one) => one.pid === pid)) process.kill(pid);
  }),
);

withInit("without the C library, what it ends with is what PID 1 ends with", async () => {
  await withExporter({ under: UNDER }, async ({ pid, ended }) => {
    const [first] = childrenOf(pid);
    const [exporter] = first ? childrenOf(first.pid) : [];
    assert.ok(exporter);
    process.kill(exporter.pid, "SIGKILL");
    // A shell tells of a signal by 128 and its number.
    assert.equal(await ended, { code: 137, signal: null });
  });
});

withInit("without the C library, its commands aren't told of the init", async () => {
  const free = `cat /proc/self/environ > "$(dirname "$0")/environ"\n${PRINT_FREE}`;
  await withPrograms({ free }, async (env, folder) => {
    assert.is((await run({ under: UNDER, args: ["once"], env })).code, 0);
    assert.not.match(readFileSync(join(folder, "environ"), "latin1"), /UNDER_INIT/);
  });
});

test.run();
