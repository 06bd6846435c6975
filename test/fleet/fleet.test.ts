import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { cpuMs, memoryMebibytes } from "../../bench/process.ts";
import { type Exporter, withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { answerOf, hasPrometheus, withPrometheus } from "../prometheus.ts";
import { hasVictoriaMetrics, VICTORIA_METRICS_SERVER, withServer } from "../servers.ts";
import { until, withFolder } from "../stand_in.ts";

/** The Prometheus of examples/fleet with 50 exporters, which sends on to a second Prometheus and to VictoriaMetrics. */

const FLEET = join(import.meta.dirname, "../../examples/fleet");
const SERVERS = 50;
/** Scrapes of each server over which its cost is measured. */
const SCRAPES = 5;

/** Runs as many exporters as there are names, one in the other. */
async function withExporters(left: number, use: (all: readonly Exporter[]) => Promise<void>): Promise<void> {
  const starting = Array.from({ length: left }, () => Promise.withResolvers<Exporter>());
  const over = Promise.withResolvers<void>();
  const running = starting.map(({ resolve, reject }) =>
    withExporter({}, (exporter) => {
      resolve(exporter);
      return over.promise;
    }).catch(reject),
  );
  try {
    await use(await Promise.all(starting.map(({ promise }) => promise)));
  } finally {
    over.resolve();
    await Promise.allSettled(running);
  }
}

type Config = {
  global: { scrape_interval: string; scrape_timeout: string };
  scrape_configs: { job_name: string; scrape_interval?: string; scrape_timeout?: string; http_sd_configs?: object[] }[];
  rule_files: string[];
  remote_write: { name: string; url: string }[];
};

/** The example's configuration with the addresses of this test, and intervals that a test can wait for. */
function configFor(exporter: string, stores: Readonly<Record<string, string>>): string {
  const config: Config = parse(readFileSync(join(FLEET, "prometheus.yml"), "utf8"));
  assert.equal(config.remote_write.map(({ name }) => name).sort(), Object.keys(stores).sort());
  const scrape_configs = config.scrape_configs.map((one) => ({
    ...one,
    ...(one.scrape_interval && { scrape_interval: "5s", scrape_timeout: "5s" }),
    ...(one.http_sd_configs && { http_sd_configs: [{ url: `${exporter}/discovery`, refresh_interval: "5s" }] }),
  }));
  const remote_write = config.remote_write.map((one) => ({ ...one, url: `${stores[one.name]}/api/v1/write` }));
  const global = { ...config.global, scrape_interval: "5s", scrape_timeout: "5s" };
  return stringify({ ...config, global, scrape_configs, remote_write });
}

/** Waits until an expression has a value. */
async function awaitAnswer(api: string, expression: string, wanted: number): Promise<void> {
  await until(`${expression} == ${wanted}`, async () => Number(await answerOf(api, expression)) === wanted);
}

/** The sum over the series of a family. */
function totalOf(page: string, name: string): number {
  return [...page.matchAll(new RegExp(`^${name}{.*} (.*)$`, "gm"))].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function costs(api: string, exporters: readonly Exporter[]): Promise<void> {
  const scraped = async () => Number(await answerOf(api, 'sum(promhttp_metric_handler_requests_total{job="memory"})'));
  const cpu = () => exporters.reduce((sum, { pid }) => sum + cpuMs(pid), 0);
  const [before, cpuBefore] = [await scraped(), cpu()];
  await until("the scrapes", async () => (await scraped()) >= before + SERVERS * SCRAPES);
  const cpuAfter = cpu();
  const scrapes = (await scraped()) - before;
  const own = exporters.reduce((sum, { pid }) => sum + memoryMebibytes(pid).own, 0) / SERVERS;
  const figure = async (expression: string) => Number(await answerOf(api, expression)).toFixed(0);
  console.log(`${SERVERS} exporters, ${scrapes} scrapes. Each of them:`);
  console.log(`  CPU ${((cpuAfter - cpuBefore) / scrapes).toFixed(1)} ms a scrape, own memory ${own.toFixed(0)} MiB`);
  console.log(`  samples ${await figure('avg(scrape_samples_scraped{job="memory"})')}`);
  console.log(`  bytes of a page ${await figure('avg(scrape_body_size_bytes{job="memory"})')}`);
  const page = (await ask(`${new URL(api).origin}/metrics`)).text;
  const [bytes, samples] = ["bytes", "samples"].map((what) => totalOf(page, `prometheus_remote_storage_${what}_total`));
  console.log(`  bytes sent on for a sample ${((bytes ?? 0) / (samples ?? 0)).toFixed(1)}`);
}

const able = hasPrometheus && hasVictoriaMetrics();

(able ? test : test.skip)(`${SERVERS} exporters are up, and two stores have what they serve`, () =>
  withFolder((folder) =>
    withExporters(SERVERS, (exporters) =>
      withServer(VICTORIA_METRICS_SERVER, async ({ url: victoria }) => {
        const second = join(folder, "second");
        mkdirSync(second);
        mkdirSync(join(folder, "targets"));
        const targets = exporters.map(({ url }) => new URL(url).host);
        writeFileSync(join(folder, "targets/servers.yml"), stringify([{ targets, labels: { site: "test" } }]));
        const receiver = { args: ["--web.enable-remote-write-receiver"] };
        await withPrometheus(
          "",
          second,
          async (secondApi) => {
            const stores = { prometheus: secondApi.replace("/api/v1", ""), victoriametrics: victoria };
            const features = { args: ["--enable-feature=extra-scrape-metrics"] };
            await withPrometheus(
              configFor(exporters[0]?.url ?? "", stores),
              folder,
              async (api) => {
                for (const one of [api, secondApi, `${victoria}/api/v1`]) {
                  await awaitAnswer(one, 'count(up{job="memory"} == 1)', SERVERS);
                  await awaitAnswer(one, 'count(memory_up{job="memory",site="test"} == 1)', SERVERS);
                  await awaitAnswer(one, 'count(memory_available_bytes{job="memory"} > 0)', SERVERS);
                }
                // What the first exporter's /discovery lists.
                await awaitAnswer(api, 'count(probe_success{job="memory_commands"} == 1)', 1);
                await costs(api, exporters);
              },
              features,
            );
          },
          receiver,
        );
      }),
    ),
  ),
);

test.run();
