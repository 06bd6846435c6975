import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { presetFor } from "../../src/presets/table.ts";
import { sampleLines } from "../memory_cases.ts";

/** Outputs that are genuine though they are unusual: a grammar is never stricter than what prints it. */

function samples(line: string, stdout: string | Uint8Array): string[] {
  const words = ["/bin/sh", "-c", line];
  const bytes = typeof stdout === "string" ? new TextEncoder().encode(stdout) : stdout;
  const preset = presetFor(words);
  assert.ok(preset, line);
  return sampleLines(preset.read({ stdout: bytes, words }));
}

const trial = (name: string) => readFileSync(new URL(`../fixtures/trial2/${name}`, import.meta.url));
const has = (found: readonly string[], ...wanted: readonly string[]) => {
  for (const one of wanted) assert.ok(found.includes(one), `${one} of\n${found.join("\n")}`);
};

test("a figure of /proc/meminfo can touch its key", () => {
  const found = samples("cat /proc/meminfo", trial("meminfo-abutting.txt"));
  assert.is(found.length, 14);
  has(found, `memory_meminfo_shadow_call_stack_bytes ${10373888 * 1024}`, `memory_total_bytes ${500000000 * 1024}`);
});

test("kstat -p of the whole group gives what the single statistics give", () => {
  const whole = samples("kstat -p unix:0:system_pages", trial("kstat-whole-group.txt"));
  const single = "4096\nunix:0:system_pages:physmem\t1048463\nunix:0:system_pages:freemem\t334973\n";
  assert.equal(whole, [`memory_total_bytes ${1048463 * 4096}`, `memory_free_bytes ${334973 * 4096}`]);
  assert.equal(whole, samples("kstat -p unix:0:system_pages:physmem unix:0:system_pages:freemem", single));
  const sparc = "unix:0:system_pages:kernelbase\t16777216\nunix:0:system_pages:freemem\t2\n";
  assert.equal(samples("kstat -p unix:0:system_pages", sparc), ["memory_free_bytes 16384"]);
});

test("empty cells of zramctl are absent", () => {
  assert.equal(samples("zramctl", trial("zramctl-empty-cells.txt")), [
    `memory_zram_disksize_bytes{device="/dev/zram0"} ${2 ** 34}`,
  ]);
  assert.equal(samples("zramctl --noheadings", "/dev/zram0                16G                          \n"), [
    `memory_zram_disksize_bytes{device="/dev/zram0"} ${2 ** 34}`,
  ]);
  const raw = "NAME DISKSIZE DATA COMPR ALGORITHM TOTAL\n/dev/zram0 16777216    \n/dev/zram1 4096 1 2 zstd 3\n";
  assert.equal(samples("zramctl --raw --bytes -o NAME,DISKSIZE,DATA,COMPR,ALGORITHM,TOTAL", raw), [
    'memory_zram_disksize_bytes{device="/dev/zram0"} 16777216',
    'memory_zram_disksize_bytes{device="/dev/zram1"} 4096',
    'memory_zram_data_bytes{device="/dev/zram1"} 1',
    'memory_zram_compressed_bytes{device="/dev/zram1"} 2',
    'memory_zram_total_bytes{device="/dev/zram1"} 3',
    'memory_zram_info{device="/dev/zram1",algorithm="zstd"} 1',
  ]);
});

test("NUL behind the last line, with which LXC fills up files, is no text", () => {
  const meminfo = "MemTotal: 4 kB\nMemFree: 2 kB\n";
  for (const [line, text] of [
    ["cat /proc/meminfo", meminfo],
    ["cat /proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/a file 4 0 -2\n"],
    ["cat /proc/vmstat", "oom_kill 2\npgfault 3\n"],
  ] as const) {
    assert.equal(samples(line, `${text}\0\0\0\0`), samples(line, text), line);
  }
  assert.throws(() => samples("cat /proc/meminfo", "MemTotal: 4 kB\nMemFree: 2\0\0"), /MemFree/);
});

test("fields that aren't used can hold anything", () => {
  has(
    samples(
      "sysctl vm",
      "vm.vmtotal: \nSystem wide totals:\n===\nFree Memory:\t12K\nvm.stats.vm.v_page_size: 4096\nvm.stats.vm.v_free_count: 2\nvm.stats.vm.v_page_count: 3\n",
    ),
    "memory_free_bytes 8192",
  );
  has(samples("cat /proc/vmstat", "oom_kill 2\nnew_thing 1.5 x\n"), "memory_oom_kills_total 2");
  has(samples("cat /proc/meminfo", "MemTotal: 4 kB\nVendorPool: 3 pages\n"), "memory_total_bytes 4096");
  has(
    samples("cat /sys/fs/cgroup/a/memory.stat", "anon 512\nnew N0=1 N1=2\n"),
    'memory_cgroup_stat_bytes{cgroup="/a",item="anon"} 512',
  );
  has(
    samples("zramctl", "NAME       PARAMS DISKSIZE\n/dev/zram0 l=3          1M\n"),
    'memory_zram_disksize_bytes{device="/dev/zram0"} 1048576',
  );
  has(
    samples("cat /proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5 peak=1\n"),
    "memory_pressure_waiting_seconds_total 0.000005",
  );
  has(
    samples(
      "svmon -G",
      "size inuse free pin virtual\nmemory 1 1 1 1 1\npg space 2 1\n".replace("size", "   size") +
        "\n  work pers lpage new\npin ? - x\n",
    ),
    "memory_total_bytes 4096",
  );
  has(
    samples(
      "pstat -s",
      "Device      1K-blocks     Used    Avail Capacity  Priority\n/dev/sd0b   100   50   50    50%    0\n",
    ),
    "memory_swap_total_bytes 102400",
  );
});

test("one bad name of a control group leaves the others as they are", () => {
  const path = (name: number[]) =>
    Buffer.concat([Buffer.from("/sys/fs/cgroup/"), Buffer.from(name), Buffer.from("/memory.current:1\n")]);
  const bytes = Buffer.concat([path([0xc3, 0xa9]), path([0xe2, 0x82])]);
  assert.equal(samples('grep -H "" /sys/fs/cgroup/*/memory.current', bytes), [
    'memory_cgroup_current_bytes{cgroup="/é"} 1',
    'memory_cgroup_current_bytes{cgroup="/\ufffd"} 1',
  ]);
});

test.run();
