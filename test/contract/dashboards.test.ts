import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dashboard } from "../../src/print/dashboard.ts";
import { scrapeConfig } from "../../src/print/scrape_config.ts";
import { withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { expressionOf, PANELS } from "../node_exporter_panels.ts";
import { hasPrometheus, withPrometheus } from "../prometheus.ts";
import { until, withFolder } from "../stand_in.ts";

/** Our dashboard and that of node_exporter, answered by a Prometheus that scrapes one exporter for each. */

const fixture = (name: string) => join(import.meta.dirname, "../fixtures/memory", name, "stdout");

/** What a machine without swap, NUMA, zram or pressure doesn't print, and the command line that would print it. */
const TEXTS: Readonly<Record<string, readonly [line: string, outputOf: string]>> = {
  free: [`cat ${fixture("procps402-wide")}`, "free -w"],
  pressure: [`cat ${fixture("pressure-stalled")}`, "cat /proc/pressure/memory"],
  oom: ["printf '%s 7\\n' pgfault pgmajfault pswpin pswpout oom_kill allocstall_normal", "cat /proc/vmstat"],
  zram: [`cat ${fixture("zramctl-all")}`, "zramctl --output-all"],
  numa: [`cat ${fixture("numastat-two-nodes")}`, "numastat -m"],
  cgroup: [
    "printf '/sys/fs/cgroup/a.slice/memory.%s 4096\\n' current: max: | tr -d ' '",
    "grep -H '' /sys/fs/cgroup/a.slice/memory.current /sys/fs/cgroup/a.slice/memory.max",
  ],
};

const CONFIG = [
  "commands:",
  ...Object.entries(TEXTS).map(
    ([name, [line, outputOf]]) =>
      `  - {name: ${name}, interval: 1s, command: ${JSON.stringify(line)}, output_of: ${JSON.stringify(outputOf)}}`,
  ),
  "  - {name: processes, interval: 1s, preset: processes}",
  "",
].join("\n");

type Series = Readonly<Record<string, string>>;

/** Labels of the series that an expression gives. */
async function seriesOf(api: string, expression: string): Promise<readonly Series[]> {
  const reply = await ask(`${api}/query?query=${encodeURIComponent(expression)}`);
  assert.is(reply.status, 200, `${expression}: ${reply.text}`);
  return JSON.parse(reply.text).data.result.map(({ metric }: { metric: Series }) => metric);
}

/** What each expression gives, once all of them give something. */
async function answered(api: string, expressions: readonly string[]): Promise<ReadonlyMap<string, readonly Series[]>> {
  const known = new Map<string, readonly Series[]>();
  const missing = () => expressions.filter((expression) => !known.has(expression));
  const look = async () => {
    for (const expression of missing()) {
      const series = await seriesOf(api, expression);
      if (series.length > 0) known.set(expression, series);
    }
    return missing().length === 0;
  };
  await until("data", look).catch((error) => {
    throw new Error(`${error.message}; no data for:\n${missing().join("\n")}`);
  });
  return known;
}

type Target = { readonly expr: string; readonly legendFormat: string };
const OURS: readonly { readonly title: string; readonly targets?: readonly Target[] }[] = JSON.parse(
  dashboard("memory"),
).panels;

/** What Grafana puts in place of its variables. */
function filled(expression: string, instance: string): string {
  return expression.replaceAll("$__rate_interval", "1m").replaceAll("$instance", instance).replaceAll("$job", "memory");
}

(hasPrometheus ? test : test.skip)("no panel is empty, and every legend has its labels", async () => {
  await withFolder(async (folder) => {
    const config = join(folder, "commands.yml");
    writeFileSync(config, CONFIG);
    await withExporter({ args: [`--config.file=${config}`] }, (ours) =>
      withExporter({ args: ["--metrics.names=node_exporter"] }, async (theirs) => {
        const [own, other] = [ours, theirs].map(({ url }) => new URL(url).host) as [string, string];
        const scraped = scrapeConfig({ targets: [own, other], scheme: "http", path: "/metrics" });
        const global = "global: {scrape_interval: 1s, scrape_timeout: 1s}\n";
        await withPrometheus(global + scraped, folder, async (api) => {
          await isAnswered(api, own);
          await areTheirsAnswered(api, other);
        });
      }),
    );
  });
});

async function isAnswered(api: string, instance: string): Promise<void> {
  const targets = OURS.flatMap((panel) => (panel.targets ?? []).map((target) => ({ ...target, title: panel.title })));
  assert.ok(targets.length > 40);
  const known = await answered(
    api,
    targets.map(({ expr }) => filled(expr, instance)),
  );
  for (const { title, expr, legendFormat } of targets) {
    const [series = {}] = known.get(filled(expr, instance)) ?? [];
    for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
      assert.ok(label in series, `${title}: ${label} is no label of ${expr}`);
  }
}

/** Lines of /proc/meminfo that this kernel doesn't have, node_exporter doesn't give either. */
function isHere(written: string): boolean {
  const keys = readFileSync("/proc/meminfo", "latin1").match(/^\S+(?=:)/gm) ?? [];
  const names = new Set(keys.map((key) => key.replace(/\((.*)\)/, "_$1")));
  const asked = written.match(/\b[A-Z]\w+/g) ?? [];
  const isThere = !written.startsWith("pressure_") || existsSync("/proc/pressure/memory");
  return isThere && asked.every((name) => names.has(name.replace(/_bytes$/, "")));
}

/** What no newer kernel has, or not every one. */
const MAY_LACK = ["Memory NFS", "Pressure Stall Information"];

async function areTheirsAnswered(api: string, instance: string): Promise<void> {
  const here = Object.entries(PANELS).map(([title, all]) => [title, all.filter(isHere)] as const);
  for (const [title, written] of here) assert.ok(written.length > 0 || MAY_LACK.includes(title), title);
  await answered(
    api,
    here.flatMap(([, all]) => all.map((written) => expressionOf(written, instance))),
  );
}

test.run();
