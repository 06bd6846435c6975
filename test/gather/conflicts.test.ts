import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../src/command/outcome.ts";
import { withoutConflicts } from "../../src/gather/conflicts.ts";
import { createGatherer } from "../../src/gather/gatherer.ts";
import type { Result } from "../../src/gather/result.ts";
import { createSelfMetrics } from "../../src/gather/self_metrics.ts";
import { type Family, family, type MetricHead, type Sample } from "../../src/metric.ts";
import { buildInfo } from "../../src/version.ts";
import { EXIT_3, fakeLog, fakeRunner, printed, sourceOf } from "./fakes.ts";

type More = Partial<MetricHead> & { readonly samples?: readonly Sample[] };

const gauge = (name: string, more: More = {}): Family => ({
  ...family({ name, help: "h", type: "gauge" }, [[{}, 1]]),
  ...more,
});

function result(source: string, families: readonly Family[], yields = false): Result {
  const common = { source, detail: "", seconds: 0, timeoutSeconds: 5, ageSeconds: 0, yields };
  return { ...common, outcome: "ok", families };
}

const own = new Set(["process_open_fds"]);
const details = (...results: readonly Result[]) =>
  withoutConflicts(results, "memory", own).map(({ outcome, detail, families }) => {
    assert.is(outcome === "ok", detail === "");
    assert.is(families.length > 0, detail === "");
    return detail;
  });

const b = { labels: { a: "b" }, value: 1 };
const CONFLICTS: readonly (readonly [Family, Family, string])[] = [
  [gauge("x"), gauge("x"), 'found the series x again, as command "one" has it'],
  [
    gauge("x", { samples: [b] }),
    gauge("x", { samples: [b] }),
    'found the series x{a="b"} again, as command "one" has it',
  ],
  [
    gauge("x"),
    gauge("x", { samples: [{ labels: { a: "" }, value: 1 }] }),
    'found the series x{a=""} again, as command "one" has it',
  ],
  [gauge("x"), gauge("x", { type: "untyped" }), 'found type "untyped" of "x", wanted "gauge", as command "one" has it'],
  [gauge("x"), gauge("x", { help: "H" }), 'found help "H" of "x", wanted "h", as command "one" has it'],
  [gauge("x", { unit: "x" }), gauge("x"), 'found no unit of "x", wanted "x", as command "one" has it'],
  [
    gauge("x", { type: "summary", samples: [{ ...b, suffix: "_count" }] }),
    gauge("x_count"),
    'found "x_count", which is a series of "x" too',
  ],
  [
    gauge("x_count"),
    gauge("x", { type: "summary", samples: [{ ...b, suffix: "_count" }] }),
    'found "x_count" of "x", which is a series of "x_count" too',
  ],
];

for (const [one, other, wanted] of CONFLICTS) {
  test(`the later source fails alone: ${wanted}`, () => {
    const rest = gauge("rest");
    assert.equal(
      details(result("one", [one]), result("two", [gauge("z"), other]), result("three", [rest, gauge("z")])),
      ["", wanted, ""],
    );
  });
}

test("series with different labels don't conflict", () => {
  assert.equal(details(result("one", [gauge("x")]), result("two", [gauge("x", { samples: [b] })])), ["", ""]);
});

test("if presets give the same series, the first one is used", () => {
  const other = gauge("x", { help: "H" });
  assert.equal(details(result("one", [gauge("x")], true), result("two", [other], true)), ["", ""]);
  assert.equal(details(result("one", [gauge("x")]), result("two", [gauge("x")], true)), ["", ""]);
  assert.is(
    details(result("one", [gauge("x")], true), result("two", [gauge("x")]))[1],
    'found the series x again, as command "one" has it',
  );
});

test("names of the exporter and of Prometheus are reserved", () => {
  for (const name of ["up", "scrape_samples_scraped", "memory_up", "memory_exporter_build_info", "process_open_fds"]) {
    assert.equal(details(result("one", [gauge(name)])), [
      `found "${name}", which is a name of the exporter or of Prometheus itself`,
    ]);
  }
  assert.equal(details(result("one", [gauge("memory_exporter_file_mtime_seconds"), gauge("process_max_fds")])), [""]);
});

test("names are compared as they are on the page", () => {
  const renamed = withoutConflicts(
    [result("one", [gauge("box_x")]), result("two", [gauge("memory_x"), gauge("memory_up")])],
    "box",
    own,
  );
  assert.is(renamed[1]?.detail, 'found the series box_x again, as command "one" has it');
});

test("a gatherer logs a conflict when it begins", async () => {
  const outcomes: Record<string, Outcome> = { "/one": printed("1\n"), "/two": printed("2\n") };
  const { log, lines } = fakeLog();
  const sources = ["one", "two"].map((name) => ({ ...sourceOf(`/${name}`), name, yields: false }));
  const self = createSelfMetrics({ level: "none", info: buildInfo(), isPid1: false, spawnMethod: "fork" });
  const { runner } = fakeRunner((line) => outcomes[line]);
  const { gather } = createGatherer({ sources, namespace: "memory", runner, log, self });
  const told: number[] = [];
  for (const first of [printed("1\n"), printed("1\n"), EXIT_3, printed("1\n")]) {
    outcomes["/one"] = first;
    const { results } = await gather();
    assert.is(results[1]?.outcome === "ok", first === EXIT_3);
    told.push(lines.filter((line) => line.startsWith("warn ") && line.includes('"two"')).length);
  }
  assert.equal(told, [1, 1, 1, 2]);
});

test.run();
