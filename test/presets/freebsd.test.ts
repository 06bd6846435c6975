import { test } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../src/parsers/text.ts";
import { freebsd } from "../../src/presets/freebsd.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, ownWords, samplesOf } from "./checks.ts";

const textOf = (name: string) => decode(memoryCase(name).stdout);
const read = (text: string, words: readonly string[] = []) => samplesOf(freebsd, text, words);
const OWN = ownWords(freebsd);

/** FreeBSD 14 by the preset's own command, with two swap devices. */
const WHOLE = `hw.physmem: 16987275264
hw.realmem: 17179869184
hw.usermem: 14325256192
vm.swap_reserved: 1536000000
vm.stats.vm.v_page_size: 4096
vm.stats.vm.v_page_count: 4045316
vm.stats.vm.v_free_count: 2048000
vm.stats.vm.v_wire_count: 649904
vm.stats.vm.v_user_wire_count: 12
vm.stats.vm.v_active_count: 500000
vm.stats.vm.v_inactive_count: 800000
vm.stats.vm.v_laundry_count: 40394
vm.stats.vm.v_cache_count: 0
vm.stats.vm.v_free_target: 88000
vm.stats.vm.v_free_min: 26100
vm.stats.vm.v_free_reserved: 5400
vm.stats.vm.v_pageout_free_min: 34
vm.stats.vm.v_vm_faults: 123456789
vm.stats.vm.v_io_faults: 4321
vm.stats.vm.v_cow_faults: 1234567
vm.stats.vm.v_swappgsin: 10
vm.stats.vm.v_swappgsout: 20
Device          1K-blocks     Used    Avail Capacity
/dev/ada0p3       2097152    16056  2081096     1%
/dev/ada1p3       2097152        0  2097152     0%
Total             4194304    16056  4178248     0%
`;

const SYSCTL = WHOLE.slice(0, WHOLE.indexOf("Device"));
/** A heading without devices says that there is no swap. */
const HEADING_LENGTH = "Device          1K-blocks     Used    Avail Capacity\n".length;

test("the preset's own command gives memory, swap and each device", () => {
  assert.equal(read(WHOLE, OWN), [
    "memory_total_bytes 16987275264",
    "memory_free_bytes 8388608000",
    "memory_swap_total_bytes 4294967296",
    "memory_swap_used_bytes 16441344",
    "memory_swap_free_bytes 4278525952",
    "memory_freebsd_real_bytes 17179869184",
    "memory_freebsd_user_bytes 14325256192",
    "memory_freebsd_swap_reserved_bytes 1536000000",
    "memory_freebsd_managed_bytes 16569614336",
    "memory_freebsd_active_bytes 2048000000",
    "memory_freebsd_inactive_bytes 3276800000",
    "memory_freebsd_laundry_bytes 165453824",
    "memory_freebsd_cache_bytes 0",
    "memory_freebsd_wired_bytes 2662006784",
    "memory_freebsd_user_wired_bytes 49152",
    "memory_freebsd_free_target_bytes 360448000",
    "memory_freebsd_free_min_bytes 106905600",
    "memory_freebsd_free_reserved_bytes 22118400",
    "memory_freebsd_faults_total 123456789",
    "memory_freebsd_io_faults_total 4321",
    "memory_freebsd_copy_on_write_faults_total 1234567",
    "memory_freebsd_swap_pages_in_total 10",
    "memory_freebsd_swap_pages_out_total 20",
    'memory_swap_device_size_bytes{device="/dev/ada0p3"} 2147483648',
    'memory_swap_device_size_bytes{device="/dev/ada1p3"} 2147483648',
    'memory_swap_device_used_bytes{device="/dev/ada0p3"} 16441344',
    'memory_swap_device_used_bytes{device="/dev/ada1p3"} 0',
    'memory_swap_device_free_bytes{device="/dev/ada0p3"} 2131042304',
    'memory_swap_device_free_bytes{device="/dev/ada1p3"} 2147483648',
  ]);
});

test("without hw.physmem the total is that of the pages; swap comes from swapinfo before sysctl", () => {
  assert.ok(read(textOf("freebsd-vm-stats-1g")).includes("memory_total_bytes 1008345088"));
  assert.equal(read("vm.swap_total: 2147483648\n"), ["memory_swap_total_bytes 2147483648"]);
  const both = `vm.swap_total: 2147483648\n${textOf("freebsd-swapinfo-none")}`;
  assert.equal(read(both), ["memory_swap_total_bytes 0", "memory_swap_used_bytes 0", "memory_swap_free_bytes 0"]);
});

