import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../../src/command/outcome.ts";
import { commandReports } from "../../../src/web/debug/report.ts";
import { fakeRunner, gathererOf, printed, sourceOf } from "../../gather/fakes.ts";

/** The report of one command, whose line and environment hold a secret, after its runs ended like this. */
async function reportAfter(outcomes: readonly Outcome[], withStderr = false) {
  const rest = [...outcomes];
  const source = {
    ...sourceOf("/bin/free --token hunter2 -b"),
    environment: { PATH: "/bin", API_KEY: "sesame", TZ: "UTC" },
    showsWords: false,
  };
  const gatherer = gathererOf([source], fakeRunner(() => rest.shift()).runner);
  for (const _ of outcomes) await gatherer.gather();
  const [report] = commandReports(gatherer, withStderr);
  if (report === undefined) throw new Error("No report");
  return report;
}

const ARGV = ["/bin/free", "--token", "…", "-b"];

test("before the first run there are a command line, names of variables and bounds", async () => {
  assert.equal(await reportAfter([]), {
    name: "free",
    attempts: [ARGV],
    environment: ["PATH", "API_KEY", "TZ"],
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
  const began = performance.now();
  const { last, failures, runs, last_success_timestamp_seconds: success } = await reportAfter([printed("5\n")]);
  const { age_seconds: age = -1, ...rest } = last ?? {};
  assert.equal(rest, { argv: ARGV, outcome: "ok", detail: "", exit_code: 0, duration_seconds: 0.01 });
  assert.ok(age >= 0 && age <= (performance.now() - began) / 1000, `${age} s`);
  assert.ok((success ?? 0) > 1.7e9);
  assert.equal([failures, runs], [[], { ok: 1 }]);
});

test("a failure has exit status and line of the output, and stderr only if that is enabled", async () => {
  const exit: Outcome = { kind: "exit", seconds: 0.5, code: 3, stderrTail: "token hunter2 refused" };
  const { last, failures, runs } = await reportAfter([exit, printed("much\n")]);
  assert.equal(runs, { exit: 1, parse: 1 });
  assert.equal([last?.outcome, last?.exit_code], ["parse", 0]);
  assert.is(last?.detail, "line 1: found much, wanted a number");
  assert.equal(failures[0], last);
  const [, first] = failures;
  assert.equal([first?.outcome, first?.exit_code, first?.duration_seconds], ["exit", 3, 0.5]);
  assert.is(first?.detail, "exit status 3");
  assert.not.ok("stderr_tail" in (first ?? {}));
  assert.is((await reportAfter([exit], true)).last?.stderr_tail, "token hunter2 refused");
});

test("the latest 20 failures are kept, newest first, also after successes", async () => {
  const failed = (code: number): Outcome => ({ kind: "exit", seconds: 0, code, stderrTail: "" });
  const codes = Array.from({ length: 25 }, (_, i) => i + 1);
  const { last, failures } = await reportAfter([...codes.map(failed), printed("5\n")]);
  assert.is(last?.outcome, "ok");
  assert.equal(
    failures.map((one) => one.exit_code),
    codes.reverse().slice(0, 20),
  );
});

test.run();
