import { test } from "uvu";
import * as assert from "uvu/assert";
import { RECORDING_RULES } from "../../src/print/recording_rules.ts";
import { recordingRuleFile } from "../../src/print/rule_files.ts";
import { knownMetrics, namesIn, promtoolTest, testRules } from "./promtool.ts";

const ON_A = '{instance="a", job="memory"}';
const IN_ALL = '{job="memory"}';

/** What two machines have, and what each rule makes of it. The second has no swap and doesn't tell what is available. */
const SERIES = {
  memory_total_bytes: "100x20",
  'memory_total_bytes{instance="b"}': "300x20",
  memory_available_bytes: "25x20",
  'memory_free_bytes{instance="b"}': "20x20",
  'memory_buffers_bytes{instance="b"}': "5x20",
  'memory_cache_bytes{instance="b"}': "50x20",
  memory_swap_used_bytes: "5x20",
  memory_swap_total_bytes: "50x20",
  'memory_swap_used_bytes{instance="b"}': "0x20",
  'memory_swap_total_bytes{instance="b"}': "0x20",
  memory_swapped_in_pages_total: "0+60x20",
  memory_swapped_out_pages_total: "0+120x20",
  memory_major_page_faults_total: "0+240x20",
  memory_pressure_waiting_seconds_total: "0+6x20",
  memory_pressure_stalled_seconds_total: "0+3x20",
  'memory_exporter_command_runs_total{command="free",outcome="ok"}': "0+60x20",
  'memory_exporter_command_runs_total{command="free",outcome="ok",instance="b"}': "0+60x20",
};
const MADE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "instance:memory_utilisation:ratio": { [ON_A]: 0.75, '{instance="b", job="memory"}': 0.75 },
  "instance:memory_swap_utilisation:ratio": { [ON_A]: 0.1 },
  "instance:memory_swapped_pages:rate5m": { [ON_A]: 3 },
  "instance:memory_major_page_faults:rate5m": { [ON_A]: 4 },
  "instance:memory_pressure_waiting:rate5m": { [ON_A]: 0.1 },
  "instance:memory_pressure_stalled:rate5m": { [ON_A]: 0.05 },
  "job:memory_total_bytes:sum": { [IN_ALL]: 400 },
  "job:memory_available_bytes:sum": { [IN_ALL]: 100 },
  "job:memory_utilisation:ratio": { [IN_ALL]: 0.75 },
  "job_command:memory_exporter_command_runs:rate5m": { '{command="free", job="memory", outcome="ok"}': 2 },
};

promtoolTest("each rule makes of the series of two machines what it should", async () => {
  assert.equal(Object.keys(MADE), Object.keys(RECORDING_RULES));
  const tests = Object.entries(MADE).map(([record, samples]) => ({
    eval_time: "20m",
    expr: record,
    exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels: record + labels, value })),
  }));
  await testRules(recordingRuleFile({ selector: 'job="memory"', namespace: "memory" }), [
    { series: SERIES, promql_expr_test: tests },
  ]);
});

test("rules ask for metrics that there are", () => {
  const known = knownMetrics();
  for (const [record, expression] of Object.entries(RECORDING_RULES))
    assert.equal(
      namesIn(expression).filter((name) => !known.has(name)),
      [],
      record,
    );
});

test.run();
