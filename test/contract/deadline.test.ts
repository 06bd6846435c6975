import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, PRINT_FREE_ON_GO, until, withPrograms } from "../stand_in.ts";

const HEADER = "X-Prometheus-Scrape-Timeout-Seconds";
const OUTCOME = (name: string) => `memory_exporter_command_runs_total{command="free",outcome="${name}"}`;
const TIMEOUT = 'memory_exporter_command_timeout_seconds{command="free"}';
const IN_FLIGHT = "promhttp_metric_handler_requests_in_flight";

/** How many scrapes are served, with the one that asks, as a page of a file alone tells. */
async function inFlight({ url }: Exporter): Promise<number | undefined> {
  return sampleOf((await ask(`${url}/metrics?collect[]=swaps`)).text, IN_FLIGHT);
}

async function readiness({ url }: Exporter): Promise<number> {
  return (await ask(`${url}/-/ready`)).status;
}

test("it is ready when the first run has ended, and healthy before", async () => {
  await withPrograms({ free: PRINT_FREE_ON_GO }, (env, HOME) =>
    withExporter(
      { env: { ...env, HOME }, args: ["--command=free -b -w", "--command.timeout=1h"] },
      async (exporter) => {
        const { status, text } = await ask(`${exporter.url}/-/ready`);
        assert.equal([status, text], [503, "memory_exporter is not Ready.\n"]);
        assert.is((await ask(`${exporter.url}/-/healthy`)).status, 200);
        writeFileSync(join(HOME, "go"), "");
        await until("ready", async () => (await readiness(exporter)) === 200);
      },
    ),
  );
});

test("a first run that fails makes it ready too", async () => {
  await withPrograms({ free: "exit 1" }, (env) =>
    withExporter({ env, args: ["--command=free"] }, (exporter) =>
      until("ready", async () => (await readiness(exporter)) === 200),
    ),
  );
});

test("every run has the command's timeout, whatever deadline the scraper has", async () => {
  const args = ["--command=free -b -w", "--command.timeout=3s", "--timeout-offset=0.25"];
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env, args }, async (exporter) => {
      for (const seconds of ["10", "3.125", "1e9"]) {
        assert.is(sampleOf(await scrape(exporter.url, { [HEADER]: seconds }), TIMEOUT), 3);
      }
      assert.is(sampleOf(await scrape(exporter.url), TIMEOUT), 3);
    }),
  );
});

/** A command that ends at once in its first run, and from then on when the file `go` is there. */
const WAITS = `if test -e "$HOME/slow"; then ${PRINT_FREE_ON_GO}; else touch "$HOME/slow"; ${PRINT_FREE}; fi`;

test("a scrape that can't wait says so, and the run goes on and serves the next one", async () => {
  await withPrograms({ free: WAITS }, (env, HOME) => {
    const args = ["--command.preset=free", "--command.preset=swaps", "--command.timeout=1h"];
    return withExporter({ env: { ...env, HOME }, args }, async (exporter) => {
      await until("ready", async () => (await readiness(exporter)) === 200);
      for (const seconds of ["0.6", "0.3", "0.0001"]) {
        const page = await scrape(exporter.url, { [HEADER]: seconds });
        assert.is(sampleOf(page, "memory_up"), 0);
        assert.is(sampleOf(page, 'memory_exporter_command_success{command="free"}'), 0);
        assert.is(sampleOf(page, "memory_total_bytes"), undefined);
        assert.is(sampleOf(page, OUTCOME("timeout")), 0, "the run has not ended");
      }
      const { text: probed } = await ask(`${exporter.url}/probe?command=free`, { headers: { [HEADER]: "0.0002" } });
      assert.is(sampleOf(probed, "probe_success"), 0);
      const told = (await exporter.logged()).match(/did not wait for the command" command=free .*/g);
      assert.equal(
        told,
        ["0.3", "0.0001"].map((waited) => `did not wait for the command" command=free waited_seconds=${waited}`),
        "the first scrape, and the first probe",
      );
      const patient = scrape(exporter.url);
      // A page of other sources tells of it: a run that has ended before it came would not be its.
      await until("the patient one", async () => (await inFlight(exporter)) === 2);
      writeFileSync(join(HOME, "go"), "");
      const page = await patient;
      assert.is(sampleOf(page, "memory_up"), 1);
      assert.is(sampleOf(page, OUTCOME("ok")), 2, "the first run, and the one that all of them shared");
    });
  });
});

test("the offset takes at most half of the scraper's time", async () => {
  // Where the offset took all of it, no run would end in time.
  const slow = `test -e "$HOME/slow" && sleep 0.02; touch "$HOME/slow"; ${PRINT_FREE}`;
  await withPrograms({ free: slow }, (env, HOME) =>
    withExporter({ env: { ...env, HOME }, args: ["--timeout-offset=3600"] }, async (exporter) => {
      await until("ready", async () => (await readiness(exporter)) === 200);
      assert.is(sampleOf(await scrape(exporter.url, { [HEADER]: "60" }), "memory_up"), 1);
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
  await withPrograms({ free: WAITS }, (env, HOME) => {
    const args = ["--web.max-requests=2", "--command=free -b -w", "--command.timeout=1h"];
    return withExporter({ env: { ...env, HOME }, args }, async (exporter) => {
      const { url } = exporter;
      await until("ready", async () => (await readiness(exporter)) === 200);
      // Two of them wait for the command, whichever come first.
      const asked = [1, 2, 3].map(() => ask(`${url}/metrics`));
      const { status, text, headers } = await Promise.race(asked);
      assert.equal([status, text], [503, "Limit of concurrent requests reached (2), try again later.\n"]);
      assert.is(headers["content-type"], "text/plain; charset=utf-8");
      assert.is((await ask(`${url}/metrics?collect[]=free`, { method: "HEAD" })).status, 503);
      assert.is((await ask(`${url}/-/healthy`)).status, 200);
      assert.is((await ask(`${url}/metrics?collect[]=nothing`)).status, 400);
      writeFileSync(join(HOME, "go"), "");
      const statuses = (await Promise.all(asked)).map((reply) => reply.status);
      assert.equal(statuses.sort(), [200, 200, 503]);
      const after = await scrape(url);
      assert.is(sampleOf(after, 'promhttp_metric_handler_requests_total{code="503"}'), 2);
      assert.is(sampleOf(after, IN_FLIGHT), 1);
    });
  });
});

test("--web.max-requests=0 is no limit, and all scrapes that come while a command runs share the run", async () => {
  const free = `echo ran >> "$HOME/runs"; ${WAITS}`;
  const args = ["--web.max-requests=0", "--command.preset=free", "--command.preset=swaps", "--command.timeout=1h"];
  await withPrograms({ free }, (env, HOME) =>
    withExporter({ env: { ...env, HOME }, args }, async (exporter) => {
      const { url } = exporter;
      await until("ready", async () => (await readiness(exporter)) === 200);
      const asked = Array.from({ length: 60 }, () => scrape(url));
      await until("all of them", async () => (await inFlight(exporter)) === asked.length + 1);
      writeFileSync(join(HOME, "go"), "");
      for (const page of await Promise.all(asked)) assert.is(sampleOf(page, "memory_up"), 1);
      assert.is(readFileSync(join(HOME, "runs"), "utf8"), "ran\nran\n", "one at the start, one for all");
    }),
  );
});

test.run();
