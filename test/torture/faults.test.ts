import { chmodSync, closeSync, copyFileSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, standIn, until, withFolder } from "../stand_in.ts";
import { holdingOf, zombiesOf } from "./watch.ts";

/**
 * Programs that can't be executed, and programs that change while they are. A list of words in the configuration file runs
 * them without a shell, and nothing stands in for them.
 */
const CONFIG = "commands: [{name: free, command: [free, -b, -w]}]\n";

const SCRAPES = 20;

/** An exporter that runs `free`, whose only programs are those that `prepare` puts into a folder. */
async function withOnly(prepare: (folder: string) => void, use: (exporter: Exporter, folder: string) => Promise<void>) {
  await withFolder(async (folder) => {
    prepare(folder);
    const config = join(folder, "config.yml");
    writeFileSync(config, CONFIG);
    await withExporter({ args: [`--config.file=${config}`], env: { PATH: folder } }, async (exporter) => {
      await until("the first run", async () => (await ask(`${exporter.url}/-/ready`)).status === 200);
      await use(exporter, folder);
    });
  });
}

const counted = (page: string, outcome: string) =>
  sampleOf(page, `memory_exporter_command_runs_total{command="free",outcome="${outcome}"}`);

/** Scrapes time and again: each run counts as `spawn`, nothing is held, and it works when the program does. */
async function failsToStart({ url, pid }: Exporter, folder: string): Promise<void> {
  const before = holdingOf(pid);
  for (let i = 0; i < SCRAPES; i += 1) assert.is(sampleOf(await scrape(url), "memory_up"), 0);
  const page = await scrape(url);
  assert.is(counted(page, "spawn"), SCRAPES + 2);
  assert.equal(zombiesOf(pid), []);
  assert.ok(holdingOf(pid).descriptors <= before.descriptors + 2);
  rmSync(join(folder, "free"), { force: true, recursive: true });
  standIn(folder, "free", `PATH=/usr/bin:/bin\n${PRINT_FREE}`);
  assert.is(sampleOf(await scrape(url), "memory_up"), 1);
}

const FAULTS: Readonly<Record<string, (path: string) => void>> = {
  "a program that isn't there": () => {},
  "a program that isn't executable": (path) => writeFileSync(path, "#!/bin/sh\n", { mode: 0o644 }),
  "a program whose interpreter isn't there": (path) => writeFileSync(path, "#!/nonexistent\n", { mode: 0o755 }),
  "a program whose interpreter is a directory": (path) => writeFileSync(path, "#!/usr\n", { mode: 0o755 }),
};

for (const [name, make] of Object.entries(FAULTS)) {
  test(`${name}: spawn`, async () => {
    await withOnly((folder) => make(join(folder, "free")), failsToStart);
  });
}

test("a program that is open for writing: spawn", async () => {
  let descriptor = -1;
  await withOnly(
    (folder) => {
      copyFileSync("/bin/true", join(folder, "free"));
      chmodSync(join(folder, "free"), 0o755);
      descriptor = openSync(join(folder, "free"), "r+");
    },
    async (exporter, folder) => {
      await failsToStart(exporter, folder);
      closeSync(descriptor);
    },
  );
});

test("SIGCHLD that was ignored at the start keeps no end of a command from being heard", async () => {
  const under = ["perl", "-e", '$SIG{CHLD} = "IGNORE"; exec @ARGV'];
  await withExporter({ under }, async ({ url, pid }) => {
    for (let i = 0; i < SCRAPES; i += 1) assert.is(sampleOf(await scrape(url), "memory_up"), 1);
    assert.equal(zombiesOf(pid), []);
  });
});

test("a program that is no program: exit or spawn, as the system takes it", async () => {
  const make = (folder: string) => writeFileSync(join(folder, "free"), "\x7fELF and no more\n", { mode: 0o755 });
  await withOnly(make, async ({ url }) => {
    const page = await scrape(url);
    assert.is(sampleOf(page, "memory_up"), 0);
    assert.is((counted(page, "exit") ?? 0) + (counted(page, "spawn") ?? 0), 2);
  });
});

test("a program that is replaced while it runs ends as it began, and the next run is the new one", async () => {
  const next = "#!/bin/sh\nexit 5\n";
  const script = `PATH=/usr/bin:/bin\nprintf '%s' '${next}' > "$0.new"; chmod +x "$0.new"; mv "$0.new" "$0"; sleep 0.1\n${PRINT_FREE}`;
  await withOnly(
    (folder) => standIn(folder, "free", script),
    async ({ url }) => {
      const page = await scrape(url);
      assert.is(counted(page, "ok"), 1);
      assert.is(counted(page, "exit"), 1);
    },
  );
});

test("a program that is overwritten while it runs is answered for", async () => {
  const script = `PATH=/usr/bin:/bin\n(sleep 0.05; printf 'exit 5\\n%04096d' 0 > "$0") &\nsleep 0.1\n${PRINT_FREE}\n`;
  await withOnly(
    (folder) => standIn(folder, "free", script),
    async ({ url }) => {
      assert.is((await ask(`${url}/metrics`)).status, 200);
      assert.is((await ask(`${url}/-/healthy`)).status, 200);
    },
  );
});

test.run();
