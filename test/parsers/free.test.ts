import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseFree } from "../../src/parsers/free.ts";
import { decode } from "../../src/parsers/text.ts";
import { refusal } from "../cuts.ts";
import { guardedReading } from "../guard.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string, line = "free") => parseFree(text, { words: line.split(" ") });
const output = (name: string) => decode(memoryCase(name).stdout);

const ORDINARY = output("procps402-default");
const HEADING = "               total        used        free      shared  buff/cache   available\n";

test("parseFree() gives rows and columns in bytes", () => {
  assert.equal(read(output("procps402-committed"), "free -v"), {
    mem: {
      total: 25276063744,
      used: 750432256,
      free: 23892414464,
      shared: 9109504,
      buff_cache: 963276800,
      available: 24525631488,
    },
    swap: { total: 0, used: 0, free: 0 },
    committed: { total: 12638031872, used: 1471205376, free: 11166826496 },
  });
});

test("parseFree() leaves out negative figures, and refuses a total of memory below zero", () => {
  assert.is(read(output("procps402-committed-over"), "free -v").committed?.free, undefined);
  assert.is(read(output("lxc-wrapped-swap-used"), "free -m").swap?.used, undefined);
  assert.is(
    refusal(() => read(output("bad-negative-total"))),
    "line 2: found a total of memory below zero, wanted a size",
  );
});

test("parseFree() takes CR LF, a byte order mark, colours, blank lines and text around a report", () => {
  const whole = read(ORDINARY);
  assert.equal(read(ORDINARY.replaceAll("\n", "\r\n")), whole);
  assert.equal(read(ORDINARY.replaceAll("\n", "   \n\n")), whole);
  assert.equal(read(`\x1b[1m${ORDINARY.replace("Mem:", "\x1b[32mMem:\x1b[0m")}`), whole);
  assert.equal(read(`Welcome to host7\n3 updates can be installed\n\n${ORDINARY}Connection closed.\n`), whole);
  assert.equal(read(ORDINARY.slice(0, -1)), whole);
});

test("parseFree() refuses a colour inside of a figure", () => {
  assert.match(
    refusal(() => read(ORDINARY.replace("24683656", "2468\x1b[7m3656"))),
    /^line 2: found "2468\\u\{1b\}\[7m3656" out of/,
  );
});

test("parseFree() ignores a row of a newer version, but refuses a damaged one", () => {
  const newRow = "Zswap:          8192        1024        7168\n";
  const lines = ORDINARY.split("\n");
  assert.equal(read([lines[0], lines[1], newRow.trim(), lines[2], ""].join("\n")), read(ORDINARY));
  assert.match(
    refusal(() => read(`${lines[0]}\n${lines[1]}\n${newRow}`)),
    /^line 3: found "Zswap: .* and no row "Swap"/,
  );
  assert.match(
    refusal(() => read(`${ORDINARY}-/+ buff:        8192        1024\n`)),
    /^line 4: found "-\/\+ buff: .*, wanted a row of free/,
  );
});

test("parseFree() accepts an unknown column if all others are there", () => {
  const report = read(output("bad-extra-column"));
  assert.equal(Object.keys(report.mem ?? {}), ["total", "used", "free", "shared", "buff_cache", "available"]);
  const damaged = ORDINARY.replace("shared", "shxred");
  assert.match(
    refusal(() => read(damaged)),
    /^line 1: found the headings "total {8}used .*, wanted them as a known free prints them$/,
  );
});

test("parseFree() wants just the rows that the options ask for", () => {
  const rows = /^found a report with the rows .*, wanted the rows and columns that free prints when called so$/;
  assert.match(
    refusal(() => read(ORDINARY, "free -t")),
    rows,
  );
  assert.match(
    refusal(() => read(ORDINARY, "free -w")),
    rows,
  );
  assert.match(
    refusal(() => read(output("procps402-total"))),
    rows,
  );
  assert.match(
    refusal(() => read(output("procps402-wide"))),
    rows,
  );
  assert.match(
    refusal(() => read(output("procps402-mebi").split("\n").slice(0, 2).join("\n"), "free -m")),
    rows,
  );
});

test("parseFree() reads the last whole report of several, if they were asked for", () => {
  const second = ORDINARY.replace("24683656", "24683657");
  const two = `${ORDINARY}\n${second}`;
  assert.is(read(two, "free -s 1 -c2").mem?.total, 24683657 * 1024);
  assert.is(read(`${ORDINARY}\n${second.slice(0, -12)}`, "free -s1").mem?.total, 24683656 * 1024);
  assert.is(
    refusal(() => read(two)),
    "line 5: found a second report, wanted one without -s or -c",
  );
  const broken = `${ORDINARY}\n${second.replace("8896", "x896")}`;
  assert.is(
    refusal(() => read(broken, "free -c 2")),
    'line 6: found "x896" in column "shared", wanted a whole number',
  );
});

