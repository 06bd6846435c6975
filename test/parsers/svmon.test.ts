import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { isSvmonUnit, parseSvmon, type SvmonUnit } from "../../src/parsers/svmon.ts";
import { decode } from "../../src/parsers/text.ts";
import { readCuts, refusal } from "../cuts.ts";
import { guardedReading } from "../guard.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string, asked?: SvmonUnit) => {
  const { memory, pagingSpace } = parseSvmon(writtenLines(text), asked);
  return { memory: Object.fromEntries(memory), pagingSpace: Object.fromEntries(pagingSpace) };
};

const PAGES = `               size       inuse        free         pin     virtual   mmode
memory      1003520     1000352        3168      466861     1468212     Ded
pg space    2097152      829774

               work        pers        clnt       other
pin          435310           0           0       31551
in use       901152           0       99200

PageSize   PoolSize       inuse        pgsp         pin     virtual
s    4 KB         -      276720      252814       67101      409300
m   64 KB         -       45227       36060       24985       66182
`;

const KILOBYTES = `Unit: KB
--------------------------------------------------------------------------------------
               size       inuse        free         pin     virtual  available   mmode
memory      4194304     2177848     2016456     1534220     1700132    2126476     Ded
pg space     524288       14576

               work        pers        clnt       other
pin         1100896           0       16812      416512
in use      1700132           0      477716

PageSize   PoolSize       inuse        pgsp         pin     virtual
s    4 KB         -      875512       14576      483500      397796
m   64 KB         -     1302336           0     1050720     1302336
L   16 MB        10           0           0           0           0
`;

test("parseSvmon() reads pages of 4 KiB, with the rows by segment and page size below", () => {
  assert.equal(read(PAGES), {
    memory: {
      size: 1003520 * 4096,
      inuse: 1000352 * 4096,
      free: 3168 * 4096,
      pin: 466861 * 4096,
      virtual: 1468212 * 4096,
    },
    pagingSpace: { size: 2097152 * 4096, inuse: 829774 * 4096 },
  });
});

test("parseSvmon() takes the unit from the report or the command line, and refuses two units", () => {
  const { memory, pagingSpace } = read(KILOBYTES);
  assert.is(memory.size, 4194304 * 1024);
  assert.is(memory.available, 2126476 * 1024);
  assert.is(pagingSpace.inuse, 14576 * 1024);
  assert.equal(read(KILOBYTES, "KB").memory, memory);
  assert.match(
    refusal(() => read(KILOBYTES, "MB")),
    /^line 1: found "Unit: KB", wanted unit=MB of the command line$/,
  );
  const megabytes = decode(memoryCase("aix-svmon-mb").stdout);
  assert.is(read(megabytes, "MB").memory.inuse, 19345031823);
  assert.is(read(megabytes, "GB").memory.inuse, Math.round(18448.86 * 2 ** 30));
  assert.match(
    refusal(() => read(megabytes)),
    /^line 2: found "20736\.00" in column "size", wanted a whole number$/,
  );
});

test("parseSvmon() reads unit=auto, where every figure has its own suffix", () => {
  const text = `Unit: auto                                               Timestamp: 10:57:26
-------------------------------------------------------------------------------
               size       inuse        free         pin     virtual
memory        31.0G       2.85G       512.5M       0.00       2.60G
pg space     512.0M      13.4M
`;
  const { memory, pagingSpace } = read(text);
  assert.is(memory.size, 31 * 2 ** 30);
  assert.is(memory.free, 512.5 * 2 ** 20);
  assert.is(memory.pin, 0);
  assert.is(pagingSpace.size, 2 ** 29);
  assert.match(
    refusal(() => read(text.replace("31.0G", "31.0"))),
    /^line 4: .*wanted a figure with a suffix$/,
  );
});

test("parseSvmon() reads what else may stand above and between", () => {
  const text = `Command line : svmon -G -O commandline=on,timestamp=on
Timestamp: 10:57:26
Unit: page
${PAGES.replace("pg space", "ucomprsd          -      340120\ncomprsd           -           -\npg space")}`;
  assert.equal(read(text), read(PAGES));
});

