import { test } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../src/parsers/text.ts";
import { isMacosName, vmStat } from "../../src/presets/vm_stat.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, ownWords, samplesOf } from "./checks.ts";

const textOf = (name: string) => decode(memoryCase(name).stdout);
const intel = textOf("macos-vm-stat-intel");
const pressure = textOf("macos-memory-pressure-32g");
const sysctl = `hw.memsize: 17179869184
${textOf("macos-swapusage")}kern.memorystatus_level: 86
kern.memorystatus_vm_pressure_level: 1
`;
const OWN = ownWords(vmStat);
const read = (text: string, words: readonly string[] = []) => samplesOf(vmStat, text, words);

test("the preset's own command gives the memory, its size and the swap", () => {
  const samples = read(intel + sysctl, OWN);
  for (const sample of [
    "memory_total_bytes 17179869184",
    "memory_free_bytes 25097129984",
    "memory_swap_total_bytes 4294967296",
    "memory_swap_used_bytes 2876768256",
    "memory_swap_free_bytes 1418199040",
    "memory_vm_stat_wired_bytes 2932563968",
    "memory_vm_stat_compressor_occupied_bytes 0",
    "memory_vm_stat_translation_faults_total 11477162",
    "memory_vm_stat_free_ratio 0.86",
    "memory_vm_stat_pressure_level 1",
  ]) {
    assert.ok(samples.includes(sample), sample);
  }
  assert.is(samples.length, 28);
});

test("programs may come in any order, and each alone", () => {
  assert.equal(read(sysctl + intel, OWN).sort(), read(intel + sysctl, OWN).sort());
  assert.equal(read("hw.memsize: 8589934592\n"), ["memory_total_bytes 8589934592"]);
  assert.is(read(intel).length, 22);
  assert.is(read(pressure).length, 17);
});

test("what vm_stat and sysctl say stays when memory_pressure says it too", () => {
  const samples = read(`${pressure}${sysctl}${intel}`);
  assert.ok(samples.includes("memory_total_bytes 17179869184"));
  assert.ok(samples.includes("memory_free_bytes 25097129984"));
  assert.ok(samples.includes("memory_vm_stat_anonymous_bytes 1901907968"));
  assert.is(new Set(samples.map((sample) => sample.split(" ")[0])).size, samples.length);
});

test("a count of pages below zero is left out", () => {
  const samples = read(intel.replace(" 6127229.", " 4294967290."));
  assert.not(samples.some((sample) => sample.startsWith("memory_free_bytes")));
});

test("names of sysctl that aren't read are left alone", () => {
  assert.equal(read("hw.memsize: 1024\nhw.physmem: 2147483648\nmachdep.cpu.brand_string: Apple M1\n"), [
    "memory_total_bytes 1024",
  ]);
});

test("damage is refused, with its place", () => {
  for (const [text, words, message] of [
    ["", [], "found no output, wanted the output of vm_stat, memory_pressure or sysctl"],
    ["hw.ncpu: 8\n", [], "found no figure, wanted one of hw.memsize"],
    [`${intel}17179869184\n`, [], 'line 24: found "17179869184", wanted "name: figure."'],
    [intel + intel, [], 'line 24: found "Mach Virtual Memory'],
    [sysctl + sysctl, [], 'line 5: found "hw.memsize" twice'],
    [`${sysctl}vm.stats.vm.v_free_count: 4\n`, [], 'line 5: found "vm.stats.vm.v_free_count", wanted names of macOS'],
    [sysctl.replace(": 86", ": 101"), [], "found 101 as kern.memorystatus_level, wanted a percentage"],
    [sysctl.replace("17179869184", "16 GiB"), [], 'line 1: found "16 GiB" as hw.memsize, wanted a whole number'],
    [sysctl, OWN, 'found no "vm_stat", which the command line asks for'],
    [intel, OWN, 'found no "hw.memsize", which the command line asks for'],
    ["hw.memsize: 1\n", ["sysctl", "hw.memsize", "vm.swapusage"], 'found no "vm.swapusage", which the'],
  ] as const) {
    const said = refusal(() => read(text, words));
    assert.ok(said.startsWith(message), said);
  }
});

test("asks() tells its command lines from those of FreeBSD", () => {
  for (const words of [
    ["vm_stat"],
    ["/usr/bin/memory_pressure", "-Q"],
    ["sysctl", "hw.memsize"],
    ["sysctl", "-e", "vm.swapusage"],
    OWN,
  ]) {
    assert.is(vmStat.accepts?.(words), true, words.join(" "));
  }
  for (const words of [["sysctl", "-a"], ["sysctl", "vm.stats.vm"], ["sysctl", "hw.physmem"], ["swapinfo"]]) {
    assert.is(vmStat.accepts?.(words), false, words.join(" "));
  }
  assert.ok(isMacosName("hw.memsize"));
  assert.not(isMacosName("hw.physmem"));
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "macos")) {
    checkExpected(vmStat, one);
    checkCuts(vmStat, one.stdout, one.argv);
    checkChanges(vmStat, one.stdout, one.argv);
  }
  checkCuts(vmStat, new TextEncoder().encode(intel + sysctl), OWN);
  checkCuts(vmStat, new TextEncoder().encode(pressure + sysctl), ["sh", "-c", "memory_pressure; sysctl hw.memsize"]);
});

test("other outputs are refused", () => {
  checkForeign(vmStat, ({ family }) => family === "macos");
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(vmStat, intel + sysctl);
  checkMetrics(vmStat, pressure);
});

test.run();
