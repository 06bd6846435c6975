import { test } from "uvu";
import * as assert from "uvu/assert";
import { createReloader } from "../../src/cli/reload.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { fakeLog } from "../gather/fakes.ts";
import { sampleLines } from "../memory_cases.ts";

test("an invalid configuration is reported in the answer, the log and the metrics, and a valid one after it too", async () => {
  const problems = [1, 2].map((line) => ({ file: "a.yml", line, column: 1, message: "bad" }));
  const ends = [() => Promise.reject(new ConfigError(problems)), () => Promise.resolve()];
  const { log, lines } = fakeLog();
  const states: string[] = [];
  const notify = (state: string) => states.push(state) > 0;
  const { reload, families } = createReloader(() => ends.shift()?.() ?? Promise.resolve(), log, notify);
  const successful = () => sampleLines(families())[0];
  assert.is(successful(), "memory_exporter_config_last_reload_successful 1");
  assert.is(await reload(), "a.yml:1:1: bad\na.yml:2:1: bad");
  assert.is(successful(), "memory_exporter_config_last_reload_successful 0");
  assert.is(await reload(), undefined);
  assert.is(successful(), "memory_exporter_config_last_reload_successful 1");
  assert.equal(lines, [
    'error Configuration can\'t be reloaded, the old one stays {"err":"a.yml:1:1: bad","problems":2}',
    "info Configuration reloaded {}",
  ]);
  const told = states.map((state) => state.replace(/^MONOTONIC_USEC=[0-9]+$/m, "since then"));
  assert.equal(told, ["RELOADING=1\nsince then", "READY=1", "RELOADING=1\nsince then", "READY=1"]);
});

test("without a file there is nothing to reload", async () => {
  const { log, lines } = fakeLog();
  const told: string[] = [];
  const { reload } = createReloader(undefined, log, (state) => Boolean(told.push(state)));
  assert.is(await reload(), undefined);
  assert.is(told.at(-1), "READY=1");
  assert.equal(lines, ["info Nothing to reload: started without --config.file and --web.config.file {}"]);
});

test("requests during a reload share the next one", async () => {
  const pending: (() => void)[] = [];
  const { reload } = createReloader(
    () => new Promise((resolve) => pending.push(resolve)),
    fakeLog().log,
    () => true,
  );
  const first = reload();
  const others = Array.from({ length: 1000 }, () => reload());
  assert.is(pending.length, 1);
  pending[0]?.();
  await first;
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(pending.length, 2);
  pending[1]?.();
  await Promise.all(others);
  assert.is(pending.length, 2);
});

test.run();
