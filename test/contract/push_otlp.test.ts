import { test } from "uvu";
import * as assert from "uvu/assert";
import { ask } from "../http.ts";
import { pushOnce, query } from "../push_scene.ts";
import { hasVictoriaMetrics, VICTORIA_METRICS_SERVER, withServer } from "../servers.ts";
import { until } from "../stand_in.ts";

(hasVictoriaMetrics() ? test : test.skip)("VictoriaMetrics stores what is pushed by OTLP, with its types", () =>
  withServer(VICTORIA_METRICS_SERVER, async ({ url }) => {
    const { code, stderr } = await pushOnce([
      "--push.protocol=otlp",
      `--push.url=${url}/opentelemetry/v1/metrics`,
      "--push.job=j",
      "--push.label=zone=a",
      "--push.otlp-attribute=deployment.environment=test",
    ]);
    assert.equal([code, stderr], [0, ""]);
    await until("searchable", async () => {
      await ask(`${url}/internal/force_flush`);
      return (await query(url, "memory_total_bytes")).length > 0;
    });
    const [total] = await query(url, "memory_total_bytes");
    assert.is(total?.value?.[1], "25276510208");
    const { metric } = total ?? { metric: {} };
    assert.equal([metric["service.name"], metric.zone, metric["deployment.environment"]], ["j", "a", "test"]);
    assert.ok(metric["host.name"]);
    assert.is(metric["service.instance.id"], metric["host.name"]);
    const [runs] = await query(url, 'memory_exporter_command_runs_total{outcome="ok"}');
    assert.is(runs?.value?.[1], "1");
  }),
);

test.run();
