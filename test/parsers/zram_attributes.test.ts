import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { isZramAttribute, parseZramAttributes } from "../../src/parsers/zram_attributes.ts";
import { refusal } from "../cuts.ts";

const read = (text: string) =>
  parseZramAttributes(writtenLines(text)).map(({ name, algorithm, figures }) => ({
    ...{ name, algorithm, ...Object.fromEntries(figures) },
  }));

test("parseZramAttributes() gives the devices in use with the columns of zramctl", () => {
  const text = `/sys/block/zram0/disksize:16777216
/sys/block/zram1/disksize:0
/sys/block/zram0/mm_stat: 3002368  2328198  2949120        1  2949121        5        7        0        0
/sys/block/zram1/mm_stat:       0        0        0        0        0        0        0        0        0
/sys/block/zram0/comp_algorithm:lzo [lzo-rle] lz4 zstd
`;
  assert.equal(read(text), [
    {
      name: "/dev/zram0",
      algorithm: "lzo-rle",
      DISKSIZE: 16777216,
      DATA: 3002368,
      COMPR: 2328198,
      TOTAL: 2949120,
      "MEM-LIMIT": 1,
      "MEM-USED": 2949121,
      "ZERO-PAGES": 5,
      MIGRATED: 7,
    },
  ]);
});

test("parseZramAttributes() reads the files that Linux had before mm_stat", () => {
  assert.equal(
    read("/sys/block/zram3/disksize:4096\n/sys/block/zram3/orig_data_size:12\n/sys/block/zram3/max_comp_streams:2\n"),
    [{ name: "/dev/zram3", algorithm: undefined, DISKSIZE: 4096, DATA: 12, STREAMS: 2 }],
  );
});

test("parseZramAttributes() refuses other lines and invalid figures", () => {
  assert.match(
    refusal(() => read("/sys/block/zram0/disksize:1\n5\n")),
    /^line 2: found "5", wanted the path/,
  );
  assert.match(
    refusal(() => read("/sys/block/zram0/disksize:1M\n")),
    /^line 1: found "1M" as DISKSIZE/,
  );
  assert.match(
    refusal(() => read("/sys/block/zram0/disksize:\n")),
    /^line 1: .*wanted the figure of DISKSIZE/,
  );
});

test("isZramAttribute() tells lines of /sys from those of zramctl", () => {
  const is = (text: string) => isZramAttribute(writtenLines(text)[0]);
  assert.ok(is("/sys/block/zram0/disksize:1\n"));
  for (const text of ["", "NAME DISKSIZE\n", "/dev/zram0 16M\n"]) assert.not(is(text), text);
});

test.run();