test("pages need their size: of vm.stats.vm, or hw.pagesize", () => {
  const pages = "vm.stats.vm.v_free_count: 100\n";
  assert.equal(read(`hw.pagesize: 16384\n${pages}`), ["memory_free_bytes 1638400"]);
  for (const sizes of [
    "",
    "hw.pagesize: 0\n",
    "hw.pagesize: 4095\n",
    "hw.pagesize: 4096\nvm.stats.vm.v_page_size: 16384\n",
  ]) {
    refusal(() => read(sizes + pages));
  }
});

test("negative figures are left out", () => {
  assert.equal(read("hw.physmem: -2147483648\nhw.realmem: 18446744073709551615\nhw.usermem: 4096\n"), [
    "memory_freebsd_user_bytes 4096",
  ]);
});

test("sysctl -a of macOS is told by the names that come out", () => {
  const text = "hw.physmem: 2147483648\nhw.memsize: 17179869184\n";
  assert.equal(read(text, ["sysctl", "-a"]), ["memory_total_bytes 17179869184"]);
});

test("what the command line asks for has to come out, but for -i", () => {
  const words = ["sysctl", "hw.physmem", "hw.realmem"];
  const text = "hw.physmem: 4096\n";
  assert.match(
    refusal(() => read(text, words)),
    /^found no "hw\.realmem"/,
  );
  assert.equal(read(text, ["sysctl", "-i", "hw.physmem", "hw.realmem"]), ["memory_total_bytes 4096"]);
  assert.match(
    refusal(() => read(SYSCTL, OWN)),
    /^found no "swapinfo"/,
  );
  const page = "vm.stats.vm.v_page_size: 4096\nvm.stats.vm.v_page_count: 100\n";
  assert.match(
    refusal(() => read(page, ["sysctl", "vm.stats.vm"])),
    /^found no "vm\.stats\.vm\.v_free_count"/,
  );
});

test("damaged output is refused", () => {
  for (const text of [
    "",
    "kern.ostype: FreeBSD\n",
    "2111283200\n",
    WHOLE.replace("4045316", "4,045,316"),
    WHOLE.replace("4045316", ""),
    WHOLE.replace(/Total.*\n/, ""),
    `${WHOLE}done\n`,
    WHOLE + WHOLE,
  ]) {
    refusal(() => read(text));
  }
});

test("asks() leaves macOS its command lines", () => {
  for (const words of [["swapinfo", "-k"], ["sysctl", "vm.stats.vm"], ["sysctl", "-a"], OWN]) {
    assert.is(freebsd.accepts?.(words), true);
  }
  for (const words of [
    ["sysctl", "hw.memsize"],
    ["sysctl", "vm.swapusage"],
  ])
    assert.is(freebsd.accepts?.(words), false);
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "freebsd")) {
    checkExpected(freebsd, one);
    checkCuts(freebsd, one.stdout, one.argv, one.argv[0] === "swapinfo" ? [HEADING_LENGTH] : []);
    checkChanges(freebsd, one.stdout, one.argv);
  }
  checkCuts(freebsd, new TextEncoder().encode(SYSCTL), ["sysctl", "vm.stats.vm", "hw.physmem"]);
});

test("other outputs are refused", () => {
  // Those of macOS' sysctl are read whoever asks.
  checkForeign(freebsd, ({ family, argv }) => family === "freebsd" || (family === "macos" && argv[0] === "sysctl"));
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(freebsd, WHOLE);
});

test("hw.physmem of NetBSD stops at 32 bits, hw.physmem64 doesn't", () => {
  assert.equal(read("hw.physmem = 4294967295\nhw.physmem64 = 17179869184\nhw.usermem64 = 4096\n"), [
    "memory_total_bytes 17179869184",
    "memory_freebsd_user_bytes 4096",
  ]);
  assert.equal(read("hw.physmem = 4294967295\nhw.usermem = 8192\n"), ["memory_freebsd_user_bytes 8192"]);
});

test("swapctl prints the table of swapinfo", () => {
  const table =
    "Device      512-blocks     Used    Avail Capacity  Priority\n/dev/sd0b         2048     1024     1024    50%    0\n";
  assert.equal(read(table, ["swapctl", "-l"]).slice(0, 3), [
    "memory_swap_total_bytes 1048576",
    "memory_swap_used_bytes 524288",
    "memory_swap_free_bytes 524288",
  ]);
});

test.run();
