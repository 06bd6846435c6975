import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFlags } from "../../src/cli/flags.ts";
import { printTables } from "../../src/cli/tables.ts";
import { alerts } from "../../src/print/alerts.ts";
import { alertFile } from "../../src/print/rule_files.ts";
import { CASES, type Case, type SeriesOf } from "./alert_cases.ts";
import { knownMetrics, labelled, namesIn, promtoolTest, testRules } from "./promtool.ts";

const DEFAULTS = readFlags(printTables.alerts, { tokens: [], words: [] }, {});
const LIST = Object.values(alerts(DEFAULTS)).flat();
const RUNBOOK = "https://example.org/alerts.md";
const file = alertFile(DEFAULTS, DEFAULTS, RUNBOOK);

/** An alert and its case; the name may have more words than that of the alert. */
const CASES_OF = Object.entries(CASES).map(([title, one]) => {
  const [name = ""] = title.split(" ");
  const severity = one.severity ?? "warning";
  return { ...one, name, severity, alert: LIST.find((alert) => alert.name === name && alert.severity === severity) };
});

test("every alert has a case, and every case an alert", () => {
  for (const { name, alert } of CASES_OF) assert.ok(alert, name);
  for (const alert of LIST)
    assert.ok(
      CASES_OF.some((one) => one.alert === alert),
      `${alert.name} ${alert.severity}`,
    );
});

/** The series of a case: those that make it fire, and those of other machines, where it doesn't. */
function seriesOf({ fires, quiet }: Pick<Case, "fires" | "quiet">): SeriesOf {
  const others = quiet.flatMap((series, index) =>
    Object.entries(series).map(([name, values]) => [labelled(name, `quiet-${index}`), values]),
  );
  return { ...fires, ...Object.fromEntries(others) };
}

promtoolTest("each alert fires when it should, and says what; and is quiet otherwise", async () => {
  const tests = CASES_OF.map(({ at, says, labels, name, severity, alert, ...one }) => {
    const exp_labels = { job: "memory", instance: "a", severity, ...labels };
    const runbook_url = `${RUNBOOK}#${name.toLowerCase()}`;
    const expected = { exp_labels, exp_annotations: { summary: alert?.summary, description: says, runbook_url } };
    // Where two alerts have a name, only the one of this severity fires.
    const told = { eval_time: `${at}m`, alertname: name, exp_alerts: [expected] };
    return { series: seriesOf(one), alert_rule_test: [told] };
  });
  const absent = { eval_time: "10m", alertname: "MemoryExporterAbsent", exp_alerts: [] };
  await testRules(file, [...tests, { series: { up: "0x20" }, alert_rule_test: [absent] }]);
});

test("alerts ask for metrics that there are, in the namespace and with the matchers that were asked for", () => {
  const known = knownMetrics();
  for (const { name, expression } of LIST) {
    const unknown = namesIn(expression).filter((metric) => metric !== "up" && !known.has(metric));
    assert.equal(unknown, [], name);
  }
  const other = alertFile(DEFAULTS, { selector: 'job="x",env!="test"', namespace: "mem" }, RUNBOOK);
  assert.match(other, /expr: up\{job="x",env!="test"\} == 0$/m);
  assert.match(other, /^ +increase\(|rate\(mem_swapped_in_pages_total\{job="x",env!="test"\}\[5m\]\) > 250$/m);
  assert.match(other, /memory_exporter_command_runs_total\{job="x",env!="test",outcome!="ok"\}/);
  assert.not.match(other, /job="memory"/);
});

test("every threshold is in an expression", () => {
  const changed = Object.fromEntries(
    Object.keys(DEFAULTS).map((key, index) => [
      key,
      key.endsWith("Ms") ? 1000 * (777_001 + index) : 0.777001 + index / 1e6,
    ]),
  );
  const written = Object.values(alerts({ ...DEFAULTS, ...changed })).flat();
  for (const key of Object.keys(printTables.alerts).filter((name) => /(Ratio|Ms|Pages)$/.test(name))) {
    const value = Number(changed[key]) / (key.endsWith("Ms") ? 1000 : 1);
    assert.ok(
      written.some(({ expression }) => expression.includes(String(value))),
      key,
    );
  }
});

test("every alert has a section in docs/alerts.md that says what it means, what to look at, and what to do", () => {
  const page = readFileSync(new URL("../../docs/alerts.md", import.meta.url), "utf8");
  const sections = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((text) => [text.split("\n", 1)[0] ?? "", text]),
  );
  assert.equal([...sections.keys()], [...new Set(LIST.map(({ name }) => name))]);
  for (const [name, text] of sections) {
    for (const part of ["What it means", "What to look at", "What to do"])
      assert.ok(text.includes(`**${part}**`), `${name}: ${part}`);
  }
  for (const { name, severity, pending, summary } of LIST) {
    const row = `| [${name}](#${name.toLowerCase()}) | ${severity} | ${pending ?? "at once"} | ${summary} |`;
    assert.ok(page.includes(`\n${row}\n`), row);
    const [, head = ""] = sections.get(name)?.split("\n\n") ?? [];
    assert.ok(head.toLowerCase().includes(severity), `${name}: ${severity}`);
    if (pending !== undefined) assert.match(head, new RegExp(`(?:after|for) ${parseInt(pending, 10)}\\b`), name);
  }
  for (const flag of Object.values(printTables.alerts).filter(({ name }) => name.startsWith("alerts.")))
    assert.ok(page.includes(`\`--${flag.name}\``), flag.name);
});

test.run();
