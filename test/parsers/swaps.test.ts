import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { isSwapsHeading, parseSwaponTable, parseSwaps, SWAPON_COLUMNS } from "../../src/parsers/swaps.ts";
import { decode } from "../../src/parsers/text.ts";
import { endsWithLine, readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const HEADING = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
const HEADED = { columns: undefined, raw: false };

const readList = (text: string, escaped = true) => parseSwaps(writtenLines(text), escaped);
const readTable = (text: string, style: Parameters<typeof parseSwaponTable>[1] = HEADED) =>
  parseSwaponTable(writtenLines(text), style);

/** What util-linux 2.38 makes of a file with a tab and an umlaut in its name, beside others. */
const SHOW_BYTES = `NAME                  TYPE              SIZE        USED PRIO
/dev/zram1            partition    100659200    60018688  100
/var/tmp/my swap/file file          41938944           0   -2
/swapä\\x09x           file      419389440000 12641974272   -3
`;

test("parseSwaps() reads the kernel's list of old and new kernels", () => {
  const swaps = readList(decode(memoryCase("swaps-zram-and-file").stdout));
  assert.equal(swaps.devices, [
    { name: "/dev/zram1", type: "partition", sizeBytes: 100659200, usedBytes: 60018688, priority: 100 },
    { name: "/var/tmp/my swap/file", type: "file", sizeBytes: 41938944, usedBytes: 0, priority: -2 },
  ]);
  assert.is(swaps.totalBytes, 142598144);
  assert.is(swaps.usedBytes, 60018688);
  const row = "/dev/sda2                               partition\t2097148\t\t0\t\t-2\n";
  assert.equal(readList(HEADING + row).devices, [
    { name: "/dev/sda2", type: "partition", sizeBytes: 2147479552, usedBytes: 0, priority: -2 },
  ]);
});

test("parseSwaps() says that there is no swap", () => {
  assert.equal(readList(HEADING), { devices: [], totalBytes: 0, usedBytes: 0 });
});

test("parseSwaps() undoes the kernel's escapes and only these", () => {
  const names = (name: string, escaped?: boolean) =>
    readList(`${HEADING}${name} file 4 0 -2\n`, escaped).devices[0]?.name;
  assert.is(names("/a\\040(deleted)"), "/a (deleted)");
  assert.is(names("/sw\\303\\244p\\011x\\134y"), "/swäp\tx\\y");
  assert.is(names("/not\\377utf8%41"), "/not\ufffdutf8%41");
  assert.is(names("/a b", false), "/a b");
  assert.is(names("/a\\040b", false), "/a\\040b");
});

test("parseSwaps() refuses damaged output", () => {
  for (const [text, message] of [
    ["", /^found "", wanted the heading of \/proc\/swaps$/],
    ["Filename\tType\tSize\tUsed\n", /^line 1: .*wanted the heading/],
    [HEADING.trimEnd(), /^line 1: .*without a line end/],
    [`${HEADING}/a file 4 0 -`, /^line 2: found/],
    [`${HEADING}/a file 4 0\n`, /^line 2: found/],
    [`${HEADING}/a b file 4 0 -2\n`, /^line 2: found/],
    [`${HEADING}/a FILE 4 0 -2\n`, /^line 2: found/],
    [`${HEADING}/a file 4M 0 -2\n`, /^line 2: found "4M" as size, wanted a whole number$/],
    [`${HEADING}/a file 4 0 -2\n/a file 4 0 -3\n`, /^found a swap twice/],
    [`${HEADING}/a file 4 0 -2\n${HEADING}`, /^line 3: found/],
  ] as const) {
    assert.match(
      refusal(() => readList(text)),
      message,
    );
  }
  assert.ok(isSwapsHeading(writtenLines(HEADING)[0]));
  assert.not(isSwapsHeading(undefined));
});

test("parseSwaps() gives no total where a figure is no size", () => {
  const { devices, totalBytes, usedBytes } = readList(`${HEADING}/a file 4 18446744073709551612 -2\n`);
  assert.is(devices[0]?.usedBytes, undefined);
  assert.is(totalBytes, 4096);
  assert.is(usedBytes, undefined);
});

test("parseSwaponTable() adds up bytes, not what was rounded for people", () => {
  const bytes = readTable(SHOW_BYTES);
  assert.is(bytes.totalBytes, 100659200 + 41938944 + 419389440000);
  assert.is(bytes.usedBytes, 60018688 + 12641974272);
  assert.equal(bytes.devices[2], {
    name: "/swapä\tx",
    type: "file",
    sizeBytes: 419389440000,
    usedBytes: 12641974272,
    priority: -3,
  });
  const rounded = readTable(decode(memoryCase("swapon-show").stdout));
  assert.is(rounded.devices[0]?.usedBytes, 59978547);
  assert.is(rounded.devices[1]?.name, "/var/tmp/my swap/file");
  assert.is(rounded.totalBytes, undefined);
  assert.is(rounded.usedBytes, undefined);
});

test("parseSwaponTable() reads any columns", () => {
  const [device] = readTable("NAME       UUID  SIZE\n/dev/zram1        96M\n").devices;
  assert.equal(device, {
    name: "/dev/zram1",
    type: undefined,
    sizeBytes: 96 * 2 ** 20,
    usedBytes: undefined,
    priority: undefined,
  });
  const all = `NAME       TYPE       SIZE  USED PRIO UUID                                 LABEL
/dev/sda2  partition    2G    0B   -2 0b1c7c2e-6d4c-4e0e-9d8f-8d9f0f6a1b2c my swap
/dev/zram1 partition   96M 57.2M  100                                      ${""}
`;
  assert.equal(
    readTable(all).devices.map((one) => one.priority),
    [-2, 100],
  );
  assert.throws(() => readTable("TYPE SIZE\nfile   1M\n"), /wanted the name of a swap/);
});

test("parseSwaponTable() reads rows without heading, raw or not", () => {
  const rows = SHOW_BYTES.replace(/^.*\n/, "");
  const style = { columns: SWAPON_COLUMNS, raw: false };
  assert.equal(readTable(rows, style), readTable(SHOW_BYTES));
  const raw = "/dev/zram1 partition 100659200 60018688 100\n/var/tmp/my\\x20swap/file file 41938944 0 -2\n";
  assert.is(readTable(raw, { columns: SWAPON_COLUMNS, raw: true }).devices[1]?.name, "/var/tmp/my swap/file");
});

test("parseSwaponTable() takes no output for no swap", () => {
  assert.equal(readTable(""), { devices: [], totalBytes: 0, usedBytes: 0 });
});

test("parseSwaponTable() refuses half a heading, name or type at the end", () => {
  const table = "NAME TYPE SIZE LABEL\n/a   file   1M my swap\n";
  const [heading = "", row = ""] = table.split("\n");
  assert.equal(readTable(table.trimEnd()), readTable(table));
  assert.equal(readTable(table.slice(0, -9)), readTable(table));
  for (const text of [heading, "NAME", "SIZE NAME\n  1M /a", "NAME SIZE TYPE\n/a     1M file"]) {
    assert.match(
      refusal(() => readTable(text)),
      /without a line end, wanted a whole line$/,
    );
  }
  for (let length = 1; length < row.indexOf("M") + 1; length += 1) {
    refusal(() => readTable(`${heading}\n${row.slice(0, length)}`));
  }
});

test("parseSwaponTable() refuses a name with a character that would be escaped", () => {
  assert.match(
    refusal(() => readTable("NAME      SIZE\n/a\t/b     4096\n")),
    /^line 2: found "\/a\\t\/b {5}4096", wanted the name of a swap in it$/,
  );
});

test("parseSwaponTable() refuses invalid figures", () => {
  const row = (size: string, priority = "-2") =>
    `NAME TYPE ${"SIZE".padStart(size.length)} PRIO\n/a   file ${size.padStart(4)}   ${priority}\n`;
  assert.is(readTable(row("1.5G")).devices[0]?.sizeBytes, 1.5 * 2 ** 30);
  assert.is(readTable(row("1,5G")).devices[0]?.sizeBytes, 1.5 * 2 ** 30);
  for (const size of ["1.5Z", "1e3", "0x10", "12k"]) assert.throws(() => readTable(row(size)), /in column "SIZE"/);
  assert.throws(() => readTable(row("1M", "x2")), /in column "PRIO"/);
});

test("parseSwaps() and parseSwaponTable() refuse a row that is cut off", () => {
  const list = decode(memoryCase("swaps-zram-and-file").stdout);
  for (const [text, read] of [
    [list, readList],
    [SHOW_BYTES, readTable],
  ] as const) {
    const whole = read(text).devices;
    for (const [length, { devices }] of readCuts(text, (cut) => read(cut))) {
      assert.ok(endsWithLine(text, length), `cut at ${length}`);
      assert.equal(devices, whole.slice(0, devices.length));
    }
  }
});

test.run();
