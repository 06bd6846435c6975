import { get } from "node:http";
import * as assert from "uvu/assert";
import { type Exporter, type RunOptions, sampleOf, withExporter } from "./exporter.ts";
import { ask, scrape } from "./http.ts";
import { PRINT_FREE, until, withPrograms } from "./stand_in.ts";

/** Names of the profiles below /debug/pprof/. */
export const KINDS = ["profile", "heap", "allocs", "trace"] as const;

/** An exporter with the debug paths, which has run its command once. */
export function withDebug(options: RunOptions, use: (exporter: Exporter) => Promise<void>): Promise<void> {
  const args = ["--web.enable-debug", ...(options.args ?? [])];
  return withExporter({ ...options, args }, async (exporter) => {
    await until("the first run", async () => (await ask(`${exporter.url}/-/ready`)).status === 200);
    await use(exporter);
  });
}

/** The same, with a command that prints what free printed once, and all metrics of the exporter itself. */
export function withFree(use: (exporter: Exporter) => Promise<void>): Promise<void> {
  return withPrograms({ free: PRINT_FREE }, (env) => withDebug({ env, args: ["--web.exporter-metrics=all"] }, use));
}

/** Waits until so many requests are under way, beside the one that looks. */
export function untilUnderWay({ url }: Exporter, count: number): Promise<void> {
  const underWay = async () => sampleOf(await scrape(url), "memory_exporter_http_requests_in_flight");
  return until(`${count} requests`, async () => (await underWay()) === count + 1);
}

/** Asks for a profile of a minute, and goes away when it is being taken. */
export async function abandonProfile(exporter: Exporter, kind: string): Promise<void> {
  const sent = get(`${exporter.url}/debug/pprof/${kind}?seconds=${kind === "trace" ? 10 : 60}`, { agent: false });
  sent.on("error", () => {});
  await untilUnderWay(exporter, 1);
  sent.destroy();
}

/** Takes a profile of a second as soon as none is being taken. */
export async function nextProfile({ url }: Exporter, kind: string): Promise<void> {
  await until("a profile that isn't refused", async () => {
    const { status } = await ask(`${url}/debug/pprof/${kind}?seconds=1`);
    assert.ok(status === 200 || status === 409, `${status}`);
    return status === 200;
  });
}
