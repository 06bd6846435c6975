import { test } from "uvu";
import * as assert from "uvu/assert";
import { free } from "../../src/presets/free.ts";
import { presetFor, presetNamed, presets, requireReadable } from "../../src/presets/table.ts";
import { lineWords } from "../../src/presets/words.ts";
import { wordsOf } from "../../src/source.ts";

const named = (line: string) => presetFor(["/bin/sh", "-c", line])?.name;

test("Presets have a name, a line about them, and metrics that none of them has twice", () => {
  assert.is(new Set(presets.map((preset) => preset.name)).size, presets.length);
  for (const { name, about, metrics, attempts } of presets) {
    assert.ok(about.length > 0 && !about.includes("\n"), name);
    assert.ok(attempts.length > 0, name);
    assert.is(new Set(metrics.map((metric) => metric.name)).size, metrics.length, name);
  }
});

test("A metric that several presets give has one type and one unit", () => {
  const types = new Map<string, string>();
  for (const { name, type, unit } of presets.flatMap((preset) => preset.metrics)) {
    assert.is(types.get(name) ?? `${type} ${unit}`, `${type} ${unit}`, name);
    types.set(name, `${type} ${unit}`);
  }
});

test("presetFor() goes by the program that runs in the end", () => {
  assert.is(named("free -m"), "free");
  assert.is(named("sudo -n nice /bin/free -h | tee x"), "free");
  assert.is(named("toybox free"), "free");
  assert.is(named("docker exec web free"), "free");
  assert.is(named("lsblk"), undefined);
  assert.is(named(""), undefined);
});

test("presetFor() goes by the file for what prints files", () => {
  assert.is(named("cat /proc/meminfo"), "meminfo");
  assert.is(named("grep -i mem /host/proc/meminfo"), "meminfo");
  assert.is(named("head -n 5 /proc/meminfo"), "meminfo");
  assert.is(named("busybox cat /proc/meminfo"), "meminfo");
  assert.is(named("cat /etc/passwd"), undefined);
  assert.is(named("cat /proc/meminfo.bak"), undefined);
});

test("presetFor() finds the preset of its own attempts, where they are one command", () => {
  for (const preset of presets) {
    for (const attempt of preset.attempts) {
      const words = wordsOf(attempt);
      if (attempt.read || attempt.words || words[0] === "/bin/sh") continue;
      assert.is(presetFor(words)?.name, preset.name, words.join(" "));
    }
  }
});

test("presetNamed() finds a preset by its name alone", () => {
  for (const preset of presets) assert.is(presetNamed(preset.name), preset);
  assert.is(presetNamed("auto"), undefined);
});

/** Lines whose preset is clear, and which print something else than it reads. */
const OTHER_OUTPUTS = [
  "vm_stat 1",
  "vm_stat -c 2 5",
  "pstat -T",
  "swapctl -s",
  "sysctl -n hw.physmem",
  "sysctl -n hw.memsize",
  "swap -l",
  "swap -lh",
  "kstat -n system_pages",
  "svmon -P",
  "wmic OS get FreePhysicalMemory /format:csv",
  "vmstat 1",
  "numastat -p 1",
  "numastat -mn",
  "zramctl --find --size 1G",
  "zramctl -r /dev/zram0",
  "cat /proc/1/status",
  "swapon -a",
  "ps aux",
  "free -s 1",
  "free | column -t",
];

test("requireReadable() refuses lines that print something else before they run", () => {
  for (const line of OTHER_OUTPUTS) {
    const words = lineWords(`sudo ${line}`);
    const preset = presetFor(words);
    assert.ok(preset, line);
    assert.throws(() => requireReadable(preset, words), /wanted /, line);
  }
});

test("requireReadable() takes lines that print what is read", () => {
  for (const line of [
    "vm_stat",
    "pstat -s",
    "swapctl -lk",
    "zramctl -nb --output NAME,TOTAL",
    "zramctl --raw --bytes /dev/zram0",
    "grep -H Name: /proc/1/status",
    "sysctl hw.physmem",
    "swap -s",
    "swap -sh",
    "pagesize && kstat -p unix:0:system_pages:freemem",
    "svmon -G -O unit=MB",
    "wmic OS get FreePhysicalMemory /value",
    "grep -sH '' /sys/fs/cgroup/a.slice/memory.*",
    "cat /proc/meminfo",
  ]) {
    const words = lineWords(line);
    const preset = presetFor(words);
    assert.ok(preset, line);
    requireReadable(preset, words);
  }
  requireReadable(free, lineWords("cat /proc/meminfo"));
});

test.run();
