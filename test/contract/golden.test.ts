import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";

const GOLDEN = new URL("../golden/metrics.txt", import.meta.url);

/** Metrics whose values are measured. */
const MEASURED =
  /^(memory_exporter_(command_(age|duration|last_success)|http_request_duration)|nodejs_|process_|memory_exporter_(build|spawn)_info)/;
/** Metrics whose series follow from the runtime and the moment. */
const OF_RUNTIME = /^(nodejs_(gc_|active_|heap_space_)|memory_exporter_command_(cpu|max_resident)_)/;
/** A family that some runtimes don't have. */
const FAMILY_OF_RUNTIME = /^# (HELP|TYPE) (nodejs_gc_|memory_exporter_command_(cpu|max_resident)_)/;

/** A page with what differs from run to run, build to build and runtime to runtime taken out. */
function masked(page: string): string {
  const lines = page.split("\n").flatMap((line) => {
    if (OF_RUNTIME.test(line) || FAMILY_OF_RUNTIME.test(line)) return [];
    if (!MEASURED.test(line)) return [line];
    const [series = ""] = line.split(/ (?=\S+$)/);
    const isBuild = /^(memory_exporter_(build|spawn)_info|nodejs_version_info)/.test(series);
    return [`${isBuild ? series.replace(/="[^"]*"/g, '="…"') : series} …`];
  });
  return lines.join("\n").replace(/\n{3,}/g, "\n\n");
}

test("the whole page is the one in test/golden/metrics.txt, which UPDATE=1 rewrites", async () => {
  const page = await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env }, async ({ url, log }) => {
      await until("the first run", () => log().includes("Command works"));
      // On one connection an answer is counted before the next request is read.
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      await ask(`${url}/metrics`, { agent, headers: { "User-Agent": "Prometheus/3.0.0" } });
      const { text } = await ask(`${url}/metrics`, { agent });
      agent.destroy();
      return masked(text);
    }),
  );
  if (process.env.UPDATE === "1") writeFileSync(GOLDEN, page);
  assert.fixture(page, readFileSync(GOLDEN, "utf8"));
});

test.run();
