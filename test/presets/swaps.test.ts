import { test } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../src/parsers/text.ts";
import { swaps } from "../../src/presets/swaps.ts";
import { presetFor } from "../../src/presets/table.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, ownWords, samplesOf } from "./checks.ts";

const list = memoryCase("swaps-zram-and-file").stdout;

/** Lengths of an output that end with a line: what is before is an output of fewer swaps. */
/** Where each line ends, with and without its line end; the heading only with it. */
function lineEnds(stdout: Uint8Array): number[] {
  return [...stdout].flatMap((byte, i) => (byte === 0x0a ? [i, i + 1] : [])).slice(1);
}

test("the preset gives every swap and the sums", () => {
  assert.equal(samplesOf(swaps, list, ownWords(swaps)), [
    "memory_swap_total_bytes 142598144",
    "memory_swap_used_bytes 60018688",
    'memory_swap_device_size_bytes{device="/dev/zram1",type="partition"} 100659200',
    'memory_swap_device_size_bytes{device="/var/tmp/my swap/file",type="file"} 41938944',
    'memory_swap_device_used_bytes{device="/dev/zram1",type="partition"} 60018688',
    'memory_swap_device_used_bytes{device="/var/tmp/my swap/file",type="file"} 0',
    'memory_swap_device_priority{device="/dev/zram1",type="partition"} 100',
    'memory_swap_device_priority{device="/var/tmp/my swap/file",type="file"} -2',
  ]);
});

test("no swap is a total of 0, by its heading or where swapon was asked and prints nothing", () => {
  const none = ["memory_swap_total_bytes 0", "memory_swap_used_bytes 0"];
  assert.equal(samplesOf(swaps, memoryCase("swaps-none").stdout), none);
  for (const line of [
    "swapon --show",
    "sudo swapon -s",
    "/sbin/swapon --show=NAME,SIZE --noheadings",
    "swapon --summary",
    "swapon",
    "swapon --bytes --noheadings",
  ]) {
    assert.equal(samplesOf(swaps, "", line.split(" ")), none, line);
  }
  for (const line of ["cat /proc/swaps", "swapon -a", ""]) {
    assert.is(
      refusal(() => samplesOf(swaps, "", line.split(" "))),
      "found no output, wanted a list of swaps",
    );
  }
});

test("swapon -s writes blanks as they are", () => {
  const text = decode(list).replace("\\040", " ");
  assert.equal(samplesOf(swaps, text, ["swapon", "-s"]), samplesOf(swaps, list));
  refusal(() => samplesOf(swaps, text, ["cat", "/proc/swaps"]));
});

test("the columns of swapon --show are found by heading or by the words", () => {
  const words = (line: string) => line.split(" ");
  const device = 'device="/dev/zram1"';
  assert.equal(samplesOf(swaps, "100 /dev/zram1 12345\n", words("swapon --noheadings --raw --show=PRIO,NAME,SIZE")), [
    "memory_swap_total_bytes 12345",
    `memory_swap_device_size_bytes{${device}} 12345`,
    `memory_swap_device_priority{${device}} 100`,
  ]);
  assert.equal(samplesOf(swaps, "/dev/zram1 partition  96M 57.2M  100\n", words("swapon --show --noheadings")), [
    `memory_swap_device_size_bytes{${device},type="partition"} 100663296`,
    `memory_swap_device_used_bytes{${device},type="partition"} 59978547`,
    `memory_swap_device_priority{${device},type="partition"} 100`,
  ]);
  assert.equal(samplesOf(swaps, "NAME SIZE\n/dev/zram1 96M\n", words("swapon --show=name,size --raw")), [
    `memory_swap_device_size_bytes{${device}} 100663296`,
  ]);
  refusal(() => samplesOf(swaps, "NAME SIZE\n/dev/zram1 96M\n", words("swapon --show=name,size")));
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "proc-swaps" || family === "swapon-show")) {
    checkExpected(swaps, one);
    checkCuts(swaps, one.stdout, one.argv, [0, ...lineEnds(one.stdout)]);
    checkChanges(swaps, one.stdout, one.argv);
  }
});

test("other outputs are refused", () => {
  checkForeign(swaps, ({ family }) => family === "proc-swaps" || family === "swapon-show");
});

test("command lines of swaps are known", () => {
  for (const line of ["cat /proc/swaps", "swapon --show", "sudo swapon -s", "/usr/sbin/swapon --show=NAME,SIZE"]) {
    assert.is(presetFor(line.split(" ")), swaps, line);
  }
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(swaps, list);
});

test("a line of swapon that lists no swaps is refused at the start", () => {
  for (const line of ["swapon -a", "swapon /dev/sda2"])
    assert.throws(() => swaps.checkWords?.(line.split(" ")), /wanted swapon --show/);
  for (const line of ["swapon", "swapon -s", "swapon --show=NAME --raw", "cat /proc/swaps"])
    swaps.checkWords?.(line.split(" "));
});

test("swapon -s translates its heading", () => {
  const rows = "/dev/sdb2                               partition\t16777212\t4832\t1\n";
  const wanted = samplesOf(swaps, `Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n${rows}`, ["swapon", "-s"]);
  assert.is(wanted.length, 5);
  const heading = "Filnamn                         Typ             Storlek Använt  Prioritet\n";
  assert.equal(samplesOf(swaps, heading + rows, ["swapon", "-s"]), wanted);
  assert.throws(() => samplesOf(swaps, heading + rows, ["cat", "/proc/swaps"]), /wanted/);
  assert.throws(() => samplesOf(swaps, "swapon: permission denied\n", ["swapon", "-s"]), /wanted the heading/);
});

test("cells beside wide characters are found by their columns on a terminal", () => {
  const table = "NAME    TYPE  SIZE  USED PRIO\n/交换   file    2G  512M    0\n/swap   file 1024M    0B   -2\n";
  assert.equal(samplesOf(swaps, table, ["swapon", "--show"]).slice(0, 4), [
    `memory_swap_device_size_bytes{device="/交换",type="file"} ${2 ** 31}`,
    `memory_swap_device_size_bytes{device="/swap",type="file"} ${2 ** 30}`,
    `memory_swap_device_used_bytes{device="/交换",type="file"} ${2 ** 29}`,
    `memory_swap_device_used_bytes{device="/swap",type="file"} 0`,
  ]);
});

test.run();
