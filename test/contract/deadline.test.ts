import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";

const HEADER = "X-Prometheus-Scrape-Timeout-Seconds";
const TIMEOUT = 'memory_exporter_command_timeout_seconds{command="free"}';

async function readiness({ url }: Exporter): Promise<number> {
  return (await ask(`${url}/-/ready`)).status;
}

test("it is ready when the first run has ended, and healthy before", async () => {
  await withPrograms({ free: `sleep 1.5; ${PRINT_FREE}` }, (env) =>
    withExporter({ env }, async (exporter) => {
      const { status, text } = await ask(`${exporter.url}/-/ready`);
      assert.equal([status, text], [503, "memory_exporter is not Ready.\n"]);
      assert.is((await ask(`${exporter.url}/-/healthy`)).status, 200);
      await until("ready", async () => (await readiness(exporter)) === 200);
    }),
  );
});

test("a first run that fails makes it ready too", async () => {
  await withPrograms({ free: "exit 1" }, (env) =>
    withExporter({ env, args: ["--command=free"] }, (exporter) =>
      until("ready", async () => (await readiness(exporter)) === 200),
    ),
  );
});

test("the smaller of the timeout and the scraper's deadline bounds a run", async () => {
  const args = ["--command=free -b -w", "--command.timeout=3s", "--timeout-offset=0.25"];
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env, args }, async (exporter) => {
      await until("ready", async () => (await readiness(exporter)) === 200);
      const allowed = async (seconds: string) => sampleOf(await scrape(exporter.url, { [HEADER]: seconds }), TIMEOUT);
      assert.is(await allowed("10"), 3);
      assert.is(await allowed("3.125"), 2.875);
      assert.is(await allowed("3.25"), 3);
      assert.is(await allowed("1e9"), 3);
      assert.is(sampleOf(await scrape(exporter.url), TIMEOUT), 3);
    }),
  );
});

test("a run that takes too long is killed at the scraper's deadline less the offset, never let off", async () => {
  // The first run, which has no scraper, ends at once.
  const free = `test -e "$HOME/slow" && exec sleep 60; touch "$HOME/slow"; ${PRINT_FREE}`;
  await withPrograms({ free }, (env, HOME) =>
    withExporter({ env: { ...env, HOME }, args: ["--command=free -b -w"] }, async (exporter) => {
      await until("ready", async () => (await readiness(exporter)) === 200);
      for (const [header, least, most] of [
        ["1.2", 0.6, 1.2],
        ["0.3", 0, 0.5],
        ["0.0001", 0, 0.5],
      ] as const) {
        const began = performance.now();
        const page = await scrape(exporter.url, { [HEADER]: header });
        const seconds = (performance.now() - began) / 1000;
        assert.is(sampleOf(page, "memory_up"), 0);
        assert.ok(seconds > least, `${seconds} s at a deadline of ${header} s`);
        // Twice over, for a machine that is busy with other things.
        assert.ok(seconds < 2 * most + 1, `${seconds} s at a deadline of ${header} s`);
        assert.ok((sampleOf(page, TIMEOUT) ?? 0) > 0);
      }
    }),
  );
});

test("a malformed deadline is ignored, and debug lines say so", async () => {
  const malformed = ["soon", "-1", "0", "0.0", "1,5", "NaN", "Infinity", "0x10", "5s", "1 2", "9".repeat(400)];
  const args = ["--log.level=debug", "--command.timeout=4s", "--command=free -b -w"];
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env, args }, async ({ url, logged }) => {
      for (const [index, header] of malformed.entries()) {
        assert.is(sampleOf(await scrape(url, { [HEADER]: header }), TIMEOUT), 4, header);
        const said = (await logged()).match(/^.* level=DEBUG msg="Ignoring malformed header" .*$/gm) ?? [];
        assert.is(said.length, index + 1, header);
      }
      assert.match(
        await logged(),
        /msg="Ignoring malformed header" header=x-prometheus-scrape-timeout-seconds value=soon\n/,
      );
    }),
  );
});

test("past --web.max-requests a scrape is refused at once; other paths aren't counted", async () => {
  const free = `test -e "$HOME/slow" && sleep 2; touch "$HOME/slow"; ${PRINT_FREE}`;
  await withPrograms({ free }, (env, HOME) =>
    withExporter({ env: { ...env, HOME }, args: ["--web.max-requests=2"] }, async (exporter) => {
      const { url } = exporter;
      await until("ready", async () => (await readiness(exporter)) === 200);
      const slow = [scrape(url), scrape(url)];
      // Both are there when a third is refused.
      await until(
        "a refusal",
        async () => (await ask(`${url}/metrics?collect[]=free`, { method: "HEAD" })).status === 503,
      );
      const { status, text, headers } = await ask(`${url}/metrics`);
      assert.equal([status, text], [503, "Limit of concurrent requests reached (2), try again later.\n"]);
      assert.is(headers["content-type"], "text/plain; charset=utf-8");
      assert.is((await ask(`${url}/-/healthy`)).status, 200);
      assert.is((await ask(`${url}/metrics?collect[]=nothing`)).status, 400);
      for (const page of await Promise.all(slow)) assert.is(sampleOf(page, "memory_up"), 1);
      const after = await scrape(url);
      assert.ok((sampleOf(after, 'promhttp_metric_handler_requests_total{code="503"}') ?? 0) >= 2);
      assert.is(sampleOf(after, "promhttp_metric_handler_requests_in_flight"), 1);
    }),
  );
});

test("--web.max-requests=0 is no limit", async () => {
  await withPrograms({ free: `sleep 0.5; ${PRINT_FREE}` }, (env) =>
    withExporter({ env, args: ["--web.max-requests=0"] }, async ({ url }) => {
      const pages = await Promise.all(Array.from({ length: 60 }, () => scrape(url)));
      for (const page of pages) assert.is(sampleOf(page, "memory_up"), 1);
    }),
  );
});

test.run();
