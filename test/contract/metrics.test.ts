import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sampleOf, withExporter } from "../exporter.ts";
import { PYTHON, PYTHON_PROBE, type Read, readStrictly } from "../exposition/strict.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";
import { needs, runTool } from "../tools.ts";

const OUTCOMES = ["ok", "timeout", "exit", "signal", "spawn", "overflow", "parse", "aborted", "unkillable"] as const;

/** Metrics about the exporter, with the labels of each; all are there whatever the command does. */
const SELF: Readonly<Record<string, readonly [type: string, ...labels: string[]]>> = {
  memory_exporter_command_success: ["gauge", "command"],
  memory_exporter_command_duration_seconds: ["gauge", "command"],
  memory_exporter_command_timeout_seconds: ["gauge", "command"],
  memory_exporter_command_age_seconds: ["gauge", "command"],
  memory_exporter_command_runs_total: ["counter", "command", "outcome"],
  memory_exporter_command_stragglers_killed_total: ["counter", "command"],
  memory_exporter_spawn_info: ["gauge", "method"],
  memory_exporter_running_as_pid1: ["gauge"],
  memory_exporter_child_processes: ["gauge"],
  memory_exporter_zombie_processes: ["gauge"],
  memory_exporter_http_request_duration_seconds: [
    "histogram",
    "client_type",
    "endpoint",
    "le",
    "method",
    "response_code",
  ],
  promhttp_metric_handler_requests_total: ["counter", "code"],
  promhttp_metric_handler_requests_in_flight: ["gauge"],
  process_cpu_seconds_total: ["counter"],
  process_resident_memory_bytes: ["gauge"],
  process_start_time_seconds: ["gauge"],
  nodejs_eventloop_lag_seconds: ["gauge"],
};
const BUILD_INFO = ["gauge", "branch", "goarch", "goos", "nodeversion", "revision", "tags", "version"] as const;

/** Types and label names of a page, by metric. */
function shapeOf(page: string): Map<string, readonly string[]> {
  const types = [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type] as const);
  return new Map(
    types.map(([name, type]) => {
      const series = page.match(new RegExp(`^${name}(_bucket|_sum|_count)?[{ ].*$`, "gm")) ?? [];
      const labels = series.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map((pair) => pair[1] ?? ""));
      return [name, [type, ...[...new Set(labels)].sort()]];
    }),
  );
}

/** Whether the first run has ended, and how often the command ran since then. */
const runsOf = (page: string, command = "free") =>
  Object.fromEntries(
    OUTCOMES.map((outcome) => [
      outcome,
      sampleOf(page, `memory_exporter_command_runs_total{command="${command}",outcome="${outcome}"}`),
    ]),
  );

/** Ways to fail, by the outcome that is counted. Without `args` the stand-in is the only command. */
const FAILURES: Readonly<
  Record<
    string,
    { readonly free?: string; readonly args?: readonly string[]; readonly path?: string; readonly command?: string }
  >
> = {
  timeout: { free: "sleep 600", args: ["--command=free", "--command.timeout=200ms"] },
  exit: { free: "echo broken >&2; exit 3" },
  signal: { free: "kill -9 $$", args: ["--command=exec free"] },
  overflow: { free: "while echo 0123456789; do :; done", args: ["--command=free", "--command.max-output=4KiB"] },
  parse: { free: "echo hello" },
  spawn: { path: "/nonexistent", args: ["--command.preset=aix"], command: "aix" },
};

for (const [outcome, { free = "exit 1", args = ["--command=free"], path, command = "free" }] of Object.entries(
  FAILURES,
)) {
  test(`${outcome}: 200, memory_up 0, no figures, and one outcome counted`, async () => {
    await withPrograms({ free }, (env) =>
      withExporter({ env: path === undefined ? env : { PATH: path }, args }, async ({ url, logged }) => {
        await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
        const page = await scrape(url);
        assert.is(sampleOf(page, "memory_up"), 0);
        const shape = shapeOf(page);
        const figures = [...shape.keys()].filter((name) => /^memory_(?!exporter_)/.test(name));
        assert.equal(figures, ["memory_up"]);
        for (const [name, wanted] of Object.entries(SELF)) {
          // What has happened once is a histogram from then on.
          if (wanted[0] !== "histogram") assert.equal([name, shape.get(name)], [name, wanted]);
        }
        assert.is(shape.has("memory_exporter_command_last_success_timestamp_seconds"), false);
        assert.is(sampleOf(page, `memory_exporter_command_success{command="${command}"}`), 0);
        const before = runsOf(page, command);
        assert.equal(
          Object.keys(before).filter((one) => before[one] !== 0),
          [outcome],
        );
        const after = runsOf(await scrape(url), command);
        assert.equal(after, { ...before, [outcome]: (before[outcome] ?? 0) + 1 });
        assert.match(
          await logged(),
          new RegExp(`level=WARN msg="Command failed" command=${command} outcome=${outcome} reason=`),
        );
      }),
    );
  });
}

