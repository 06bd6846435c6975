import { test } from "uvu";
import * as assert from "uvu/assert";
import { createCollector } from "../../../src/collect/collect.ts";
import type { Outcome } from "../../../src/command/outcome.ts";
import { commandReports } from "../../../src/web/debug/report.ts";
import { fakeLog, fakeRunner, printed, taskOf } from "../../collect/fakes.ts";

/** A collector of one command, whose line and environment hold a secret, after its runs ended like this. */
async function collectorAfter(...outcomes: readonly Outcome[]) {
  const rest = [...outcomes];
  const { runner } = fakeRunner(() => rest.shift());
  const task = {
    ...taskOf("/bin/free --token hunter2 -b"),
    environment: { PATH: "/bin", API_KEY: "sesame", TZ: "UTC" },
  };
  const options = { namespace: "memory", selfMetrics: true, isPid1: false, log: fakeLog().log };
  const collector = createCollector({ ...options, tasks: [task], runner });
  for (const _ of outcomes) await collector.collect();
  return collector;
}

async function reportAfter(...outcomes: readonly Outcome[]) {
  const [report] = commandReports(await collectorAfter(...outcomes));
  if (report === undefined) throw new Error("No report");
  return report;
}

const ARGV = ["/bin/free", "--token", "<redacted>", "-b"];

test("before the first run there are a command line, an environment and bounds", async () => {
  assert.equal(await reportAfter(), {
    name: "free",
    alternatives: [ARGV],
    environment: { PATH: "/bin", API_KEY: "<redacted>", TZ: "UTC" },
    timeout_seconds: 5,
    max_output_bytes: 1000,
    runs: {},
    last_success_timestamp_seconds: null,
    stragglers_killed: 0,
    last: null,
    failures: [],
  });
});

test("a run that went well is the last one, and no failure", async () => {
  const { last, failures, runs, last_success_timestamp_seconds: success } = await reportAfter(printed("5\n"));
  const { age_seconds: age = -1, ...rest } = last ?? {};
  assert.equal(rest, {
    argv: ARGV,
    outcome: "ok",
    detail: "",
    exit_code: 0,
    duration_seconds: 0.01,
    timeout_seconds: 5,
    stderr_tail: "",
  });
  assert.ok(age >= 0 && age < 60);
  assert.ok(Math.abs((success ?? 0) - Date.now() / 1000) < 60);
  assert.equal([failures, runs], [[], { ok: 1 }]);
});

test("a failure tells exit, stderr and the line of the output, without what is secret", async () => {
  const stderrTail = "token hunter2 refused\nAPI_KEY=sesame\nsesame";
  const { last, failures, runs } = await reportAfter(
    { kind: "exit", seconds: 0.5, code: 3, stderrTail },
    printed("hunter2\n"),
  );
  assert.equal(runs, { exit: 1, parse: 1 });
  assert.equal([last?.outcome, last?.exit_code], ["parse", 0]);
  assert.is(last?.detail, "line 1: found <redacted>, wanted a number");
  assert.equal(failures[0], last);
  const [, first] = failures;
  assert.equal([first?.outcome, first?.exit_code, first?.duration_seconds], ["exit", 3, 0.5]);
  assert.is(first?.detail, 'exit status 3, stderr ends in "<redacted>"');
  assert.is(first?.stderr_tail, "token <redacted> refused\nAPI_KEY=<redacted>\n<redacted>");
});

test("the latest 20 failures are remembered, the last one first, whatever went well since", async () => {
  const failed = (code: number): Outcome => ({ kind: "exit", seconds: 0, code, stderrTail: "" });
  const codes = Array.from({ length: 25 }, (_, i) => i + 1);
  const { last, failures } = await reportAfter(...codes.map(failed), printed("5\n"));
  assert.is(last?.outcome, "ok");
  assert.equal(
    failures.map((one) => one.exit_code),
    codes.reverse().slice(0, 20),
  );
});

test.run();
