import { test } from "uvu";
import * as assert from "uvu/assert";
import { linesOf } from "../../src/parsers/lines.ts";
import { parseMeminfo } from "../../src/parsers/meminfo.ts";
import { MEMINFO_COUNTS, MEMINFO_KEYS } from "../../src/presets/meminfo_keys.ts";
import { memoryCase } from "../memory_cases.ts";

test("every key has a legal name of its own, without what the preset puts around it, and a sentence", () => {
  const names = [...MEMINFO_KEYS.values()].map(([name]) => name);
  assert.is(new Set(names).size, names.length);
  for (const [key, [name, help]] of MEMINFO_KEYS) {
    assert.match(name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/, key);
    assert.not.match(name, /^memory_|_bytes$|_(total|count|sum|bucket|info|created)_|_memory_/, key);
    assert.match(help, /^[A-Z][^\n]*\.$/, key);
  }
});

test("what every preset calls alike stands without meminfo_, all else with it", () => {
  const common = [...MEMINFO_KEYS].filter(([, [name]]) => !name.startsWith("meminfo_"));
  assert.equal(Object.fromEntries(common.map(([key, [name]]) => [key, name])), {
    MemTotal: "total",
    MemFree: "free",
    MemAvailable: "available",
    Buffers: "buffers",
    Shmem: "shared",
    SwapTotal: "swap_total",
    SwapFree: "swap_free",
    CommitLimit: "commit_limit",
    Committed_AS: "committed",
  });
});

test("keys are known under which kernels write them, counts as counts", () => {
  const entries = parseMeminfo(linesOf(memoryCase("meminfo-linux618").stdout), (key) => MEMINFO_KEYS.has(key));
  assert.ok(entries.length > 40);
  for (const { key, isBytes } of entries) {
    assert.ok(MEMINFO_KEYS.has(key), key);
    assert.is(MEMINFO_COUNTS.has(key), !isBytes, key);
  }
});

test("counts are known keys", () => {
  for (const key of MEMINFO_COUNTS) assert.ok(MEMINFO_KEYS.has(key), key);
});

test.run();
