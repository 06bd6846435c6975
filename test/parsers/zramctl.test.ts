import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { decode } from "../../src/parsers/text.ts";
import { parseZramctl, ZRAMCTL_ALL_COLUMNS, ZRAMCTL_COLUMNS } from "../../src/parsers/zramctl.ts";
import { readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const HEADED = { columns: undefined, raw: false };
const read = (text: string, style: Parameters<typeof parseZramctl>[1] = HEADED) =>
  parseZramctl(writtenLines(text), style).map(({ name, algorithm, figures }) => ({
    name,
    algorithm,
    ...Object.fromEntries(figures),
  }));
const all = decode(memoryCase("zramctl-all").stdout);

test("parseZramctl() finds the figures beside an empty cell", () => {
  assert.equal(read(all), [
    {
      name: "/dev/zram1",
      algorithm: "lzo-rle",
      DISKSIZE: 96 * 2 ** 20,
      DATA: 59978547,
      COMPR: 3250586,
      TOTAL: 5033165,
      "MEM-LIMIT": 0,
      "MEM-USED": 5033165,
      MIGRATED: 0,
      "ZERO-PAGES": 0,
    },
  ]);
});

test("parseZramctl() reads several devices, and streams where the kernel has them", () => {
  const text = `NAME        ALGORITHM DISKSIZE   DATA  COMPR  TOTAL STREAMS MOUNTPOINT
/dev/zram0  lzo-rle       1.4G 438.3M 144.9M 152.6M       4 [SWAP]
/dev/zram1  zstd           16M    52K   1.1K    76K         /mnt/with blank
/dev/zram10 842            16M     4K    74B    12K       1
`;
  assert.equal(
    read(text).map((device) => [device.name, device.algorithm, "STREAMS" in device]),
    [
      ["/dev/zram0", "lzo-rle", true],
      ["/dev/zram1", "zstd", false],
      ["/dev/zram10", "842", true],
    ],
  );
});

test("parseZramctl() reads bytes, raw and rows without heading", () => {
  const [device] = read("/dev/zram1 lzo-rle   16777216 3002368 2328198 2949120         \n", {
    columns: ZRAMCTL_COLUMNS,
    raw: false,
  });
  assert.equal(device, {
    name: "/dev/zram1",
    algorithm: "lzo-rle",
    DISKSIZE: 16777216,
    DATA: 3002368,
    COMPR: 2328198,
    TOTAL: 2949120,
  });
  const raw = "/dev/zram1 16M 52K 1.1K lzo-rle  1 76K 0B 2.8M 0B /tmp/m\\x20p\n";
  const [other] = read(raw, { columns: ZRAMCTL_ALL_COLUMNS, raw: true });
  assert.equal(other, {
    name: "/dev/zram1",
    algorithm: "lzo-rle",
    DISKSIZE: 16 * 2 ** 20,
    DATA: 52 * 1024,
    COMPR: 1126,
    TOTAL: 76 * 1024,
    "MEM-LIMIT": 0,
    "MEM-USED": 2936013,
    MIGRATED: 0,
    "ZERO-PAGES": 1,
  });
});

test("parseZramctl() takes no output for no device", () => {
  assert.equal(read(""), []);
});

test("parseZramctl() leaves out a number of pages that was wrapped below zero", () => {
  const [device] = read("NAME ZERO-PAGES STREAMS\n/dev/zram0 18446744073709551615 2\n", { ...HEADED, raw: true });
  assert.equal(device, { name: "/dev/zram0", algorithm: undefined, "ZERO-PAGES": undefined, STREAMS: 2 });
});

test("parseZramctl() refuses what is no table of zramctl", () => {
  for (const [text, message] of [
    ["NAME Size\n/dev/zram0 1\n", /^line 1: found column "Size"/],
    ["NAME       DATA\n/dev/sda     1M\n", /^line 2: .*wanted a zram device/],
    ["DATA\n  1M\n", /^line 2: .*wanted a zram device/],
    ["NAME       DATA\n/dev/zram0   1Z\n", /^line 2: found "1Z" in column "DATA"/],
    ["NAME       STREAMS\n/dev/zram0      4M\n", /^line 2: found "4M" in column "STREAMS"/],
    ["NAME       DATA\n/dev/zram0   1M\n/dev/zram0   1M\n", /^found a device twice/],
    ["zramctl: cannot open\n", /^line 1: found column "zramctl:"/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parseZramctl() refuses bytes in the place of a missing algorithm", () => {
  const style = { columns: ZRAMCTL_COLUMNS, raw: false };
  assert.throws(() => read("/dev/zram0 100663296 59978547 3250586 5033165 4\n", style), /and its algorithm/);
});

test("parseZramctl() takes a cut row for a whole one only where nothing but the mount point is cut", () => {
  const heading = all.indexOf("\n") + 1;
  const figures = all.indexOf("[SWAP]") - 1;
  for (const [length, devices] of readCuts(all, (cut) => read(cut))) {
    assert.ok(length === 0 || length >= heading, `cut at ${length}`);
    assert.equal(devices, length < figures ? [] : read(all), `cut at ${length}`);
  }
});

test("parseZramctl() of a raw table without its line end wants all figures, but no mount point", () => {
  const style = { columns: undefined, raw: true };
  const row = (cells: string) => `NAME TOTAL MEM-LIMIT MIGRATED MOUNTPOINT\n/dev/zram0 4096 ${cells}`;
  for (const cells of ["0 12 [SWAP]", "0 12 ", "0 12"])
    assert.equal(read(row(cells), style), read(row("0 12\n"), style));
  for (const cells of ["0 ", "0", ""]) assert.throws(() => read(row(cells), style), /without a line end/);
  for (const cells of ["0 \n", "0\n"]) assert.is(read(row(cells), style).length, 1);
});

test.run();
