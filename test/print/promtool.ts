import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../../src/web/runtime.ts";
import { withFolder } from "../stand_in.ts";
import { needs, type Register, runTool } from "../tools.ts";
import type { SeriesOf } from "./alert_cases.ts";

/** What the tests of rules and of the dashboard share. */

/** `test` for what promtool is asked. It says the same whatever has made the rules: it is asked on Node alone. */
export const promtoolTest: Register = onDeno() ? () => {} : needs("promtool", "--version") ? test : test.skip;

/** A test as `promtool test rules` has it, but for its series. */
type RuleTest = { readonly series: SeriesOf } & Readonly<Record<string, unknown>>;

/** Runs tests against a file of rules; all series are of job memory, instance a, unless they say something else. */
export async function testRules(rules: string, tests: readonly RuleTest[]): Promise<void> {
  await withFolder((folder) => {
    writeFileSync(join(folder, "rules.yml"), rules);
    const written = tests.map(({ series, ...rest }) => ({
      interval: "1m",
      input_series: Object.entries(series).map(([name, values]) => ({ series: labelled(name), values })),
      ...rest,
    }));
    const file = join(folder, "test.yml");
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests: written }));
    const checked = runTool("promtool", ["check", "rules", join(folder, "rules.yml")], "");
    assert.is(checked.status, 0, checked.stdout + checked.stderr);
    const { status, stdout, stderr } = runTool("promtool", ["test", "rules", file], "");
    assert.is(status, 0, stdout + stderr);
  });
}

/** A series with the labels job and instance, where it has none of its own. */
export function labelled(series: string, instance = "a"): string {
  const [, name = "", own = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const common = { job: "memory", instance };
  const missing = Object.entries(common).filter(([label]) => !new RegExp(`\\b${label}=`).test(own));
  return `${name}{${[...missing.map(([label, value]) => `${label}="${value}"`), own].filter(Boolean).join(",")}}`;
}

/** The metrics that an expression without matchers of names asks for. */
export function namesIn(expression: string): string[] {
  return [...new Set(expression.replace(/\{[^}]*\}|"[^"]*"/g, "").match(/\b(?:memory_\w+|process_\w+|up)\b/g) ?? [])];
}

/** All metrics that the exporter can give, by docs/metrics.md, which is made from its tables. */
export function knownMetrics(): ReadonlySet<string> {
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  return new Set([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = ""]) => name));
}
