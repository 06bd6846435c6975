import { test } from "uvu";
import * as assert from "uvu/assert";
import { run, sampleOf, withExporter } from "../exporter.ts";
import { affordable } from "../forms.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";

/** Flags by environment: a value that is refused shows that the variable is read. */
const REFUSED: readonly (readonly [variable: string, text: string, said: RegExp, command?: string])[] = [
  ["LOG_LEVEL", "loud", /^MEMORY_EXPORTER_LOG_LEVEL: found "loud", wanted one of debug, info, warn, error$/],
  ["WEB_LISTEN_ADDRESS", "127.0.0.1:0,nowhere", /^Invalid listen address "nowhere": missing port/],
  [
    "WEB_DISABLE_EXPORTER_METRICS",
    "yes",
    /^MEMORY_EXPORTER_WEB_DISABLE_EXPORTER_METRICS: found "yes", wanted true or false$/,
  ],
  ["LOG_FORMAT", "xml", /^MEMORY_EXPORTER_LOG_FORMAT: found "xml"/],
  ["COMMAND", "df -h", /^--command: no preset is known to read "df -h"/],
  [
    "COMMAND_PRESET",
    "free,sideways",
    /^MEMORY_EXPORTER_COMMAND_PRESET: found "free,sideways", wanted one of auto, free/,
  ],
  ["COMMAND_TIMEOUT", "soon", /^MEMORY_EXPORTER_COMMAND_TIMEOUT: found "soon"/],
  ["COMMAND_MAX_OUTPUT", "much", /^MEMORY_EXPORTER_COMMAND_MAX_OUTPUT: found "much"/],
  ["WEB_TELEMETRY_PATH", "x", /^MEMORY_EXPORTER_WEB_TELEMETRY_PATH: found "x"/],
  ["WEB_MAX_REQUESTS", "x", /^MEMORY_EXPORTER_WEB_MAX_REQUESTS: found "x"/],
  ["TIMEOUT_OFFSET", "x", /^MEMORY_EXPORTER_TIMEOUT_OFFSET: found "x"/],
  ["COMMAND_ISOLATE", "jail", /^MEMORY_EXPORTER_COMMAND_ISOLATE: found "jail", wanted one of none, pidns, cgroup$/],
  ["COMMAND_DIE_WITH_EXPORTER", "1", /^MEMORY_EXPORTER_COMMAND_DIE_WITH_EXPORTER: found "1", wanted true or false$/],
  ["WEB_ENABLE_DEBUG", "on", /^MEMORY_EXPORTER_WEB_ENABLE_DEBUG: found "on", wanted true or false$/],
  ["WEB_HEALTH_WITHOUT_AUTH", "x", /^MEMORY_EXPORTER_WEB_HEALTH_WITHOUT_AUTH: found "x", wanted true or false$/],
  ["WEB_SYSTEMD_SOCKET", "x", /^MEMORY_EXPORTER_WEB_SYSTEMD_SOCKET: found "x", wanted true or false$/],
  ["METRICS_NAMES", "short", /^MEMORY_EXPORTER_METRICS_NAMES: found "short"/],
  ["METRICS_NAMESPACE", "-", /^MEMORY_EXPORTER_METRICS_NAMESPACE: found "-"/],
  ["FORMAT", "x", /^MEMORY_EXPORTER_FORMAT: found "x"/, "once"],
  ["COMMAND_OUTPUT_OF", "df -h", /^--command\.output-of: no preset is known to read "df -h"/, "parse"],
  ["COMMAND_INTERVAL", "x", /^MEMORY_EXPORTER_COMMAND_INTERVAL: found "x"/],
  ["COMMAND_MAX_AGE", "0", /^MEMORY_EXPORTER_COMMAND_MAX_AGE: found "0"/],
  ["WEB_EXPORTER_METRICS", "x", /^MEMORY_EXPORTER_WEB_EXPORTER_METRICS: found "x", wanted one of all, lean, none$/],
];

