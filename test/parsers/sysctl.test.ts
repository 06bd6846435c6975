import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { isSysctlLine, parseSwapUsage, parseSysctl } from "../../src/parsers/sysctl.ts";
import { readCuts, refusal } from "../cuts.ts";

const read = (text: string) => parseSysctl(writtenLines(text));
const line = { text: "", number: 1, ended: true };
const swap = (value: string) => parseSwapUsage({ text: value, line: 1 });

test("parseSysctl() reads what a name and a value are separated by on macOS, FreeBSD and with -e", () => {
  const values = read(
    "hw.physmem: 2111283200\nhw.pagesize=4096\nkern.ostype = Darwin\ndev.cpu.0.%desc: ACPI: CPU\nkern.bootfile:\n",
  );
  assert.equal(
    [...values].map(([name, { text }]) => [name, text]),
    [
      ["hw.physmem", "2111283200"],
      ["hw.pagesize", "4096"],
      ["kern.ostype", "Darwin"],
      ["dev.cpu.0.%desc", "ACPI: CPU"],
      ["kern.bootfile", ""],
    ],
  );
});

test("parseSysctl() refuses lines without a name and a name twice", () => {
  assert.is(
    refusal(() => read("17179869184\n")),
    'line 1: found "17179869184", wanted "name: value" of sysctl',
  );
  assert.match(
    refusal(() => read("memsize: 17179869184\n")),
    /^line 1: /,
  );
  assert.match(
    refusal(() => read("Mem: 1.5\n")),
    /^line 1: /,
  );
  assert.match(
    refusal(() => read("hw memsize.x: 1\n")),
    /^line 1: /,
  );
  assert.is(
    refusal(() => read("a.b: 1\na.b: 1\n")),
    'line 2: found "a.b" twice, wanted it once',
  );
});

test("parseSysctl() ignores lines in which a value goes on", () => {
  const text =
    "vm.vmtotal: \nSystem wide totals computed every five seconds:\n=====\nFree Memory:\t12K\nhw.physmem: 5\n";
  assert.equal([...read(text).keys()], ["vm.vmtotal", "hw.physmem"]);
});

test("isSysctlLine() tells a line of sysctl from those of other programs", () => {
  const is = (text: string) => isSysctlLine({ ...line, text });
  assert.ok(is("vm.stats.vm.v_free_count: 1"));
  assert.ok(is("hw.memsize="));
  for (const text of ["Pages free: 1.", "Swapins: 1.", "/dev/ada0p2.eli 1 2 3 4%", "hw.memsize", ": 1", "1.5: 2", ""]) {
    assert.not(is(text), text);
  }
});

test("parseSwapUsage() reads M as 1024*1024, with a point or comma, encrypted or not", () => {
  const expected = { total: 1073741824, used: 397672448, free: 676069376 };
  assert.equal(swap("total = 1024.00M  used = 379.25M  free = 644.75M  (encrypted)"), expected);
  assert.equal(swap("total = 1024,00M  used = 379,25M  free = 644,75M"), expected);
  assert.equal(swap("total = 0.00M  used = 0.00M  free = 0.00M"), { total: 0, used: 0, free: 0 });
});

test("parseSwapUsage() refuses figures in another form", () => {
  for (const value of [
    "total = 4096.00  used = 2743.50  free = 1352.50  (encrypted)",
    "total = 4096.00M  used = 2743.50M",
    "total = 4096.00M  used = 2743.50M  free = 1352.50G",
    "total = 4.096,00M  used = 0,00M  free = 4.096,00M",
    "total = 4096M  used = 0M  free = 4096M",
    "total = -1.00M  used = 0.00M  free = 0.00M",
    "total = 1.00M  free = 1.00M  used = 0.00M",
    "total = 1.00M  used = 0.00M  free = 1.00M  (encrypted) more",
    "",
  ]) {
    assert.match(
      refusal(() => swap(value)),
      /^line 1: found ".*" as vm\.swapusage, wanted "total = 1\.00M/,
    );
  }
});

test("a cut line of vm.swapusage gives all figures or is refused", () => {
  const text = "vm.swapusage: total = 4096.00M  used = 2743.50M  free = 1352.50M  (encrypted)\n";
  const parse = (cut: string) => {
    const found = read(cut).get("vm.swapusage");
    return found && parseSwapUsage(found);
  };
  const whole = parse(text);
  for (const [length, usage] of readCuts(text, parse)) {
    if (length > 0) assert.equal(usage, whole, `cut at ${length}`);
  }
});

test.run();
