import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Result } from "../../src/gather/result.ts";
import { createSelfMetrics } from "../../src/gather/self_metrics.ts";
import type { SourceRecord } from "../../src/gather/source_runner.ts";
import { family } from "../../src/metric.ts";
import { buildInfo } from "../../src/version.ts";
import { sampleLines } from "../memory_cases.ts";

const RESULT: Result = {
  source: "free",
  outcome: "parse",
  detail: "",
  seconds: 0.25,
  timeoutSeconds: 4.5,
  ageSeconds: 2,
  yields: false,
  families: [],
};
const RECORD: SourceRecord = {
  last: undefined,
  failures: [],
  recent: [],
  failingSinceMs: undefined,
  outcomes: new Map([
    ["ok", 3],
    ["parse", 1],
  ]),
  lastSuccessSeconds: 1795341884.5,
  stragglers: 2,
  cpuSeconds: 0.5,
  maxResidentBytes: 4096,
};

const self = (level: "all" | "lean" | "none", isPid1 = false) =>
  createSelfMetrics({ level, info: buildInfo(), isPid1, spawnMethod: "posix_spawn" });

test("the page has success, all outcomes and the last success of a command", () => {
  assert.equal(sampleLines(self("lean").commands([RESULT], [RECORD])), [
    'memory_exporter_command_success{command="free"} 0',
    'memory_exporter_command_duration_seconds{command="free"} 0.25',
    'memory_exporter_command_timeout_seconds{command="free"} 4.5',
    'memory_exporter_command_age_seconds{command="free"} 2',
    'memory_exporter_command_last_success_timestamp_seconds{command="free"} 1795341884.5',
    'memory_exporter_command_stragglers_killed_total{command="free"} 2',
    'memory_exporter_command_cpu_seconds_total{command="free"} 0.5',
    'memory_exporter_command_max_resident_bytes{command="free"} 4096',
    'memory_exporter_command_runs_total{command="free",outcome="ok"} 3',
    'memory_exporter_command_runs_total{command="free",outcome="timeout"} 0',
    'memory_exporter_command_runs_total{command="free",outcome="exit"} 0',
    'memory_exporter_command_runs_total{command="free",outcome="signal"} 0',
    'memory_exporter_command_runs_total{command="free",outcome="spawn"} 0',
    'memory_exporter_command_runs_total{command="free",outcome="overflow"} 0',
    'memory_exporter_command_runs_total{command="free",outcome="parse"} 1',
    'memory_exporter_command_runs_total{command="free",outcome="aborted"} 0',
    'memory_exporter_command_runs_total{command="free",outcome="unkillable"} 0',
  ]);
});

test("success is of the result, not of the record: a run that goes on is none", () => {
  const late: Result = { ...RESULT, outcome: "late", ageSeconds: undefined };
  const lines = sampleLines(
    self("lean").commands([late, { ...RESULT, source: "vmstat", outcome: "ok" }], [RECORD, RECORD]),
  );
  assert.ok(lines.includes('memory_exporter_command_success{command="free"} 0'));
  assert.ok(lines.includes('memory_exporter_command_success{command="vmstat"} 1'));
  assert.not.match(lines.join("\n"), /age_seconds\{command="free"/);
});

test("this process has no zombies, and isn't PID 1", async () => {
  const lines = sampleLines(await self("lean").processes());
  assert.ok(lines.includes("memory_exporter_running_as_pid1 0"));
  assert.ok(lines.includes("memory_exporter_zombie_processes 0"), lines.join("\n"));
  assert.ok(sampleLines(await self("lean", true).processes()).includes("memory_exporter_running_as_pid1 1"));
});

test("build info is there at every level, and nothing else at none", async () => {
  for (const level of ["all", "lean", "none"] as const) {
    const [line = "", ...more] = sampleLines(await self(level).own());
    assert.match(
      line,
      /^memory_exporter_build_info\{version="\(devel\)",revision="unknown",branch="unknown",tags="source",goos="\w+",goarch="\w+",nodeversion="v[\d.]+"\} 1$/,
    );
    assert.equal(more, level === "none" ? [] : ['memory_exporter_spawn_info{method="posix_spawn"} 1']);
    assert.is((await self(level).processes()).length, level === "none" ? 0 : 3);
  }
  assert.equal(self("none").commands([RESULT], [RECORD]), []);
});

test("metrics of the instruments are passed on unchanged", async () => {
  const families = [family({ name: "process_x", help: "X.", type: "gauge" }, [[{}, 1]])];
  const told = createSelfMetrics({
    level: "all",
    info: buildInfo(),
    isPid1: false,
    spawnMethod: "fork",
    instruments: { families: async () => families },
  });
  assert.is((await told.own()).at(-1), families[0]);
});

test.run();