test("every metric has its name, type and labels, and every outcome is there from the start", async () => {
  const beganSeconds = Date.now() / 1000;
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env }, async ({ url }) => {
      await scrape(url);
      const page = await scrape(url);
      const shape = shapeOf(page);
      for (const [name, wanted] of Object.entries(SELF)) assert.equal([name, shape.get(name)], [name, wanted]);
      assert.equal(shape.get("memory_exporter_build_info"), BUILD_INFO);
      assert.equal(shape.get("memory_exporter_command_last_success_timestamp_seconds"), ["gauge", "command"]);
      for (const figure of ["total", "used", "free", "shared", "buffers", "cache", "available", "swap_total"]) {
        assert.equal(shape.get(`memory_${figure}_bytes`), ["gauge"], figure);
      }
      const { ok, ...others } = runsOf(page);
      assert.ok((ok ?? 0) >= 2);
      assert.equal(Object.values(others), Array(OUTCOMES.length - 1).fill(0));
      for (const code of ["200", "500", "503"]) {
        assert.ok(sampleOf(page, `promhttp_metric_handler_requests_total{code="${code}"}`) !== undefined, code);
      }
      assert.is(sampleOf(page, "memory_exporter_zombie_processes"), 0);
      assert.is(sampleOf(page, "memory_exporter_running_as_pid1"), 0);
      const lastSeconds = sampleOf(page, 'memory_exporter_command_last_success_timestamp_seconds{command="free"}') ?? 0;
      assert.ok(lastSeconds >= beganSeconds && lastSeconds <= Date.now() / 1000, `${lastSeconds}`);
      assert.ok((sampleOf(page, 'memory_exporter_command_age_seconds{command="free"}') ?? -1) >= 0);
      assert.is(sampleOf(page, 'memory_exporter_command_timeout_seconds{command="free"}'), 5);
    }),
  );
});

test("requests are counted by route and kind of client, never by what the client makes up", async () => {
  await withExporter({ args: ["--web.exporter-metrics=all"] }, async ({ url }) => {
    for (const agent of ["Prometheus/3.1.0", "curl/7.88.1", "Mozilla/5.0 (X11)", "Prometheus", ""]) {
      await ask(`${url}/-/healthy?x=${Math.random()}`, { headers: { "User-Agent": agent } });
    }
    await ask(`${url}/a/path/of/its/own`, { method: "PATCH" });
    let page = "";
    const count = (labels: string) => sampleOf(page, `memory_exporter_http_request_duration_seconds_count{${labels}}`);
    // An answer is counted when its connection is closed, which the client may see first.
    const counted = async () => {
      page = await scrape(url);
      const counts = page.matchAll(/^memory_exporter_http_request_duration_seconds_count\{(.*)\} (\d+)$/gm);
      return [...counts].reduce(
        (sum, [, labels, times]) => (labels?.includes('"/metrics"') ? sum : sum + Number(times)),
        0,
      );
    };
    await until("all are counted", async () => (await counted()) === 6);
    for (const [client, times] of [
      ["prometheus", 1],
      ["curl", 1],
      ["browser", 1],
      ["other", 2],
    ] as const) {
      assert.is(count(`client_type="${client}",endpoint="/-/healthy",method="GET",response_code="200"`), times, client);
    }
    assert.is(count('client_type="other",endpoint="other",method="PATCH",response_code="404"'), 1);
    assert.not.match(page, /its\/own/);
  });
});

test("--web.disable-exporter-metrics leaves the figures, memory_up and build info", async () => {
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env, args: ["--web.disable-exporter-metrics"] }, async ({ url }) => {
      const names = [...shapeOf(await scrape(url)).keys()];
      assert.ok(names.includes("memory_exporter_build_info"));
      assert.ok(names.includes("memory_up") && names.includes("memory_total_bytes"));
      assert.equal(
        names.filter((name) => /^(process|nodejs|promhttp)_|^memory_exporter_(?!build_info$)/.test(name)),
        [],
      );
    }),
  );
});

test("--metrics.namespace is the prefix of all memory metrics, and of those only", async () => {
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env, args: ["--metrics.namespace=my_exporter"] }, async ({ url }) => {
      const names = [...shapeOf(await scrape(url)).keys()];
      assert.ok(names.includes("my_exporter_up") && names.includes("my_exporter_swap_total_bytes"));
      assert.ok(names.includes("memory_exporter_build_info") && names.includes("memory_exporter_command_success"));
      assert.equal(
        names.filter((name) => /^memory_(?!exporter_)/.test(name)),
        [],
      );
    }),
  );
});

test("the total memory of this machine is exact", async () => {
  await withExporter({}, async ({ url }) => {
    const [, kibibytes] = /^MemTotal:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
    assert.is(sampleOf(await scrape(url), "memory_total_bytes"), Number(kibibytes) * 1024);
  });
});

(needs("promtool", "--version") ? test : test.skip)("promtool has nothing to object to", async () => {
  await withExporter({ args: ["--command.preset=free", "--command.preset=vmstat"] }, async ({ url }) => {
    await scrape(url);
    const { status, stdout, stderr } = runTool("promtool", ["check", "metrics"], await scrape(url));
    assert.equal([status, stdout, stderr], [0, "", ""]);
  });
});

(needs(PYTHON, ...PYTHON_PROBE) ? test : test.skip)(
  "strict parsers read both formats, and the same from both",
  async () => {
    await withPrograms({ free: PRINT_FREE }, (env) =>
      withExporter({ env }, async ({ url }) => {
        await scrape(url);
        const text = readStrictly(await scrape(url), "parser");
        const accept = { Accept: "application/openmetrics-text; version=1.0.0" };
        const open = readStrictly(await scrape(url, accept), "openmetrics.parser");
        const figures = (families: readonly Read[]) =>
          families
            .filter(({ name }) => /^memory_(?!exporter_)/.test(name))
            .map(({ name, type, samples }) => [name, type, samples]);
        assert.is(figures(open).length, 11);
        assert.equal(figures(open), figures(text));
        assert.equal(open.find(({ name }) => name === "memory_total_bytes")?.unit, "bytes");
        assert.equal(open.find(({ name }) => name === "memory_exporter_command_runs")?.type, "counter");
      }),
    );
  },
);

test.run();
