import { test } from "uvu";
import * as assert from "uvu/assert";
import { pressure } from "../../src/presets/pressure.ts";
import { presetFor } from "../../src/presets/table.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases, sampleLines } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkForeign, checkMetrics, samplesOf } from "./checks.ts";

const { stdout } = memoryCase("pressure-stalled");

test("the preset gives seconds and ratios", () => {
  assert.equal(samplesOf(pressure, stdout), [
    "memory_pressure_waiting_seconds_total 4.058679",
    'memory_pressure_waiting_ratio{window="10s"} 0.2171',
    'memory_pressure_waiting_ratio{window="60s"} 0.0563',
    'memory_pressure_waiting_ratio{window="300s"} 0.0125',
    "memory_pressure_stalled_seconds_total 3.100532",
    'memory_pressure_stalled_ratio{window="10s"} 0.166',
    'memory_pressure_stalled_ratio{window="60s"} 0.0441',
    'memory_pressure_stalled_ratio{window="300s"} 0.0098',
  ]);
});

test("under the names of node_exporter, the pressure of processors, disks and memory", () => {
  const line = (file: string, kind: string, total: number) =>
    `/proc/pressure/${file}:${kind} avg10=0.00 avg60=0.00 avg300=0.00 total=${total}000000\n`;
  const read = (text: string) =>
    sampleLines(pressure.readAsNodeExporter?.({ stdout: Buffer.from(text), words: [] }) ?? []);
  const all = ["cpu", "io", "memory"].flatMap((file, i) => [line(file, "some", i + 1), line(file, "full", i + 11)]);
  assert.equal(read(all.join("")), [
    "node_pressure_cpu_waiting_seconds_total 1",
    "node_pressure_io_waiting_seconds_total 2",
    "node_pressure_io_stalled_seconds_total 12",
    "node_pressure_memory_waiting_seconds_total 3",
    "node_pressure_memory_stalled_seconds_total 13",
  ]);
  // Before Linux 5.13 there is no line "full" for processors; a file that can't be read is left out.
  assert.equal(read(line("cpu", "some", 1)), ["node_pressure_cpu_waiting_seconds_total 1"]);
  assert.equal(sampleLines(pressure.readAsNodeExporter?.({ stdout, words: [] }) ?? []), [
    "node_pressure_memory_waiting_seconds_total 4.058679",
    "node_pressure_memory_stalled_seconds_total 3.100532",
  ]);
  refusal(() => read(line("memory", "some", 1).repeat(2)));
  refusal(() => read(line("memory", "full", 1)));
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const { name, stdout: bytes, argv, expect } of memoryCases().filter(({ family }) => family === "pressure")) {
    const values = samplesOf(pressure, bytes, argv).map((sample) => Number(sample.slice(sample.lastIndexOf(" "))));
    for (const [key, figure] of Object.entries((expect?.numbers ?? {}) as Record<string, number>)) {
      const scale = key.endsWith("total") ? 1e6 : 100;
      assert.ok(
        values.some((value) => Math.abs(value * scale - figure) < 1e-6),
        `${name}: ${key}`,
      );
    }
    checkCuts(pressure, bytes, argv);
    checkChanges(pressure, bytes, argv);
  }
});

test("pressure of other resources is no pressure of memory", () => {
  for (const file of ["/proc/pressure/io", "/proc/pressure/cpu", "/sys/fs/cgroup/x/io.pressure"]) {
    assert.match(
      refusal(() => samplesOf(pressure, stdout, ["cat", file])),
      /wanted the pressure of memory$/,
    );
    assert.is(presetFor(["cat", file]), undefined);
  }
  assert.is(presetFor(["cat", "/proc/pressure/memory"]), pressure);
  assert.is(presetFor(["cat", "/sys/fs/cgroup/system.slice/memory.pressure"]), pressure);
});

test("other outputs are refused", () => {
  checkForeign(pressure, ({ family }) => family === "pressure");
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(pressure, stdout);
});

test("the path that grep -H puts before each line is passed over, one path for all lines", () => {
  const text = "some avg10=0.00 avg60=0.00 avg300=0.00 total=9\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=8\n";
  for (const path of ["/proc/pressure/memory", "/sys/fs/cgroup/a/memory.pressure"]) {
    const words = ["grep", "-H", "", path];
    const marked = (paths: string) => text.replace(/^/, `${paths}:`).replace("\nfull", `\n${path}:full`);
    assert.equal(samplesOf(pressure, marked(path), words), samplesOf(pressure, text, words));
    assert.throws(() => samplesOf(pressure, marked(`${path}/memory.pressure`), words), /wanted/);
  }
});

test.run();
