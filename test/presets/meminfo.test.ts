import { test } from "uvu";
import * as assert from "uvu/assert";
import { meminfo } from "../../src/presets/meminfo.ts";
import { MEMINFO_KEYS } from "../../src/presets/meminfo_keys.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, sampleLines } from "../memory_cases.ts";
import { checkMetrics } from "./checks.ts";

const stdout = memoryCase("meminfo-linux618").stdout;
const encode = (text: string) => new TextEncoder().encode(text);
const samples = (lines: string) =>
  sampleLines(meminfo.read({ stdout: encode(`MemTotal: 1 kB\n${lines}\n`), words: [] })).slice(1);

test("meminfo gives what every preset gives under the common names", () => {
  assert.equal(
    sampleLines(meminfo.read({ stdout, words: [] })).filter((line) => !line.includes("_meminfo_")),
    [
      "memory_total_bytes 25276063744",
      "memory_free_bytes 22795714560",
      "memory_available_bytes 24473858048",
      "memory_buffers_bytes 32813056",
      "memory_swap_total_bytes 142598144",
      "memory_swap_free_bytes 82526208",
      "memory_shared_bytes 9109504",
      "memory_commit_limit_bytes 12780630016",
      "memory_committed_bytes 1070522368",
      "memory_cache_bytes 1975386112",
    ],
  );
});

test("meminfo gives every line of the file once, and the cache", () => {
  const families = meminfo.read({ stdout, words: [] });
  assert.is(families.length, new TextDecoder().decode(stdout).split("\n").length);
  assert.is(new Set(families.map((family) => family.name)).size, families.length);
});

test("meminfo names known keys in English, with names that promtool takes", () => {
  const names = new Map(meminfo.metrics.map((metric) => [metric.from, metric.name]));
  assert.is(names.get("SReclaimable"), "memory_meminfo_slab_reclaimable_bytes");
  assert.is(names.get("Inactive(file)"), "memory_meminfo_inactive_file_bytes");
  assert.is(names.get("HugePages_Total"), "memory_meminfo_huge_pages");
  assert.is(names.get("DirectMap2M"), "memory_meminfo_direct_map_2m_bytes");
  checkMetrics(
    meminfo,
    [...MEMINFO_KEYS.keys()].map((key) => `${key}: 1${key.startsWith("HugePages_") ? "" : " kB"}\n`).join(""),
  );
});

test("meminfo gives keys that are unknown a legal name", () => {
  assert.equal(
    samples(
      "NewThing: 2 kB\nION_heap(x): 1 kB\nGPUReclaim2: 1 kB\nFoo-bar: 3\nFoo_Total: 4\nBarCount: 5\n__: 6\nQux_countTotal: 7".replace(
        "__",
        "x_",
      ),
    ),
    [
      "memory_meminfo_new_thing_bytes 2048",
      "memory_meminfo_ion_heap_x_bytes 1024",
      "memory_meminfo_gpu_reclaim_2_bytes 1024",
      "memory_meminfo_foo_bar 3",
      "memory_meminfo_foo 4",
      "memory_meminfo_bar 5",
      "memory_meminfo_x 6",
      "memory_meminfo_qux 7",
    ],
  );
});

test("meminfo refuses two keys that give one name", () => {
  assert.is(
    refusal(() => samples("FooBar: 1 kB\nFoo_Bar: 1 kB")),
    'found "Foo_Bar" and "FooBar", wanted keys that differ in more than spelling',
  );
});

test("meminfo refuses a key that it knows with another unit than the kernel's", () => {
  assert.is(
    refusal(() => samples("Buffers: 0")),
    'found "Buffers" without kB, wanted it as the kernel writes it',
  );
  assert.is(
    refusal(() => samples("HugePages_Free: 4 kB")),
    'found "HugePages_Free" in kB, wanted it as the kernel writes it',
  );
});

test("meminfo leaves out a figure below zero", () => {
  assert.equal(samples("SwapFree: 18446744073709551488 kB"), []);
});

test("meminfo.readAsNodeExporter() gives the names of node_exporter", () => {
  const lines = sampleLines(meminfo.readAsNodeExporter?.({ stdout, words: [] }) ?? []);
  assert.is(lines[0], "node_memory_MemTotal_bytes 25276063744");
  assert.ok(lines.includes("node_memory_Active_anon_bytes 1974272"));
  assert.ok(lines.includes("node_memory_HugePages_Total 0"));
  assert.ok(lines.includes("node_memory_Committed_AS_bytes 1070522368"));
});

test.run();
