import { test } from "uvu";
import * as assert from "uvu/assert";
import { numa } from "../../src/presets/numa.ts";
import { presetFor } from "../../src/presets/table.ts";
import { memoryCase, memoryCases, sampleLines } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkForeign, checkMetrics, samplesOf, samplesOrRefusal } from "./checks.ts";

const two = memoryCase("numastat-two-nodes").stdout;

test("the preset gives the memory of each node, and no sums", () => {
  assert.equal(samplesOf(numa, two), [
    'memory_numa_total_bytes{node="0"} 809197381878',
    'memory_numa_total_bytes{node="1"} 811584402227',
    'memory_numa_free_bytes{node="0"} 3657349202',
    'memory_numa_free_bytes{node="1"} 5026139341',
    'memory_numa_swap_cached_bytes{node="0"} 367002',
    'memory_numa_swap_cached_bytes{node="1"} 870318',
    'memory_numa_active_bytes{node="0"} 3030940385',
    'memory_numa_active_bytes{node="1"} 113059970417',
    'memory_numa_inactive_bytes{node="0"} 374695757087',
    'memory_numa_inactive_bytes{node="1"} 262844029338',
    'memory_numa_active_anon_bytes{node="0"} 3000238080',
    'memory_numa_active_anon_bytes{node="1"} 128639304',
    'memory_numa_used_bytes{node="0"} 805540032676',
    'memory_numa_used_bytes{node="1"} 806558273372',
  ]);
});

test("the figures of every case come out, but the sums", () => {
  for (const { stdout, argv, expect } of memoryCases().filter(({ family }) => family === "numastat")) {
    const values = new Set(
      numa.read({ stdout, words: argv }).flatMap(({ samples }) => samples.map(({ value }) => value)),
    );
    for (const [row, nodes] of Object.entries((expect?.values ?? {}) as Record<string, Record<string, number>>)) {
      for (const [node, bytes] of Object.entries(nodes))
        assert.ok(node === "Total" || values.has(bytes), `${row} ${node}`);
    }
  }
});

test("a cut output gives fewer rows, never wrong figures", () => {
  checkCuts(numa, two, []);
  checkChanges(numa, two, []);
});

test("rows that are not known are passed over, but not all of them", () => {
  const table = (row: string) =>
    new TextEncoder().encode(
      `Per-node system memory usage (in MBs):\n                          Node 0           Total\n${row}                 1.00            1.00\n`,
    );
  assert.equal(sampleLines(numa.read({ stdout: table("MemFree"), words: [] })), [
    'memory_numa_free_bytes{node="0"} 1048576',
  ]);
  assert.is(samplesOrRefusal(numa, table("NewRow"), []), undefined);
});

test("other outputs are refused", () => {
  checkForeign(numa, ({ family }) => family === "numastat");
  assert.is(presetFor(["numastat", "-cm"]), numa);
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(numa, memoryCase("numastat-m").stdout);
});

test("numastat without -m is refused at the start", () => {
  for (const line of ["numastat", "numastat -n", "numastat -p 1"])
    assert.throws(() => numa.checkWords?.(line.split(" ")), /wanted numastat -m/, line);
  for (const line of ["numastat -m", "numastat -czm", "cat /sys/devices/system/node/node0/meminfo"])
    numa.checkWords?.(line.split(" "));
});

test.run();
