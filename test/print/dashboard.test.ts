import { test } from "uvu";
import * as assert from "uvu/assert";
import { dashboard } from "../../src/print/dashboard.ts";
import { ROWS } from "../../src/print/panels.ts";
import { knownMetrics, namesIn, promtoolTest, testRules } from "./promtool.ts";

// That every expression is answered is in test/contract/dashboards.test.ts.

type Placed = {
  id: number;
  title: string;
  targets?: readonly { expr: string }[];
  gridPos: { x: number; y: number; w: number; h: number };
};
const text = dashboard("memory");
const file = JSON.parse(text);
const panels: readonly Placed[] = file.panels;

test("two are the same, with the keys in order, and numbers that follow from the place", () => {
  assert.is(dashboard("memory"), text);
  const inOrder = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (!Array.isArray(value)) assert.equal(Object.keys(value), Object.keys(value).sort());
    Object.values(value).forEach(inOrder);
  };
  inOrder(file);
  assert.equal(
    panels.map(({ id }) => id),
    panels.map((_, index) => index + 1),
  );
});

test("every panel of the table is there, in the grid, and none covers another", () => {
  assert.equal(
    panels.map(({ title }) => title),
    ROWS.flatMap((row) => [row.title, ...row.panels.map(({ title }) => title)]),
  );
  const taken = new Set<string>();
  for (const { title, gridPos } of panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.not.ok(taken.has(`${x},${y}`), `${title} covers another`);
        taken.add(`${x},${y}`);
      }
    }
  }
});

test("panels ask the chosen data source, jobs and machines, for metrics that there are", () => {
  assert.equal(
    file.templating.list.map(({ name }: { name: string }) => name),
    ["datasource", "job", "instance"],
  );
  const known = knownMetrics();
  for (const row of ROWS) {
    for (const { title, queries } of row.panels) {
      const names = Object.values(queries).flatMap(namesIn);
      assert.equal(
        names.filter((name) => name !== "up" && !known.has(name)),
        [],
        title,
      );
    }
  }
  const sources = text.match(/"uid": "(?!memory-exporter").*"/g) ?? [];
  assert.equal([...new Set(sources)], [`"uid": "\${datasource}"`]);
  for (const expression of text.match(/"expr": .*/g) ?? []) assert.match(expression, /job=~\\"\$job\\"/);
});

promtoolTest("promtool reads every expression", async () => {
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const rules = expressions.map((expr, index) => ({
    record: `panel:${index}`,
    expr: expr.replaceAll("$__rate_interval", "1m"),
  }));
  await testRules(JSON.stringify({ groups: [{ name: "panels", rules }] }), []);
});

test("a namespace is that of the metrics", () => {
  const other = dashboard("mem");
  assert.match(other, /"expr": "mem_total_bytes\{/);
  assert.not.match(other, /"expr": ".*\bmemory_(?!exporter_)/);
});

test.run();
