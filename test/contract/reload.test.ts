import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sampleOf } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { until } from "../stand_in.ts";
import { command, config, reload, reloadsLeaveNothing, withReloads } from "./reloads.ts";

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

test("no page of another server can have a browser reload", () =>
  withReloads(config(command("a", "echo 1")), async ({ url }) => {
    const from = async (origin: string) =>
      (await ask(`${url}/-/reload`, { method: "POST", headers: { Origin: origin } })).status;
    assert.equal([await from("https://evil.example"), await from("null"), await from(url)], [403, 403, 200]);
  }));

test("a GET is no reload", () =>
  withReloads(config(command("a", "echo 1")), async ({ url }) => {
    const { status, headers } = await ask(`${url}/-/reload`);
    assert.equal([status, headers.allow], [405, "POST"]);
  }));

test("fifty reloads under load leave nothing behind", () => reloadsLeaveNothing(50));

test.run();
