import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { until, withFolder } from "../stand_in.ts";
import { openDescriptorsOf } from "./reload_counts.ts";

const command = (name: string, line: string, more = "") =>
  `  - {name: ${name}, command: '${line}', parser: {format: regex, pattern: "(?P<v>[0-9]+)"}, metrics: [{name: x_${name}, help: h, value: v}]${more}}\n`;
const config = (...commands: readonly string[]) => `commands:\n${commands.join("")}`;

type Scene = Exporter & { readonly write: (content: string) => void; readonly folder: string };

function withReloads(content: string, use: (scene: Scene) => Promise<void>) {
  return withFolder(async (folder) => {
    const write = (text: string) => writeFileSync(join(folder, "a.yml"), text.replaceAll("FOLDER", folder));
    write(content);
    await withExporter({ args: [`--config.file=${join(folder, "a.yml")}`] }, (exporter) =>
      use({ ...exporter, write, folder }),
    );
  });
}

const reload = (url: string) => ask(`${url}/-/reload`, { method: "POST" });
const runs = (page: string, name: string) =>
  sampleOf(page, `memory_exporter_command_runs_total{command="${name}",outcome="ok"}`) ?? 0;

test("a reload has the new commands, and those that haven't changed keep their counters", () =>
  withReloads(config(command("a", "echo 1"), command("b", "echo 2")), async ({ url, write }) => {
    await scrape(url);
    const before = await scrape(url);
    write(config(command("a", "echo 1"), command("b", "echo 3"), command("c", "echo 4")));
    const { status, text } = await reload(url);
    assert.equal([status, text], [200, "memory_exporter configuration was reloaded.\n"]);
    const after = await scrape(url);
    assert.equal([sampleOf(after, "x_a"), sampleOf(after, "x_b"), sampleOf(after, "x_c")], [1, 3, 4]);
    assert.ok(runs(after, "a") > runs(before, "a"));
    assert.ok(runs(after, "b") < runs(after, "a"));
    assert.is((await ask(`${url}/-/ready`)).status, 200);
  }));

test("SIGHUP reloads too", () =>
  withReloads(config(command("a", "echo 1")), async ({ url, write, kill, log }) => {
    write(config(command("a", "echo 5")));
    kill("SIGHUP");
    await until("the new one", async () => sampleOf(await scrape(url), "x_a") === 5);
    assert.match(log(), /msg="Configuration reloaded"/);
  }));

test("a bad file changes nothing, and says why in the answer, the log and the metrics", () =>
  withReloads(config(command("a", "echo 1")), async ({ url, write, logged, folder }) => {
    const successful = "memory_exporter_config_last_reload_successful";
    assert.is(sampleOf(await scrape(url), successful), 1);
    write(`${config(command("a", "echo 2"))}bogus: 1\ntiemout: 1\n`);
    const { status, text } = await reload(url);
    assert.is(status, 500);
    const known = "wanted one of max_concurrent, commands";
    assert.is(
      text.replaceAll(folder, ""),
      `failed to reload config: /a.yml:3:1: unknown key "bogus", ${known}\n/a.yml:4:1: unknown key "tiemout", ${known}\n`,
    );
    const page = await scrape(url);
    assert.equal([sampleOf(page, "x_a"), sampleOf(page, successful)], [1, 0]);
    assert.match(await logged(), /level=ERROR msg="Configuration can't be reloaded, the old one stays" err=.*bogus/);
    write(config(command("a", "echo 3")));
    assert.is((await reload(url)).status, 200);
    const mended = await scrape(url);
    assert.equal([sampleOf(mended, "x_a"), sampleOf(mended, successful)], [3, 1]);
  }));

test("a command that runs ends under the old configuration", () =>
  withReloads(
    config(
      command("a", "touch FOLDER/started; until test -e FOLDER/go; do sleep 0.05; done; echo 1; touch FOLDER/ended"),
    ),
    async ({ url, write, folder }) => {
      const asked = scrape(url);
      await until("the run", () => existsSync(join(folder, "started")));
      write(config(command("a", "echo 2")));
      assert.is((await reload(url)).status, 200);
      assert.is(sampleOf(await scrape(url), "x_a"), 2);
      writeFileSync(join(folder, "go"), "");
      assert.is(sampleOf(await asked, "x_a"), 1);
      assert.ok(existsSync(join(folder, "ended")));
    },
  ));

test("a GET is no reload", () =>
  withReloads(config(command("a", "echo 1")), async ({ url }) => {
    const { status, headers } = await ask(`${url}/-/reload`);
    assert.equal([status, headers.allow], [405, "POST"]);
  }));

// How much memory it takes is up to the collector of garbage; descriptors, children and timers are counted.
test("a thousand reloads under load leave nothing behind", () =>
  withReloads(
    config(command("a", "echo 1"), command("b", "echo 2", ", interval: 50ms, max_age: 1h")),
    async ({ url, write, pid }) => {
      await scrape(url);
      const before = openDescriptorsOf(pid);
      let isOver = false;
      const load = (async () => {
        while (!isOver) assert.is(sampleOf(await scrape(url), "memory_up"), 1);
      })();
      for (let round = 0; round < 1000; round += 1) {
        write(config(command("a", `echo ${round}`), command("b", "echo 2", ", interval: 50ms, max_age: 1h")));
        assert.is((await reload(url)).status, 200);
      }
      isOver = true;
      await load;
      const page = await scrape(url);
      assert.is(sampleOf(page, "x_a"), 999);
      assert.is(sampleOf(page, "memory_exporter_zombie_processes"), 0);
      // Connections of the load may take a moment to close.
      if (before !== undefined) await until("its descriptors", () => (openDescriptorsOf(pid) ?? 0) <= before + 2);
    },
  ));

test.run();
