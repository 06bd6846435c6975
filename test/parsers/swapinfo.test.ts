import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { parseSwapInfo } from "../../src/parsers/swapinfo.ts";
import { readCuts, refusal } from "../cuts.ts";

const read = (text: string) => parseSwapInfo(writtenLines(text));
const HEAD = "Device          1K-blocks     Used    Avail Capacity\n";
const TWO = `${HEAD}/dev/gptid/286a4064-d329-11e7-a    419840        0   419840     0%
/dev/md2          1048576    16056  1032520     2%
Total             1468416    16056  1452360     1%
`;
const K = 1024;

test("parseSwapInfo() reads a heading alone as no swap", () => {
  assert.equal(read(HEAD), { devices: [], total: { total: 0, used: 0, free: 0 } });
});

test("parseSwapInfo() takes one device as the total", () => {
  const { devices, total } = read(`${HEAD}/dev/ada0p2.eli   2097152       10  2097142     0%\n`);
  const sizes = { total: 2097152 * K, used: 10 * K, free: 2097142 * K };
  assert.equal(devices, [{ name: "/dev/ada0p2.eli", ...sizes }]);
  assert.is(total.total, sizes.total);
  assert.is(total.free, sizes.free);
});

test("parseSwapInfo() keeps the total of several devices apart from them", () => {
  const { devices, total } = read(TWO);
  assert.equal(
    devices.map(({ name, used }) => [name, used]),
    [
      ["/dev/gptid/286a4064-d329-11e7-a", 0],
      ["/dev/md2", 16056 * K],
    ],
  );
  assert.is(total.total, 1468416 * K);
  assert.is(total.used, 16056 * K);
  assert.is(total.free, 1452360 * K);
});

test("parseSwapInfo() takes the unit from the heading", () => {
  for (const [heading, unit] of [
    ["512-blocks", 512],
    ["1024-blocks", 1024],
    ["1K-blocks", K],
    ["4K-blocks", 4 * K],
    ["1M-blocks", K ** 2],
    ["1G-blocks", K ** 3],
  ] as const) {
    const text = `${HEAD.replace("1K-blocks", heading)}/dev/da0s1b 200 50 150 25%\n`;
    assert.equal(read(text).devices, [{ name: "/dev/da0s1b", total: 200 * unit, used: 50 * unit, free: 150 * unit }]);
  }
});

test("parseSwapInfo() reads -h of FreeBSD 12 (first figure in blocks) and of FreeBSD 14 (suffixes all over)", () => {
  const older = read(`${HEAD}/dev/vtbd0s1b      419840     1.5M     408M     0%\n`);
  assert.equal(older.devices, [{ name: "/dev/vtbd0s1b", total: 419840 * K, used: 1.5 * K ** 2, free: 408 * K ** 2 }]);
  const newer = read(
    "Device              Size     Used    Avail Capacity\n/dev/nda0p3          208G       0B     208G     0%\n",
  );
  assert.equal(newer.devices, [{ name: "/dev/nda0p3", total: 208 * K ** 3, used: 0, free: 208 * K ** 3 }]);
});

test("parseSwapInfo() reads names with spaces, the type of older systems and a percentage of nothing", () => {
  const text = `${HEAD.trimEnd()}  Type\n[NFS swap] 100 0 100 0% Interleaved\n/dev/md1 0 0 0 nan% Interleaved\nTotal 100 0 100 0% \n`;
  for (const total of ["Total 100 0 100 0%", "Total 100 0 100 0% Interleaved"]) {
    assert.equal(
      read(text.replace(/Total.*/, total)).devices.map(({ name }) => name),
      ["[NFS swap]", "/dev/md1"],
    );
  }
});

test("parseSwapInfo() leaves out what is no size", () => {
  const { devices } = read(`${HEAD}/dev/da0 100 -5 18446744073709551611 0%\n`);
  assert.equal(devices, [{ name: "/dev/da0", total: 100 * K, used: undefined, free: undefined }]);
});

test("parseSwapInfo() refuses other tables and damage", () => {
  const row = "/dev/da0 200 50 150 25%\n";
  for (const text of [
    "",
    row,
    HEAD.trimEnd(),
    HEAD.replace("Capacity", "Capacit"),
    HEAD.replace("1K-blocks", "0K-blocks"),
    HEAD.replace("1K-blocks", "K-blocks"),
    HEAD.replace("Used    Avail", "Avail    Used"),
    `${HEAD}/dev/da0 200 50 150 25\n`,
    `${HEAD}/dev/da0 200 50 150\n`,
    `${HEAD}200 50 150 25%\n`,
    `${HEAD} /dev/da0 200 50 150 25%\n`,
    `${HEAD}/dev/da0 200 few 150 25%\n`,
    `${HEAD}/dev/da0 200 50M 150 25%\n`,
    `${HEAD}/dev/da0 200M 50M 150M 25%\n`,
    `${HEAD.replace("1K-blocks", "Size")}/dev/da0 200 50 150 25%\n`,
    HEAD + row + row.replace("da0", "da1"),
    `${HEAD}${row}${row}Total 400 100 300 25%\n`,
    `${HEAD}${row}Total 200 50 150 25%\n`,
    `${HEAD}Total 200 50 150 25%\n`,
    `${TWO}${row}`,
    TWO + TWO,
    TWO + HEAD,
  ]) {
    refusal(() => read(text));
  }
});

test("parseSwapInfo() of a cut gives whole figures or refuses", () => {
  const whole = new Map(read(TWO).devices.map((device) => [device.name, device]));
  for (const [length, { devices }] of readCuts(TWO, read)) {
    for (const device of devices) assert.equal(device, whole.get(device.name), `cut at ${length}`);
    assert.ok(devices.length < 2 || length >= TWO.length - 1, `cut at ${length}`);
  }
});

test.run();
