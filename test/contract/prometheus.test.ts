import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { answerOf, hasPrometheus, withPrometheus } from "../prometheus.ts";
import { hasPrometheus3, PROMETHEUS_3, PROMTOOL_3 } from "../servers.ts";
import { until, withFolder } from "../stand_in.ts";
import { needs, runTool } from "../tools.ts";

/** The scrape configuration that README.md shows. */
function shownConfig(): string {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map((block) => block[1] ?? "");
  const config = blocks.find((block) => /^scrape_configs:$/m.test(block));
  if (config === undefined) throw new Error("README.md has no block of yaml with scrape_configs");
  return config;
}

/** This machine's own Prometheus, and version 3. */
const KINDS = [
  {
    name: "Prometheus",
    here: hasPrometheus && needs("promtool", "--version"),
    program: "prometheus",
    tool: "promtool",
  },
  { name: "Prometheus 3", here: hasPrometheus3(), program: PROMETHEUS_3, tool: PROMTOOL_3 },
];

for (const kind of KINDS) {
  (kind.here ? test : test.skip)(`${kind.name} scrapes it by the configuration that README.md shows`, () =>
    isScraped(kind),
  );
}

async function isScraped({ program, tool }: { program: string; tool: string }): Promise<void> {
  const shown = shownConfig();
  assert.match(shown, /localhost:9101/);
  await withFolder((folder) =>
    withExporter({}, async ({ url }) => {
      // What README.md leaves to Prometheus' defaults would take a minute.
      const config = `global: {scrape_interval: 1s, scrape_timeout: 1s}\n${shown.replace("localhost:9101", new URL(url).host)}`;
      await withPrometheus(
        config,
        folder,
        async (api, log) => {
          const check = runTool(tool, ["check", "config", join(folder, "prometheus.yml")], "");
          assert.is(check.status, 0, check.stderr);
          await until("memory_up == 1", async () => (await answerOf(api, "memory_up == 1")) === "1").catch((error) => {
            throw new Error(`${error.message}\n${log()}`);
          });
          assert.is(await answerOf(api, "up"), "1");
          assert.ok(Number(await answerOf(api, "memory_total_bytes")) > 2 ** 20);
          // A counter's family has the suffix in the text format, and none in OpenMetrics.
          const metadata = JSON.parse((await ask(`${api}/metadata?metric=memory_exporter_command_runs`)).text);
          assert.is(
            metadata.data.memory_exporter_command_runs?.[0]?.type,
            "counter",
            "wanted OpenMetrics to be asked for",
          );
          const targets = JSON.parse((await ask(`${api}/targets`)).text).data.activeTargets;
          assert.equal(
            targets.map((target: { health: string; lastError: string }) => [target.health, target.lastError]),
            [["up", ""]],
          );
        },
        { program },
      );
    }),
  );
}

test.run();
