import { test } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../src/parsers/text.ts";
import { vmstat } from "../../src/presets/vmstat.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import {
  checkChanges,
  checkCuts,
  checkExpected,
  checkForeign,
  checkMetrics,
  samplesOf,
  samplesOrRefusal,
} from "./checks.ts";

test("the preset gives memory, swap, paging and ticks", () => {
  assert.equal(samplesOf(vmstat, memoryCase("vmstat-s").stdout), [
    "memory_total_bytes 25276063744",
    "memory_used_bytes 802205696",
    "memory_free_bytes 22795714560",
    "memory_buffers_bytes 32813056",
    "memory_cache_bytes 1975386112",
    "memory_swap_total_bytes 142598144",
    "memory_swap_used_bytes 60063744",
    "memory_swap_free_bytes 82534400",
    "memory_vmstat_active_bytes 947367936",
    "memory_vmstat_inactive_bytes 983838720",
    "memory_vmstat_paged_in_bytes_total 6599427072",
    "memory_vmstat_paged_out_bytes_total 11069345792",
    "memory_swapped_in_pages_total 573601",
    "memory_swapped_out_pages_total 588236",
    "memory_vmstat_interrupts_total 2458006",
    "memory_vmstat_context_switches_total 6349201",
    "memory_vmstat_forks_total 228108",
    "memory_vmstat_boot_time_seconds 1795333253",
    'memory_vmstat_cpu_ticks_total{mode="user"} 67123',
    'memory_vmstat_cpu_ticks_total{mode="nice"} 3484',
    'memory_vmstat_cpu_ticks_total{mode="system"} 53433',
    'memory_vmstat_cpu_ticks_total{mode="idle"} 130445',
    'memory_vmstat_cpu_ticks_total{mode="iowait"} 1085',
    'memory_vmstat_cpu_ticks_total{mode="irq"} 0',
    'memory_vmstat_cpu_ticks_total{mode="softirq"} 678',
    'memory_vmstat_cpu_ticks_total{mode="steal"} 871',
    'memory_vmstat_cpu_guest_ticks_total{mode="user"} 0',
    'memory_vmstat_cpu_guest_ticks_total{mode="nice"} 0',
  ]);
});

test("a figure that is no memory is left out, the others stay", () => {
  const wrapped = decode(memoryCase("vmstat-s").stdout).replace("58656 K", "18446744073709551612 K");
  const samples = samplesOf(vmstat, wrapped);
  assert.is(samples.length, 27);
  assert.not(samples.some((sample) => sample.startsWith("memory_swap_used_bytes")));
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "vmstat-s")) {
    const samples = samplesOrRefusal(vmstat, one.stdout, one.argv);
    if (one.name === "vmstat-s-de") {
      assert.is(samples, undefined);
      continue;
    }
    checkExpected(vmstat, one);
    checkCuts(vmstat, one.stdout, one.argv);
  }
  checkChanges(vmstat, memoryCase("vmstat-s-bytes").stdout, ["vmstat", "-s", "-S", "b"]);
});

test("other outputs are refused", () => {
  checkForeign(vmstat, ({ family }) => family === "vmstat-s");
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(vmstat, memoryCase("vmstat-s").stdout);
});

test("vmstat without -s is refused at the start", () => {
  for (const line of ["vmstat", "vmstat 1 2", "vmstat -w -S M", "vmstat -a"])
    assert.throws(() => vmstat.checkWords?.(line.split(" ")), /wanted vmstat -s/, line);
  for (const line of ["vmstat -s", "vmstat -S M -s", "vmstat -sS m", "sudo vmstat --stats", "/opt/x.sh"])
    vmstat.checkWords?.(line.split(" "));
});

test.run();