test("every flag can come by environment", async () => {
  for (const [variable, text, said, command = "serve"] of affordable(REFUSED, 3)) {
    const { code, stdout, stderr } = await run({ args: [command], env: { [`MEMORY_EXPORTER_${variable}`]: text } });
    const [, message = ""] = /^memory_exporter: error: (.*), try --help\n$/.exec(stderr) ?? [];
    assert.match(message, said, stderr);
    assert.equal([code, stdout], [1, ""]);
  }
});

test("a flag wins over the environment, and what is empty there is not set", async () => {
  await withPrograms({ free: PRINT_FREE }, async (env) => {
    const variables = {
      MEMORY_EXPORTER_LOG_LEVEL: "loud",
      MEMORY_EXPORTER_METRICS_NAMESPACE: "",
      MEMORY_EXPORTER_COMMAND: "free -b -w",
      MEMORY_EXPORTER_FORMAT: "json",
    };
    const { code, stdout, stderr } = await run({ args: ["once", "--log.level=error"], env: { ...env, ...variables } });
    assert.is(stderr, "");
    assert.is(code, 0);
    const names = JSON.parse(stdout).map((family: { name: string }) => family.name);
    assert.ok(names.includes("memory_total_bytes"));
  });
});

test("a list is separated by commas there, and a list of flags stands in its place", async () => {
  await withPrograms({ free: PRINT_FREE }, async (env, folder) => {
    const variables = {
      MEMORY_EXPORTER_WEB_LISTEN_ADDRESS: `127.0.0.1:0,unix:${folder}/sock`,
      MEMORY_EXPORTER_WEB_TELEMETRY_PATH: "/figures",
      MEMORY_EXPORTER_METRICS_NAMESPACE: "box",
    };
    await withExporter({ listen: [], env: { ...env, ...variables } }, async ({ url, addresses }) => {
      await until("two listeners", () => addresses().length === 2);
      assert.is(addresses()[1], `unix:${folder}/sock`);
      const { status, text } = await ask(`${url}/figures`);
      assert.is(status, 200);
      assert.is(sampleOf(text, "box_up"), 1);
    });
    await withExporter({ env: { ...env, ...variables }, args: ["--web.telemetry-path=/metrics"] }, async (exporter) => {
      assert.is(exporter.addresses().length, 1);
      assert.is(sampleOf(await scrape(exporter.url), "box_up"), 1);
    });
  });
});

test("a mistyped variable is an error, as a mistyped flag is", async () => {
  for (const args of affordable([["once"], [], ["parse"], ["check"]], 1)) {
    const { code, stdout, stderr } = await run({ args, env: { MEMORY_EXPORTER_LOG_LEVL: "info" } });
    assert.equal([code, stdout], [1, ""]);
    assert.is(
      stderr,
      "memory_exporter: error: unknown variable MEMORY_EXPORTER_LOG_LEVL in the environment (did you mean MEMORY_EXPORTER_LOG_LEVEL?), try --help\n",
    );
  }
});

test("what the kubelet sets for a service of this name doesn't matter, nor does a version", async () => {
  const env = {
    MEMORY_EXPORTER_PORT: "tcp://10.96.0.10:9101",
    MEMORY_EXPORTER_PORT_9101_TCP: "tcp://10.96.0.10:9101",
    MEMORY_EXPORTER_PORT_9101_TCP_ADDR: "10.96.0.10",
    MEMORY_EXPORTER_SERVICE_HOST: "10.96.0.10",
    MEMORY_EXPORTER_SERVICE_PORT: "9101",
    MEMORY_EXPORTER_SERVICE_PORT_METRICS: "9101",
    MEMORY_EXPORTER_VERSION: "1.2.3",
  };
  await withPrograms({ free: PRINT_FREE }, async (programs) => {
    const { code, stderr } = await run({ args: ["once", "--log.level=warn"], env: { ...programs, ...env } });
    assert.equal([code, stderr], [0, ""]);
  });
});

test.run();
