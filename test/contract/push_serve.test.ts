import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { says, withBadServer } from "../bad_servers.ts";
import { run, sampleOf, withExporter } from "../exporter.ts";
import { form, productOf } from "../forms.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";
import { testWhere } from "../tools.ts";

const value = (page: string, end: string) => sampleOf(page, `memory_exporter_push_${end}`) ?? Number.NaN;

test("one process serves and pushes, with metrics about pushes on both pages", () =>
  withBadServer(says("202 OK"), (url, taken) =>
    withPrograms({ free: PRINT_FREE }, (env) => {
      const args = ["--command.preset=free", `--push.url=${url}`, "--push.interval=100ms"];
      return withExporter({ args, env }, async (exporter) => {
        await until("pushed", async () => value(await scrape(exporter.url), "samples_total") > 0);
        assert.match(taken.requests[0] ?? "", /\nmemory_total_bytes 25276510208\n/);
        await until("told", () => /\nmemory_exporter_push_attempts_total [1-9]/.test(taken.requests.at(-1) ?? ""));
        const page = await scrape(exporter.url);
        assert.equal(
          ["failures_total", 'dropped_samples_total{reason="refused"}'].map((end) => value(page, end)),
          [0, 0],
        );
        exporter.kill("SIGTERM");
        assert.is((await exporter.ended).code, 0);
      });
    }),
  ));

test("recent results are pushed without another run", () =>
  withBadServer(says("202 OK"), (url, taken) =>
    withPrograms({ free: PRINT_FREE }, (env) => {
      const args = ["--command.preset=free", `--push.url=${url}`, "--push.interval=1h"];
      return withExporter({ args, env }, async (exporter) => {
        await until("pushed", () => taken.requests.length === 1);
        const runs = 'memory_exporter_command_runs_total{command="free",outcome="ok"}';
        assert.is(sampleOf(taken.requests[0] ?? "", runs), 1, "of the run at the start");
        assert.is(sampleOf(await scrape(exporter.url), runs), 2, "a scrape runs anew");
      });
    }),
  ));

test("a server that can't be reached delays nothing else", () =>
  withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter(
      { args: ["--command.preset=free", "--push.url=http://127.0.0.1:1", "--push.interval=100ms"], env },
      async (exporter) => {
        await until("failed", () => /Push failed, trying again/.test(exporter.log()));
        const page = await scrape(exporter.url);
        assert.ok(value(page, "failures_total") >= 1);
        assert.is((await ask(`${exporter.url}/-/healthy`)).status, 200);
        assert.is(sampleOf(page, "memory_up"), 1);
      },
    ),
  ));

test("serve refuses --push.interval=0", async () => {
  const { code, stderr } = await run({ args: ["--push.url=http://127.0.0.1:1", "--push.interval=0"] });
  assert.equal(
    [code, stderr],
    [1, "memory_exporter: error: --push.interval: found 0, wanted a duration for serve, try --help\n"],
  );
});

testWhere(form === "source-node")("push isn't loaded if only serving", () =>
  withPrograms({ free: PRINT_FREE }, async (env) => {
    const hook = `import{registerHooks}from"node:module";registerHooks({load(url,context,next){process.stderr.write("loaded "+url+"\\n");return next(url,context)}})`;
    const [node = "", ...script] = productOf(form);
    const product = [node, "--import", `data:text/javascript,${encodeURIComponent(hook)}`, ...script];
    const loaded = async (...args: string[]) =>
      withExporter({ args: ["--command.preset=free", ...args], env, product }, async (exporter) => {
        await scrape(exporter.url);
        const urls = [...(await exporter.logged()).matchAll(/^loaded (.*)$/gm)].map(([, url]) => url ?? "");
        return urls.filter((url) => /src\/push\/|push_setup|http_client|protobuf|snappy/.test(url));
      });
    assert.equal(await loaded(), []);
    assert.ok(
      (await loaded("--push.url=http://127.0.0.1:1")).some((url) => url.endsWith(join("src", "push", "pusher.ts"))),
    );
  }),
);

test.run();
