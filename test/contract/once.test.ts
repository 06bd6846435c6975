import { spawn } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collect, run, sampleOf } from "../exporter.ts";
import { PYTHON, PYTHON_PROBE, readStrictly } from "../exposition/strict.ts";
import { form, productOf } from "../forms.ts";
import { PRINT_FREE, withPrograms } from "../stand_in.ts";
import { needs } from "../tools.ts";

type JsonFamily = {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly unit: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
};

/** What `once` prints over a stand-in for free. */
const once = (free: string, ...args: string[]) =>
  withPrograms({ free }, (env) => run({ args: ["once", "--log.level=error", ...args], env }));

test("once runs all commands once and prints their metrics, self metrics and build info", async () => {
  const { code, stdout, stderr } = await once(PRINT_FREE, "--command.preset=free", "--command.preset=meminfo");
  assert.equal([code, stderr], [0, ""]);
  assert.is(sampleOf(stdout, "memory_up"), 1);
  assert.is(sampleOf(stdout, "memory_total_bytes"), 25276510208, "of two that tell the same the first is believed");
  assert.ok(sampleOf(stdout, "memory_meminfo_slab_reclaimable_bytes") !== undefined);
  for (const command of ["free", "meminfo"]) {
    assert.is(sampleOf(stdout, `memory_exporter_command_runs_total{command="${command}",outcome="ok"}`), 1);
  }
  assert.match(stdout, /^memory_exporter_build_info\{/m);
  assert.not.match(stdout, /^(process|nodejs|promhttp|memory_exporter_http)_/m);
});

test("once exits 2 if a command failed, and its page says why", async () => {
  const { code, stdout } = await once("exit 3", "--command=free");
  assert.is(code, 2);
  assert.is(sampleOf(stdout, "memory_up"), 0);
  assert.is(sampleOf(stdout, 'memory_exporter_command_runs_total{command="free",outcome="exit"}'), 1);
  assert.not.match(stdout, /memory_total_bytes/);
});

test("--format=json is a list of families with numbers", async () => {
  const { code, stdout } = await once(PRINT_FREE, "--format=json");
  const families: JsonFamily[] = JSON.parse(stdout);
  assert.is(code, 0);
  for (const one of families) {
    assert.equal(Object.keys(one), ["name", "help", "type", "unit", "samples"]);
    for (const sample of one.samples)
      assert.equal([Object.keys(sample), typeof sample.value], [["labels", "value"], "number"]);
  }
  const total = families.find(({ name }) => name === "memory_total_bytes");
  assert.equal(total, {
    name: "memory_total_bytes",
    help: "Total usable memory.",
    type: "gauge",
    unit: "bytes",
    samples: [{ labels: {}, value: 25276510208 }],
  });
  const runs = families.find(({ name }) => name === "memory_exporter_command_runs_total");
  assert.equal(
    runs?.samples.find(({ labels }) => labels.outcome === "ok"),
    { labels: { command: "free", outcome: "ok" }, value: 1 },
  );
});

test("--format=table is for people", async () => {
  const { stdout } = await once(PRINT_FREE, "--format=table");
  assert.match(stdout, /^METRIC +VALUE$/m);
  assert.match(stdout, /^memory_total_bytes +25276510208 +23\.5 GiB$/m);
  assert.not.match(stdout, /^#/m);
});

(needs(PYTHON, ...PYTHON_PROBE) ? test : test.skip)(
  "--format=text and openmetrics are legal to strict parsers",
  async () => {
    const text = await once(PRINT_FREE);
    const open = await once(PRINT_FREE, "--format=openmetrics");
    assert.match(open.stdout, /\n# EOF\n$/);
    const names = (page: string, parser: "parser" | "openmetrics.parser") =>
      readStrictly(page, parser)
        .map(({ name }) => name)
        .filter((name) => name.startsWith("memory_"));
    const [ofText, ofOpen] = [names(text.stdout, "parser"), names(open.stdout, "openmetrics.parser")];
    assert.ok(ofText.includes("memory_total_bytes"));
    assert.equal(ofOpen.sort(), ofText.sort());
  },
);

test("a reader of stdout that goes away early isn't an error", async () => {
  await withPrograms({ free: PRINT_FREE }, async ({ PATH }) => {
    const words = [...productOf(form), "once", "--log.level=error"];
    const line = '{ "$0" "$@"; echo "exit $?" >&2; } | head -c 1';
    const child = spawn("/bin/sh", ["-c", line, ...words], { env: { ...process.env, PATH } });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    await new Promise((resolve) => child.once("close", resolve));
    assert.equal([stdout(), stderr()], ["#", "exit 0\n"]);
  });
});

test.run();