test("parseFree() reads repeated reports of one line and of another language", () => {
  const line = "SwapUse           0 CachUse      941448  MemUse      737144 MemFree    23327384 \n";
  assert.is(read(line.repeat(3), "free -L -c 3").mem?.free, 23327384 * 1024);
  assert.is(
    refusal(() => read(line.repeat(2), "free -L")),
    "line 2: found a second report, wanted one without -s or -c",
  );
  const german = output("locale-de-402");
  assert.equal(read(`${german}\n${german}`, "free -s 1"), read(german));
  assert.equal(read(`${german}\n${german.slice(0, 120)}`, "free -s 1"), read(german));
});

test("parseFree() reads labels and headings of another language by their places, or not at all", () => {
  const german = output("locale-de-402");
  assert.is(read(german).mem?.buff_cache, 964091904);
  const lost = german.replace("24683656", "2468365");
  assert.match(
    refusal(() => read(lost)),
    /^line 2: found first figures out of their column/,
  );
  assert.match(
    refusal(() => read(german.replace("741248", "74124"))),
    /^line 2: found "74124" out of its column/,
  );
  assert.match(
    refusal(() => read(german, "free -t")),
    /^line 3: found 2 lines under the headings, wanted 3$/,
  );
  assert.match(
    refusal(() => read(german.replace("Swap:", "Mem:"))),
    /^line 3: found the row "Mem" out of its order$/,
  );
  assert.match(
    refusal(() => read(german.replace("gesamt", "used"))),
    /^line 1: found "used .*wanted the headings of free$/,
  );
});

test("parseFree() refuses labels of which some are English under English headings", () => {
  assert.match(
    refusal(() => read(ORDINARY.replace("Mem:", "Mxm:"))),
    /^found a report with the rows swap/,
  );
});

test("parseFree() takes Gi and the like that weren't asked for, bare letters not", () => {
  assert.is(read(output("procps402-human")).mem?.total, 15 * 2 ** 30);
  assert.match(
    refusal(() => read(output("procps3310-human"))),
    /^line 2: found "3.6G" in column "total", wanted a whole number$/,
  );
});

test("parseFree() refuses a figure without a suffix among human ones, save zero", () => {
  const human = output("procps402-human");
  assert.is(read(human.replace("639Mi", "    0"), "free -h").mem?.shared, 0);
  assert.match(
    refusal(() => read(human.replace("639Mi", "  639"), "free -h")),
    /^line 2: found "639" in column "shared", wanted a figure with a suffix$/,
  );
});

test("parseFree() leaves out the made-up 0 of a BusyBox without available memory", () => {
  const report = parseFree(output("busybox130-no-memavailable"), { words: ["free"], multicall: "busybox" });
  assert.is(report.mem?.available, undefined);
  assert.is(report.mem?.buff_cache, 975798272);
});

test("parseFree() lets only what is called as an applet of BusyBox have no Swap row, and only with its line end", () => {
  const mem = output("busybox-no-mmu-no-swap-row");
  assert.is(parseFree(mem, { words: ["free"], multicall: "busybox" }).swap, undefined);
  const refused = (text: string) => refusal(() => parseFree(text, { words: ["free"], multicall: "busybox" }));
  assert.match(refused(mem.slice(0, -1)), /^found a report with the rows mem, wanted/);
  assert.match(refused(`${mem}Sw`), /^found a report with the rows mem, wanted/);
  assert.is(refused(`${mem}Swap:   `), 'line 3: found 0 figures in "Swap:", wanted 3');
  assert.match(
    refusal(() => read(mem)),
    /^found a report with the rows mem, wanted/,
  );
});

test("parseFree() refuses other units where bytes were asked for", () => {
  assert.match(
    refusal(() => read(output("busybox135-default"), "free -b")),
    /which is no whole kibibyte, wanted bytes/,
    "BusyBox without options",
  );
  const swap = output("procps402-bytes").replace(/Swap:.*/, "Swap:        4194300        7456     4186844");
  assert.match(
    refusal(() => read(swap, "free -b")),
    /^line 3: found "4194300" in column "total", which is no whole kibibyte/,
    "uutils up to 0.0.1",
  );
});

test("parseFree() takes linear time for long lines", () => {
  const length = 2 ** 20;
  const texts = [
    "9".repeat(length),
    `${"\r".repeat(length)}x`,
    `${" ".repeat(length)}x`,
    `${HEADING}Mem${" ".repeat(length)}: 1`,
    `${HEADING}Mem:${" 1".repeat(length / 2)}`,
    "\x1b[".repeat(length / 2),
    "total used free ".repeat(length / 16),
    "\n".repeat(length),
    HEADING.repeat(length / HEADING.length),
  ];
  for (const text of texts) {
    for (const line of ["free", "free -L", "free -s 1"]) {
      guardedReading(`${line}: ${JSON.stringify(text.slice(0, 20))}`, () => read(text, line));
    }
  }
});

test.run();
