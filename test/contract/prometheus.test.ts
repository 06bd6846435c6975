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

const here = KINDS.filter((kind) => kind.here);

// At once: each waits for its discovery for seconds.
(here.length > 0 ? test : test.skip)(
  `${KINDS.map(({ name }) => name).join(" and ")} scrape it by the configuration that README.md shows`,
  async () => void (await Promise.all(here.map(isScraped))),
);

/** Whether the last scrape gave what it has to. */
async function isWell(api: string): Promise<boolean> {
  const [up, memoryUp] = [await answerOf(api, "up"), await answerOf(api, "memory_up")];
  const total = Number(await answerOf(api, "memory_total_bytes"));
  const { activeTargets } = JSON.parse((await ask(`${api}/targets`)).text).data;
  const targets = activeTargets.map(({ health, lastError }: Target) => `${health}${lastError}`);
  return up === "1" && memoryUp === "1" && total > 2 ** 20 && targets.join() === "up";
}

type Target = { readonly health: string; readonly lastError: string };

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
          // A busy machine may take longer than one of its scrapes waits: the next one tells.
          await until("a scrape in which all is well", () => isWell(api)).catch((error) => {
            throw new Error(`${error.message}\n${log()}`);
          });
          // A counter's family has the suffix in the text format, and none in OpenMetrics.
          const metadata = JSON.parse((await ask(`${api}/metadata?metric=memory_exporter_command_runs`)).text);
          assert.is(
            metadata.data.memory_exporter_command_runs?.[0]?.type,
            "counter",
            "wanted OpenMetrics to be asked for",
          );
        },
        { program },
      );
    }),
  );
}

test.run();
