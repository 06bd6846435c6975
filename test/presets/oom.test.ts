import { test } from "uvu";
import * as assert from "uvu/assert";
import { oom } from "../../src/presets/oom.ts";
import { presetFor } from "../../src/presets/table.ts";
import { refusal } from "../cuts.ts";
import { sampleLines } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkForeign, checkMetrics, samplesOf } from "./checks.ts";

/** Some lines of /proc/vmstat of Linux 6.18. */
const VMSTAT = `nr_free_pages 1573057
pswpin 573601
pswpout 588236
pgfault 9363525
pgmajfault 3320
oom_kill 2
allocstall_dma 0
allocstall_normal 12
allocstall_movable 4711
zswpwb 0
`;

test("the preset gives kills, faults, swapping and stalls", () => {
  assert.equal(samplesOf(oom, VMSTAT), [
    "memory_oom_kills_total 2",
    "memory_page_faults_total 9363525",
    "memory_major_page_faults_total 3320",
    "memory_swapped_in_pages_total 573601",
    "memory_swapped_out_pages_total 588236",
    'memory_allocation_stalls_total{zone="dma"} 0',
    'memory_allocation_stalls_total{zone="normal"} 12',
    'memory_allocation_stalls_total{zone="movable"} 4711',
  ]);
  assert.equal(samplesOf(oom, "oom_kill 3\n", ["grep", "-w", "oom_kill", "/proc/vmstat"]), [
    "memory_oom_kills_total 3",
  ]);
});

test("under the names of node_exporter, the fields that its collector gives", () => {
  const text = `${VMSTAT}pgpgin 11\npgpgout 12\npgfaultx 1\npgscan_anon 3\npgmaj-fault 5\nhtlb_buddy_alloc_fail 1\n`;
  const read = (stdout: string) =>
    sampleLines(oom.readAsNodeExporter?.({ stdout: Buffer.from(stdout), words: [] }) ?? []);
  assert.equal(read(text), [
    "node_vmstat_pswpin 573601",
    "node_vmstat_pswpout 588236",
    "node_vmstat_pgfault 9363525",
    "node_vmstat_pgmajfault 3320",
    "node_vmstat_oom_kill 2",
    "node_vmstat_pgpgin 11",
    "node_vmstat_pgpgout 12",
    "node_vmstat_pgfaultx 1",
  ]);
  // Before Linux 4.13.
  assert.equal(read("pgfault 3\n"), ["node_vmstat_pgfault 3"]);
  assert.match(
    refusal(() => read("nr_free_pages 1\n")),
    /^found no figure, wanted counters/,
  );
});

test("a last line without its line end is read", () => {
  assert.equal(samplesOf(oom, VMSTAT.trimEnd()), samplesOf(oom, VMSTAT));
  assert.equal(samplesOf(oom, "oom_kill 3"), ["memory_oom_kills_total 3"]);
});

test("what says nothing of kills is refused", () => {
  assert.is(
    refusal(() => samplesOf(oom, VMSTAT.replace("oom_kill 2\n", ""))),
    'found no line "oom_kill", wanted that of /proc/vmstat',
  );
  refusal(() => samplesOf(oom, VMSTAT.replace("oom_kill 2", "oom_kill -2")));
});

test("a cut output gives fewer lines, never wrong figures", () => {
  const bytes = new TextEncoder().encode(VMSTAT);
  checkCuts(oom, bytes, []);
  checkChanges(oom, bytes, []);
});

test("other outputs are refused, but memory.events looks alike", () => {
  checkForeign(oom, ({ name }) => name === "cgroup-v2-events");
  assert.is(presetFor(["cat", "/proc/vmstat"]), oom);
  assert.is(presetFor(["grep", "oom_kill", "/proc/vmstat"]), oom);
  assert.is.not(presetFor(["cat", "/sys/fs/cgroup/memory.events"]), oom);
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(oom, VMSTAT);
});

test.run();
