import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Ended } from "../../src/collect/judge.ts";
import { commandFamilies, processFamilies } from "../../src/collect/self.ts";
import type { TaskRecord, TaskRunner } from "../../src/collect/task.ts";
import type { Verdict } from "../../src/command/outcome.ts";
import { sampleLines } from "../memory_cases.ts";
import { taskOf } from "./fakes.ts";

function ended(verdict: Verdict): Ended {
  const endedMs = performance.now() - 2000;
  return {
    verdict,
    detail: "",
    argv: [],
    seconds: 0.25,
    timeoutMs: 4500,
    endedMs,
    exitCode: 0,
    stderrTail: "",
    families: [],
  };
}

/** A runner of which only its record matters. */
function runnerOf(name: string, record: Partial<TaskRecord>): TaskRunner {
  const none = { last: undefined, failures: [], verdicts: new Map(), lastSuccessSeconds: undefined, stragglers: 0 };
  return {
    task: { ...taskOf("/a"), name },
    run: () => Promise.resolve(ended("ok")),
    record: () => ({ ...none, ...record }),
    stop: async () => {},
  };
}

const AGE = /^(memory_exporter_command_age_seconds\S+) (\d+\.?\d*)$/;

test("a command that ran has its last run, all outcomes and its last success", () => {
  const lines = sampleLines(
    commandFamilies([
      runnerOf("free", {
        last: ended("parse"),
        verdicts: new Map([
          ["ok", 3],
          ["parse", 1],
        ]),
        lastSuccessSeconds: 1795341884.5,
        stragglers: 2,
      }),
    ]),
  );
  assert.equal(
    lines.filter((line) => !AGE.test(line)),
    [
      'memory_exporter_command_success{command="free"} 0',
      'memory_exporter_command_duration_seconds{command="free"} 0.25',
      'memory_exporter_command_timeout_seconds{command="free"} 4.5',
      'memory_exporter_command_runs_total{command="free",outcome="ok"} 3',
      'memory_exporter_command_runs_total{command="free",outcome="timeout"} 0',
      'memory_exporter_command_runs_total{command="free",outcome="exit"} 0',
      'memory_exporter_command_runs_total{command="free",outcome="signal"} 0',
      'memory_exporter_command_runs_total{command="free",outcome="spawn"} 0',
      'memory_exporter_command_runs_total{command="free",outcome="overflow"} 0',
      'memory_exporter_command_runs_total{command="free",outcome="parse"} 1',
      'memory_exporter_command_runs_total{command="free",outcome="aborted"} 0',
      'memory_exporter_command_runs_total{command="free",outcome="unkillable"} 0',
      'memory_exporter_command_last_success_timestamp_seconds{command="free"} 1795341884.5',
      'memory_exporter_command_stragglers_killed_total{command="free"} 2',
    ],
  );
  const [, series, age] = AGE.exec(lines.find((line) => AGE.test(line)) ?? "") ?? [];
  assert.is(series, 'memory_exporter_command_age_seconds{command="free"}');
  assert.ok(Number(age) >= 2 && Number(age) < 10, age);
});

test("a command that hasn't ended a run yet has no success and no times", () => {
  const lines = sampleLines(commandFamilies([runnerOf("free", {})]));
  assert.ok(lines.includes('memory_exporter_command_success{command="free"} 0'));
  assert.is(lines.filter((line) => line.includes("runs_total")).length, 9);
  assert.not.match(lines.join("\n"), /_(duration|timeout|age|timestamp)_seconds/);
});

test("commands are told apart by their names", () => {
  const families = commandFamilies([
    runnerOf("free", { last: ended("ok") }),
    runnerOf("vmstat", { last: ended("exit") }),
  ]);
  const success = families.find(({ name }) => name === "memory_exporter_command_success");
  assert.equal(success?.samples, [
    { labels: { command: "free" }, value: 1 },
    { labels: { command: "vmstat" }, value: 0 },
  ]);
});

test("this process has no zombies, and isn't PID 1", async () => {
  const lines = sampleLines(await processFamilies(false));
  assert.ok(lines.includes("memory_exporter_running_as_pid1 0"));
  assert.ok(lines.includes("memory_exporter_zombie_processes 0"), lines.join("\n"));
  assert.ok(sampleLines(await processFamilies(true)).includes("memory_exporter_running_as_pid1 1"));
});

test.run();
