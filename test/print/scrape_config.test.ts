import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { discoveryConfig, scrapeConfig } from "../../src/print/scrape_config.ts";
import { withFolder } from "../stand_in.ts";
import { runTool } from "../tools.ts";
import { promtoolTest } from "./promtool.ts";

const PLAIN = { targets: ["localhost:9101"], scheme: "http", path: "/metrics" } as const;

test("README.md shows what is printed", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  assert.ok(readme.includes(`\`\`\`yaml\n${scrapeConfig(PLAIN)}\`\`\`\n`));
});

promtoolTest("Prometheus takes it, with a path and a scheme too", async () => {
  await withFolder((folder) => {
    const file = join(folder, "prometheus.yml");
    for (const scraped of [
      PLAIN,
      { targets: ["[::1]:9101", "a.example:443"], scheme: "https", path: "/m/metrics" } as const,
    ]) {
      writeFileSync(file, scrapeConfig(scraped));
      const { status, stderr } = runTool("promtool", ["check", "config", file], "");
      assert.is(status, 0, stderr);
    }
  });
});

promtoolTest("Prometheus takes the discovery of commands too", async () => {
  const text = discoveryConfig({ targets: ["[::1]:9101", "a.example:443"], scheme: "https", path: "/m/discovery" });
  assert.match(text, /^ {6}- url: "https:\/\/a\.example:443\/m\/discovery"$/m);
  await withFolder((folder) => {
    const file = join(folder, "prometheus.yml");
    writeFileSync(file, text);
    assert.is(runTool("promtool", ["check", "config", file], "").status, 0);
  });
});

test("what isn't Prometheus' default is said", () => {
  const lines = scrapeConfig({ targets: ["a:1"], scheme: "https", path: "/m/metrics" }).split("\n");
  assert.ok(lines.includes("    scheme: https"));
  assert.ok(lines.includes('    metrics_path: "/m/metrics"'));
});

test.run();
