import { test } from "uvu";
import * as assert from "uvu/assert";
import { presetFor } from "../../src/presets/table.ts";
import { zram } from "../../src/presets/zram.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, ownWords, samplesOf } from "./checks.ts";

const RAW = `NAME DISKSIZE DATA COMPR ALGORITHM STREAMS ZERO-PAGES TOTAL MEM-LIMIT MEM-USED MIGRATED MOUNTPOINT
/dev/zram0 16777216 3002368 2328198 lzo-rle  5 2949120 0 2949120 7 [SWAP]
/dev/zram1 33554432 0 0 zstd  0 0 0 0 0 
`;

test("the preset's own command gives every device", () => {
  assert.equal(samplesOf(zram, RAW, ownWords(zram, 1)), [
    'memory_zram_disksize_bytes{device="/dev/zram0"} 16777216',
    'memory_zram_disksize_bytes{device="/dev/zram1"} 33554432',
    'memory_zram_data_bytes{device="/dev/zram0"} 3002368',
    'memory_zram_data_bytes{device="/dev/zram1"} 0',
    'memory_zram_compressed_bytes{device="/dev/zram0"} 2328198',
    'memory_zram_compressed_bytes{device="/dev/zram1"} 0',
    'memory_zram_total_bytes{device="/dev/zram0"} 2949120',
    'memory_zram_total_bytes{device="/dev/zram1"} 0',
    'memory_zram_limit_bytes{device="/dev/zram0"} 0',
    'memory_zram_limit_bytes{device="/dev/zram1"} 0',
    'memory_zram_peak_bytes{device="/dev/zram0"} 2949120',
    'memory_zram_peak_bytes{device="/dev/zram1"} 0',
    'memory_zram_zero_pages{device="/dev/zram0"} 5',
    'memory_zram_zero_pages{device="/dev/zram1"} 0',
    'memory_zram_migrated_objects{device="/dev/zram0"} 7',
    'memory_zram_migrated_objects{device="/dev/zram1"} 0',
    'memory_zram_info{device="/dev/zram0",algorithm="lzo-rle"} 1',
    'memory_zram_info{device="/dev/zram1",algorithm="zstd"} 1',
  ]);
});

test("the columns are found by heading or by the words", () => {
  const samples = [
    'memory_zram_data_bytes{device="/dev/zram0"} 1048576',
    'memory_zram_total_bytes{device="/dev/zram0"} 2097152',
  ];
  for (const [line, text] of [
    ["zramctl -o NAME,DATA,TOTAL", "NAME       DATA TOTAL\n/dev/zram0   1M    2M\n"],
    ["zramctl -n -o NAME,DATA,TOTAL", "/dev/zram0   1M    2M\n"],
    ["zramctl -no NAME,DATA,TOTAL", "/dev/zram0   1M    2M\n"],
    ["zramctl -bnototal,data,name", "2097152 1048576 /dev/zram0\n"],
    ["zramctl --noheadings --raw --output=NAME,MOUNTPOINT,DATA,TOTAL", "/dev/zram0  1M 2M\n"],
    ["zramctl --noheadings --output NAME,DATA,TOTAL", "/dev/zram0   1M    2M\n"],
    ["sudo -n zramctl", "NAME       DATA TOTAL\n/dev/zram0   1M    2M\n"],
  ] as const) {
    assert.equal(samplesOf(zram, text, line.split(" ")), samples, line);
  }
});

test("no device in use gives nothing, and that is no failure", () => {
  assert.equal(samplesOf(zram, "", ["zramctl"]), []);
  assert.is(
    refusal(() => samplesOf(zram, "", ["cat", "saved"])),
    "found no output, wanted that of zramctl",
  );
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "zramctl")) {
    checkExpected(zram, one);
    checkCuts(zram, one.stdout, one.argv);
    checkChanges(zram, one.stdout, one.argv);
  }
  checkCuts(zram, new TextEncoder().encode(RAW), ["zramctl", "--raw"]);
});

test("other outputs are refused", () => {
  checkForeign(zram, ({ family }) => family === "zramctl");
});

test("command lines of zramctl are known", () => {
  assert.is(presetFor(["zramctl", "--bytes"]), zram);
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(zram, memoryCase("zramctl-all").stdout);
});

test.run();
