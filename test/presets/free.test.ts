import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { free } from "../../src/presets/free.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, sampleLines } from "../memory_cases.ts";
import { needs, runTool } from "../tools.ts";
import { checkMetrics } from "./checks.ts";

const stdout = memoryCase("procps402-all-rows").stdout;
const words = ["free", "-wltv"];

test("free names every row and column", () => {
  assert.equal(sampleLines(free.read({ stdout, words })), [
    "memory_total_bytes 16590733312",
    "memory_used_bytes 2027483136",
    "memory_free_bytes 1878691840",
    "memory_shared_bytes 670879744",
    "memory_buffers_bytes 2384396288",
    "memory_cache_bytes 12240031744",
    "memory_available_bytes 14563250176",
    "memory_swap_total_bytes 4294963200",
    "memory_swap_used_bytes 7634944",
    "memory_swap_free_bytes 4287328256",
    "memory_with_swap_total_bytes 20885696512",
    "memory_with_swap_used_bytes 2035118080",
    "memory_with_swap_free_bytes 6166020096",
    "memory_low_total_bytes 16590733312",
    "memory_low_used_bytes 14712041472",
    "memory_low_free_bytes 1878691840",
    "memory_high_total_bytes 0",
    "memory_high_used_bytes 0",
    "memory_high_free_bytes 0",
    "memory_commit_limit_bytes 12590329856",
    "memory_committed_bytes 11781668864",
    "memory_uncommitted_bytes 808660992",
  ]);
});

test("free gives only metrics of its table, with names that promtool takes", () => {
  checkMetrics(free, memoryCase("procps402-default").stdout, ["free"]);
  checkMetrics(free, memoryCase("procps333-default").stdout, ["free"]);
  for (const metric of free.metrics) assert.match(metric.name, /^memory_[a-z_]+_bytes$/);
});

test("free reads a report through what starts it", () => {
  const mebibytes = memoryCase("procps402-mebi").stdout;
  const total = (argv: readonly string[]) => free.read({ stdout: mebibytes, words: argv })[0]?.samples[0]?.value;
  assert.is(total(["sudo", "-n", "/usr/bin/free", "-m"]), 24105 * 2 ** 20);
  assert.is(total(["sh", "-c", "LC_ALL=C free -m | cat"]), 24105 * 2 ** 20);
});

test("without words free reads a report whose figures have suffixes, and refuses those of other programs", () => {
  const total = (name: string, words: string[] = []) =>
    free.read({ stdout: memoryCase(name).stdout, words })[0]?.samples[0]?.value;
  assert.is(total("procps404-human"), total("procps404-human", ["free", "-h"]));
  const unsure = ["procps402-default", "procps402-mebi", "busybox135-mebi", "procps402-human-si", "procps339-human"];
  for (const name of [...unsure, "procps402-tebi-long"])
    assert.match(
      refusal(() => total(name)),
      /^line 2: found "[\w.]+" in column "total", wanted a figure with its unit, like 15Gi$/,
      name,
    );
  assert.is(
    refusal(() => total("procps402-default", ["memory.sh", "-m"])),
    'found "memory.sh -m" as the command line, wanted one of free, since units depend on it',
  );
});

test("free reads /proc/meminfo where the words say so", () => {
  const meminfo = memoryCase("meminfo-linux618");
  assert.is(free.read({ stdout: meminfo.stdout, words: meminfo.argv })[0]?.name, "memory_total_bytes");
  assert.ok(free.attempts.at(-1)?.read?.({ stdout: meminfo.stdout, words: meminfo.argv }).length);
});

test("free knows from a command line whether its units are known", () => {
  for (const line of ["free", "sudo free -m", "/usr/bin/free --si", "cat /proc/meminfo"])
    free.checkWords?.(line.split(" "));
  const unknown = (line: string) => refusal(() => free.checkWords?.(line.split(" ")));
  assert.is(
    unknown("/opt/mem.sh"),
    'found "/opt/mem.sh" as the command line, wanted one of free, since units depend on it',
  );
  assert.match(
    unknown("free --help"),
    /^found "--help" in the command line of free, wanted options that give a report$/,
  );
});

test("a line that moves figures out of their columns is refused at the start", () => {
  for (const line of ["free | tr -s ' '", "free -b | column -t", "free | sed 's/^ *//'"])
    assert.throws(() => free.checkWords?.(["/bin/sh", "-c", line]), /moves figures out of their columns/, line);
  free.checkWords?.(["/bin/sh", "-c", "free | tr -d '\\r' | tail -n +2"]);
});

test("free by /proc/meminfo gives what free makes of it", () => {
  const read = (text: string) =>
    Object.fromEntries(
      sampleLines(free.read({ stdout: new TextEncoder().encode(text), words: ["cat", "/proc/meminfo"] })).map(
        (sample) => {
          const [name = "", value] = sample.replace(/^memory_|_bytes/g, "").split(" ");
          return [name, Number(value) / 1024];
        },
      ),
    );
  const text = `MemTotal: 1000 kB
MemFree: 100 kB
MemAvailable: 700 kB
Buffers: 50 kB
Cached: 300 kB
SReclaimable: 40 kB
Shmem: 7 kB
SwapTotal: 20 kB
SwapFree: 15 kB
`;
  const wanted = { total: 1000, used: 300, free: 100, shared: 7, buffers: 50, cache: 340, available: 700 };
  const swap = { swap_total: 20, swap_used: 5, swap_free: 15 };
  assert.equal(read(text), { ...wanted, ...swap });
  const { available: _, ...without } = wanted;
  assert.equal(read(text.replace(/MemAvailable.*\n/, "")), { ...without, used: 510, ...swap }, "before Linux 3.14");
  assert.equal(read(text.replace("700", "7000")), { ...wanted, used: 900, available: 100, ...swap }, "in a container");
  assert.is(read(text.replace("15 kB", "25 kB")).swap_used, undefined);
  assert.equal(
    sampleLines(free.read({ stdout: new TextEncoder().encode(text), words: [] })).length,
    10,
    "known by its first line",
  );
});

(needs("free", "-b", "-w") ? test : test.skip)(
  "free by /proc/meminfo gives the families of the free of this machine",
  () => {
    const names = (stdout: Uint8Array, words: readonly string[]) =>
      new Map(free.read({ stdout, words }).map(({ name, samples }) => [name, samples[0]?.value ?? Number.NaN]));
    const argv = ["free", "-b", "-w"];
    const byFree = names(new TextEncoder().encode(runTool("free", ["-b", "-w"], "").stdout), argv);
    const byFile = names(readFileSync("/proc/meminfo"), ["cat", "/proc/meminfo"]);
    assert.equal([...byFile.keys()].sort(), [...byFree.keys()].sort());
    const total = byFree.get("memory_total_bytes") ?? 0;
    for (const [name, bytes] of byFree) {
      assert.ok(
        Math.abs((byFile.get(name) ?? Number.NaN) - bytes) < total / 10,
        `${name}: ${bytes}, ${byFile.get(name)}`,
      );
    }
  },
);

test.run();
