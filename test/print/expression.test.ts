import { test } from "uvu";
import * as assert from "uvu/assert";
import { scoped } from "../../src/print/expression.ts";

const of = (expression: string, namespace = "memory") => scoped(expression, { selector: 'job="j"', namespace });

test("every metric gets the matchers, beside those that it has", () => {
  assert.is(of("memory_free_bytes / memory_total_bytes"), 'memory_free_bytes{job="j"} / memory_total_bytes{job="j"}');
  assert.is(of('rate(memory_x_total{a!="b"}[5m])'), 'rate(memory_x_total{job="j",a!="b"}[5m])');
  assert.is(of("absent(up) or up == 0"), 'absent(up{job="j"}) or up{job="j"} == 0');
  assert.is(of("memory_x{}"), 'memory_x{job="j"}');
});

test("names that only look like metrics stay as they are", () => {
  assert.is(of("sum by (upper, group) (memory_up)"), 'sum by (upper, group) (memory_up{job="j"})');
  assert.is(of("instance:memory_utilisation:ratio"), "instance:memory_utilisation:ratio");
});

test("a namespace is that of memory metrics, not of the exporter's own", () => {
  assert.is(
    of("memory_up == 0 and memory_exporter_command_success", "mem"),
    'mem_up{job="j"} == 0 and memory_exporter_command_success{job="j"}',
  );
});

test.run();
