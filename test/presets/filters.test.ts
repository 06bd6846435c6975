import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filtersLines, movesFigures, passes } from "../../src/presets/filters.ts";
import { presetFor } from "../../src/presets/table.ts";
import { ParseError } from "../../src/text.ts";
import { memoryCase, sampleLines } from "../memory_cases.ts";
import { runTool } from "../tools.ts";

/** What a line of the shell with a filter makes of an output: the samples, or why it is refused. */
function filtered(line: string, name: string): string[] | string {
  const [command = "", ...filters] = line.split(" | ");
  const file = command.split(" ")[0] ?? "";
  const input = memoryCase(name).stdout.toString();
  const isReader = ["grep", "head", "tail", "sed", "awk"].includes(file);
  const pipeline = isReader ? command.replace(/ \/proc\/\S+$/, "") : filters.join(" | ");
  const { stdout } = runTool("/bin/sh", ["-c", pipeline || "cat"], input);
  const words = ["/bin/sh", "-c", line];
  try {
    return sampleLines(presetFor(words)?.read({ stdout: new TextEncoder().encode(stdout), words }) ?? []);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

const ALL = (line: string, name: string) => {
  const found = filtered(line.split(" | ")[0] ?? "", name);
  return typeof found === "string" ? [] : found;
};

/** Lines, the output that they filter, and how many samples are left of it. */
const LINES: readonly (readonly [line: string, name: string, samples: number])[] = [
  ["vmstat -s | head -15", "vmstat-s", 15],
  ["vmstat -s | grep memory", "vmstat-s", 6],
  ["vmstat -s | awk '/swap/ {print}'", "vmstat-s", 6],
  ["free -m | grep Mem", "procps402-mebi", 6],
  ["free -m | grep Swap", "procps402-mebi", 3],
  ["free -m | head -2", "procps402-mebi", 6],
  ["free -m | tail -n +2", "procps402-mebi", 9],
  ["free -m | sed -n 2p", "procps402-mebi", 6],
  ["free -m | awk 'NR==2'", "procps402-mebi", 6],
  ["free -h | grep -i mem", "procps402-human", 6],
  ["free -w | grep Mem", "procps402-wide", 7],
  ["free | grep -i mem", "procps333-default", 6],
  ["free | grep Mem", "busybox135-default", 6],
  ["vm_stat | grep -i pageouts", "macos-vm-stat-intel", 1],
  ["vm_stat | head -3", "macos-vm-stat-intel", 2],
  ["swapinfo -k | head -2", "freebsd-swapinfo-one", 6],
];

for (const [line, name, count] of LINES) {
  test(`${line}: what is there is read, what is missing is absent`, () => {
    const found = filtered(line, name);
    assert.ok(typeof found !== "string", String(found));
    assert.is(found.length, count, found.join("\n"));
    const whole = ALL(line, name);
    for (const sample of found) assert.ok(whole.includes(sample), sample);
  });
}

test("/proc/meminfo is read of a filter that reads it itself", () => {
  assert.equal(filtered("grep -i swap /proc/meminfo", "meminfo-with-swap").length, 3);
  const cached = filtered("grep Cached: /proc/meminfo", "meminfo-with-swap");
  assert.ok(
    Array.isArray(cached) && !cached.some((sample) => sample.startsWith("memory_cache_bytes")),
    "without SReclaimable",
  );
  const both = filtered("grep -E '^(Cached|SReclaimable):' /proc/meminfo", "meminfo-with-swap");
  assert.ok(Array.isArray(both) && both.some((sample) => sample.startsWith("memory_cache_bytes")));
});

test("what grep -H puts before a line of /proc/meminfo is no key", () => {
  const words = ["grep", "-H", "MemFree", "/proc/meminfo"];
  const stdout = new TextEncoder().encode("/proc/meminfo:MemFree:   2 kB\n");
  assert.equal(sampleLines(presetFor(words)?.read({ stdout, words }) ?? []), ["memory_free_bytes 2048"]);
});

test("the free percentage of memory_pressure is read alone", () => {
  const words = ["/bin/sh", "-c", "memory_pressure | grep percentage"];
  const stdout = new TextEncoder().encode("System-wide memory free percentage: 86%\n");
  assert.equal(sampleLines(presetFor(words)?.read({ stdout, words }) ?? []), ["memory_vm_stat_free_ratio 0.86"]);
});

test("sums over what a filter left are no sums", () => {
  const rows = "/dev/sda2 partition 1024 512 -2\n";
  const words = ["/bin/sh", "-c", "grep sda /proc/swaps"];
  assert.equal(sampleLines(presetFor(words)?.read({ stdout: new TextEncoder().encode(rows), words }) ?? []), [
    'memory_swap_device_size_bytes{device="/dev/sda2",type="partition"} 1048576',
    'memory_swap_device_used_bytes{device="/dev/sda2",type="partition"} 524288',
    'memory_swap_device_priority{device="/dev/sda2",type="partition"} -2',
  ]);
});

test("a device is read of zramctl and swapon without their headings", () => {
  const samples = (line: string, text: string) => {
    const words = ["/bin/sh", "-c", line];
    return sampleLines(presetFor(words)?.read({ stdout: new TextEncoder().encode(text), words }) ?? []).length;
  };
  assert.is(
    samples("zramctl -b | grep zram1", "/dev/zram1 lzo-rle   16777216 3002368 2328198 2949120       4 [SWAP]\n"),
    5,
  );
  assert.is(samples("swapon --show --bytes | grep sda2", "/dev/sda2 partition 2147479552 0 -2\n"), 3);
});

test("the same outputs without a filter in the line are refused", () => {
  for (const [line, name] of [
    ["vmstat -s", "vmstat-s"],
    ["free -m", "procps402-mebi"],
    ["vm_stat", "macos-vm-stat-intel"],
  ] as const) {
    const half = memoryCase(name).stdout.toString().split("\n").slice(0, 2).join("\n");
    const words = line.split(" ");
    assert.throws(
      () => presetFor(words)?.read({ stdout: new TextEncoder().encode(`${half}\n`), words }),
      (error: unknown) => error instanceof ParseError,
      line,
    );
  }
});

test("a line that computes, or cuts by bytes, has no preset", () => {
  for (const line of ["free | awk '{print $2*1024}'", "vmstat -s | head -c 99", "free -m | cut -c 5-"]) {
    assert.is(presetFor(["/bin/sh", "-c", line]), undefined, line);
  }
});

test("the list of trial2 that its line cuts short gives its fifteen figures", () => {
  const stdout = readFileSync(new URL("../fixtures/trial2/vmstat-s-head-15.txt", import.meta.url));
  const words = ["/bin/sh", "-c", "vmstat -s | head -15"];
  const found = sampleLines(presetFor(words)?.read({ stdout, words }) ?? []);
  assert.is(found.length, 15);
  assert.ok(found.includes(`memory_total_bytes ${4522440 * 1024}`));
  assert.ok(found.includes('memory_vmstat_cpu_ticks_total{mode="iowait"} 1687'));
});

test("passes() knows what hands lines on as they are", () => {
  for (const line of [
    "grep -i mem",
    "/usr/bin/tee x",
    "sort",
    "head -15",
    "tail -n +2",
    "sed -n 2p",
    "uniq",
    "cat -s",
  ]) {
    assert.ok(passes(line.split(" ")), line);
  }
  for (const line of ["head -c 99", "tail --bytes=9", "head -v", "cut -f1", "wc -l", "numfmt", "awk", "sed", ""]) {
    assert.not(passes(line.split(" ")), line);
  }
});

test("passes() knows awk programs that only choose lines", () => {
  for (const program of [
    "/Mem/",
    "NR<=5",
    "NR==1,/x\\/y/",
    '!/Low/ && $1 == "Mem:"',
    "/Mem/ {print}",
    "NR > 1 { print $0 }",
  ]) {
    assert.ok(passes(["awk", program]), program);
  }
  for (const program of ["{print $2}", "/Mem/ {print $2 * 1024}", '$1=""', "gsub(/1/,2)", "", "NR==1{print;print}"]) {
    assert.not(passes(["awk", program]), program);
  }
});

test("filtersLines() tells filters from what copies", () => {
  for (const program of ["grep", "/usr/bin/head", "tail", "sed", "awk", "uniq"])
    assert.ok(filtersLines([program]), program);
  assert.not(filtersLines(["grep", "-sH", "", "/x"]));
  for (const program of ["cat", "tee", "sort", "free", ""]) assert.not(filtersLines([program]), program);
});

test("passes() knows options by which a program prints something else", () => {
  for (const line of [
    "grep -n x",
    "grep -ic x",
    "grep -oE x",
    "grep --only-matching x",
    "uniq -c",
    "sort -u",
    "cat -n",
    "cat -A",
  ])
    assert.not(passes(line.split(" ")), line);
  for (const line of ["grep -vE x", "grep -eone", "grep -A1 x", "uniq -f1 -u", "tail -1", "head --lines=3"])
    assert.ok(passes(line.split(" ")), line);
});

test("passes() knows sed scripts that only choose lines or touch blanks", () => {
  const chosen = ["2p", "1d", "/Mem/,$p", "5q", "/Swap/!d", "1d;$d", "s/^ *//", "s/ \\+/ /g", "s/  */ /g", "s/\\r$//"];
  for (const script of [...chosen, "s/[[:space:]]*$//"]) assert.ok(passes(["sed", script]), script);
  for (const script of ["s/1/2/", "s/ */ /g", "s/ //g", "y/1/2/", "1i\\x", "p;s/,//", "w x"])
    assert.not(passes(["sed", script]), script);
  assert.ok(passes(["sed", "-n", "-e", "/Mem/p", "-e", "2p", "/proc/meminfo"]));
  assert.not(passes(["sed", "-i", "2p"]));
  assert.not(passes(["sed", "-e", "2p", "-e", "s/1/2/"]));
});

test("passes() knows what of tr touches nothing but blanks", () => {
  for (const args of [
    ["-s", " "],
    ["-d", "\\r"],
    ["\\t", " "],
    ["-s", "[:blank:]"],
  ])
    assert.ok(passes(["tr", ...args]));
  for (const args of [
    ["-d", " "],
    ["-d", "."],
    ["-d", "0"],
    ["a-z", "A-Z"],
    ["-cd", " "],
  ])
    assert.not(passes(["tr", ...args]), args.join(" "));
});

test("movesFigures() tells what moves figures out of their columns", () => {
  for (const words of [
    ["tr", "-s", " "],
    ["column", "-t"],
    ["sed", "s/ *$//"],
    ["unexpand", "-a"],
  ])
    assert.ok(movesFigures(words), words.join(" "));
  for (const words of [["tr", "-d", "\\r"], ["sed", "-n", "2p"], ["grep", " "], ["expand"]])
    assert.not(movesFigures(words), words.join(" "));
});

test.run();