test("parseSvmon() leaves out what is wrapped or negative", () => {
  const { memory } = read(PAGES.replace("  3168", "    -5").replace(" 466861", " 4503599627370495"));
  assert.equal(Object.keys(memory), ["size", "inuse", "virtual"]);
});

test("parseSvmon() refuses damage, several reports and other reports", () => {
  for (const [text, message] of [
    ["", /^found "", wanted the global report/],
    [PAGES.replace("size       inuse", "inuse       size"), /wanted the global report/],
    [PAGES.replace("inuse        free", "inuse        inuse"), /^line 1: .*wanted the columns of svmon/],
    [PAGES.replace("virtual   mmode", "mmode"), /^line 1: .*wanted the columns of svmon/],
    [PAGES.replace("memory ", "Memory "), /^line 2: .*wanted "memory" and 6 figures/],
    [PAGES.replace("3168      ", ""), /^line 2: .*wanted "memory" and 6 figures/],
    [PAGES.replace("3168", "few"), /^line 2: found "few" in column "free"/],
    [PAGES.replace("3168", "3.168"), /^line 2: found "3\.168" in column "free"/],
    [PAGES.replace(/pg space.*\n/, ""), /^line 2: found no row "pg space"/],
    [PAGES.replace("829774", ""), /^line 3: .*wanted "pg space" and 2 figures/],
    [PAGES.replace("829774", "829774 1"), /^line 3: .*wanted "pg space" and 2 figures/],
    [PAGES + PAGES, /^line 12: found a second report/],
    [`Unit: TB\n${PAGES}`, /^line 1: found "Unit: TB"/],
    [`hello\n${PAGES}`, /^line 1: found "hello"/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
  assert.match(
    refusal(() => read(KILOBYTES.replace("2016456", "2e6"))),
    /^line 4: .*wanted a figure$/,
  );
});

test("parseSvmon() of a cut gives all figures or refuses, also without the last line end", () => {
  for (const [text, asked] of [
    [PAGES, undefined],
    [KILOBYTES, undefined],
    [decode(memoryCase("aix-svmon-g").stdout), undefined],
    [decode(memoryCase("aix-svmon-mb").stdout), "MB"],
  ] as const) {
    const whole = read(text, asked);
    for (const [length, cut] of readCuts(text, (start) => read(start, asked)))
      assert.equal(cut, whole, `cut at ${length}`);
  }
  assert.equal(read(decode(memoryCase("aix-svmon-g").stdout).trimEnd()).pagingSpace, {
    size: 3758096384,
    inuse: 10543104,
  });
});

test("parseSvmon() refuses two units in one report", () => {
  assert.match(
    refusal(() => read(KILOBYTES.replace("Unit: KB\n", "Unit: KB\nUnit: auto\n"))),
    /^line 2: found "Unit: auto", wanted one unit and not KB as well$/,
  );
  assert.equal(read(KILOBYTES.replace("Unit: KB\n", "Unit: KB\nUnit: KB\n")), read(KILOBYTES));
});

test("parseSvmon() quotes a heading that it complains about", () => {
  assert.match(
    refusal(() => read(PAGES.replace("mmode", "mmode\x1b[0m"))),
    /^line 2: found "Ded" in column "mmode\\u\{1b\}\[0m", wanted a whole number$/,
  );
});

test("isSvmonUnit() knows the units of svmon", () => {
  for (const word of ["page", "KB", "MB", "GB", "auto"]) assert.ok(isSvmonUnit(word));
  for (const word of ["kb", "TB", "", "toString"]) assert.not(isSvmonUnit(word));
});

test("parseSvmon() takes linear time for a long line", () => {
  for (const filler of [" ", "1", " 1", "-", "a "]) {
    const long = filler.repeat(2 ** 20 / filler.length);
    for (const text of [`${long}\n`, `Unit: KB${long}x\n${PAGES}`]) {
      guardedReading(JSON.stringify(text.slice(0, 40)), () => read(text));
    }
  }
});

test.run();
