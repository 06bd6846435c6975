import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { answerOf, hasPrometheus, withPrometheus } from "../prometheus.ts";
import { until, withFolder } from "../stand_in.ts";

const READ = "parser: {format: regex, pattern: '(?P<v>[0-9]+)'}, metrics: [{name: seen, help: h, value: v}]";
const CONFIG = `
commands:
  - {name: plain, command: [echo, '7'], interval: 3s, max_age: 1h, parser: {format: regex, pattern: '(?P<v>[0-9]+)'}, metrics: [{name: plain, help: h, value: v}]}
  - {name: bad, command: 'exit 3', ${READ}}
  - name: echo
    command: [echo, {parameter: n}]
    ${READ.replace(", metrics", "\n    metrics")}
    parameters: {n: {pattern: '[0-9]+', max_length: 5}}
  - name: held
    command: [/bin/sh, -c, 'echo $1 >>FOLDER/started; until test -e FOLDER/go; do sleep 0.05; done; echo $1', sh, {parameter: n}]
    ${READ.replace(", metrics", "\n    metrics")}
    parameters: {n: {pattern: '[0-9]+'}}
    timeout: 1h
`;

function withProbes(use: (exporter: Exporter, folder: string) => Promise<void>) {
  return withFolder(async (folder) => {
    const file = join(folder, "a.yml");
    writeFileSync(file, CONFIG.replaceAll("FOLDER", folder));
    await withExporter({ args: [`--config.file=${file}`] }, (exporter) => use(exporter, folder));
  });
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

test("/probe has the metrics of one command alone, and whether it worked", () =>
  withProbes(async ({ url }) => {
    const good = await ask(`${url}/probe?command=plain`);
    assert.is(good.status, 200);
    assert.match(good.headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4/);
    assert.equal(
      lines(good.text).map((line) => line.replace(/(seconds) .*/, "$1")),
      ["plain 7", "probe_duration_seconds", "probe_success 1"],
    );
    const bad = await ask(`${url}/probe?command=bad`);
    assert.equal([bad.status, lines(bad.text).at(-1)], [200, "probe_success 0"]);
  }));

test("a declared parameter becomes one argument, and everything else is refused", () =>
  withProbes(async ({ url }) => {
    const good = await ask(`${url}/probe?command=echo&n=12`);
    assert.ok(lines(good.text).includes("seen 12"), good.text);
    const refused = {
      "": 'Missing parameter "command", wanted one of plain, bad, echo, held.',
      "?command=nope": 'Unknown command "nope", wanted one of plain, bad, echo, held.',
      "?command=plain&n=1": 'Unknown parameter "n" of command "plain", wanted none.',
      "?command=echo": "Bad Request: missing parameter n",
      "?command=echo&n=1&m=2": 'Bad Request: unknown parameter "m", wanted one of n',
      "?command=echo&n=1&n=2": 'Found parameter "n" twice, wanted it once.',
      "?command=echo&n=1;id": 'Bad Request: parameter n: found "1;id", wanted a value that matches [0-9]+',
      "?command=echo&n=a%ff": 'Found parameter "n" with "a\ufffd", wanted UTF-8.',
      "?command=echo&n=%00": 'Bad Request: parameter n: found "\\u{0}", wanted a text without NUL',
      "?command=echo&n=123456": "Bad Request: parameter n: found 6 characters, wanted at most 5",
    };
    for (const [query, wanted] of Object.entries(refused)) {
      const { status, text } = await ask(`${url}/probe${query}`);
      assert.equal([status, text], [400, `${wanted}\n`], query);
    }
  }));

test("a command that needs a parameter runs for /probe alone", () =>
  withProbes(async ({ url }, folder) => {
    await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
    const { text } = await ask(`${url}/metrics`);
    assert.not.match(text, /command="(echo|held)"/);
    assert.match(text, /^plain 7$/m);
    assert.is(existsSync(join(folder, "started")), false);
  }));

test("probes with the same values share a run, others have their own", () =>
  withProbes(async ({ url }, folder) => {
    const asked = ["1", "1", "2", "1"].map((n) => ask(`${url}/probe?command=held&n=${n}`));
    const started = join(folder, "started");
    const startedLines = () => (existsSync(started) ? readFileSync(started, "utf8").trim().split("\n").sort() : []);
    await until("both runs", () => startedLines().length >= 2);
    // Who is in a hurry gets a page at once, and the run goes on.
    const hurried = await ask(`${url}/probe?command=held&n=1`, {
      headers: { "X-Prometheus-Scrape-Timeout-Seconds": "0.2" },
    });
    assert.ok(lines(hurried.text).includes("probe_success 0"), hurried.text);
    writeFileSync(join(folder, "go"), "");
    const seen = (await Promise.all(asked)).map(({ text }) => /^seen (\d)$/m.exec(text)?.[1]);
    assert.equal(seen, ["1", "1", "2", "1"]);
    assert.equal(startedLines(), ["1", "2"]);
  }));

test("/discovery has a target for each command that needs no parameter", () =>
  withProbes(async ({ url }) => {
    const { status, headers, text } = await ask(`${url}/discovery`);
    assert.equal([status, headers["content-type"]], [200, "application/json"]);
    const { host } = new URL(url);
    const common = { __scheme__: "http", __metrics_path__: "/probe" };
    assert.equal(JSON.parse(text), [
      {
        targets: [host],
        labels: {
          ...common,
          __param_command: "plain",
          command: "plain",
          __scrape_interval__: "3000ms",
          __scrape_timeout__: "3000ms",
        },
      },
      { targets: [host], labels: { ...common, __param_command: "bad", command: "bad" } },
    ]);
    const other = await ask(`${url}/discovery`, { headers: { Host: "[::1]:9101" } });
    assert.equal(JSON.parse(other.text)[0].targets, ["[::1]:9101"]);
    for (const bad of ["a b", "a/b", "a:b:c"])
      assert.is((await ask(`${url}/discovery`, { headers: { Host: bad } })).status, 400, bad);
  }));

(hasPrometheus ? test : test.skip)("a real Prometheus finds the commands by /discovery and probes each", () =>
  withProbes(async ({ url }, folder) => {
    const config = `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: commands
    http_sd_configs: [{url: ${url}/discovery, refresh_interval: 1s}]
`;
    await withPrometheus(config, folder, async (api) => {
      // A busy machine may take longer than one of its scrapes waits: the next one tells.
      for (const [expression, value] of [
        ['probe_success{command="plain"}', "1"],
        ['plain{command="plain"}', "7"],
        ['probe_success{command="bad"}', "0"],
      ] as const)
        await until(`${expression} is ${value}`, async () => (await answerOf(api, expression)) === value);
      const { data } = JSON.parse((await ask(`${api}/targets`)).text);
      type Target = { readonly labels: { readonly command: string }; readonly scrapeInterval: string };
      const intervals = data.activeTargets.map((one: Target) => `${one.labels.command} ${one.scrapeInterval}`);
      assert.equal(intervals.sort(), ["bad 1s", "plain 3000ms"]);
    });
  }),
);

test.run();
