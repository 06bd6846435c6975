import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { decode } from "../../src/parsers/text.ts";
import { parseVmStat } from "../../src/parsers/vm_stat.ts";
import { readCuts, refusal } from "../cuts.ts";
import { guardedReading } from "../guard.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string) => parseVmStat(writtenLines(text));
const intel = decode(memoryCase("macos-vm-stat-intel").stdout);

const SNOW_LEOPARD = `Mach Virtual Memory Statistics: (page size of 4096 bytes)
Pages free:                         1065812.
Pages active:                        486846.
Pages inactive:                      308906.
Pages speculative:                    72246.
Pages wired down:                    133344.
"Translation faults":              26386246.
Pages copy-on-write:                 832612.
Pages zero filled:                 14876786.
Pages reactivated:                    33516.
Pageins:                             149364.
Pageouts:                               202.
Object cache: 16 hits of 255782 lookups (0% hit rate)
`;

test("parseVmStat() gives every row by its name without quotes", () => {
  const { pageSizeBytes, figures } = read(intel);
  assert.is(pageSizeBytes, 4096);
  assert.is(figures.size, 22);
  assert.is(figures.get("Pages free"), 6127229);
  assert.is(figures.get("Translation faults"), 11477162);
  assert.is(figures.get("Swapouts"), 0);
});

test("parseVmStat() reads the rows of Mac OS X 10.6, with its object cache", () => {
  const { figures } = read(SNOW_LEOPARD);
  assert.is(figures.size, 11);
  assert.is(figures.get("Pageouts"), 202);
});

test("parseVmStat() reads the rows of macOS 26, without quotes, and unknown rows", () => {
  const text = `${intel.replaceAll('"', "")}Pages tag storage (active):      12.\n`;
  assert.is(read(text).figures.get("Translation faults"), 11477162);
  assert.is(read(text).figures.get("Pages tag storage (active)"), 12);
});

test("parseVmStat() reads other line ends, blank lines and no last line end", () => {
  const whole = [...read(intel).figures];
  assert.equal([...read(`\n\n${intel.replaceAll("\n", " \r\n")}\n`).figures], whole);
  assert.equal([...read(intel.trimEnd()).figures], whole);
});

test("parseVmStat() refuses the table that an interval gives", () => {
  const table = `Mach Virtual Memory Statistics: (page size of 4096 bytes)
    free   active   specul inactive throttle    wired
 6127229   485320   430715   628646        0   715958
`;
  assert.match(
    refusal(() => read(table)),
    /^line 2: found " {4}free .*", wanted "name: figure\."$/,
  );
});

test("parseVmStat() refuses damaged output", () => {
  const damaged = [
    ["", /^found "", wanted the page size of vm_stat$/],
    [intel.replace("4096 bytes", "4095 bytes"), /^line 1: .*power of two/],
    [intel.replace("4096 bytes", "0 bytes"), /^line 1: .*power of two/],
    [intel.replace(" bytes)", ")"), /^line 1: .*wanted the page size/],
    [intel.replace("628646.", "628646"), /^line 4: /],
    [intel.replace("628646.", "-628646."), /^line 4: /],
    [intel.replace("628646.", "628,646."), /^line 4: /],
    [intel.replace("628646.", "6e5."), /^line 4: /],
    [intel.replace("628646.", "99999999999999999999."), /^line 4: /],
    [intel.replace('"Translation faults":', '"Translation faults:'), /^line 9: /],
    [`${intel}Pages free: 3.\n`, /^line 24: found "Pages free" twice/],
    [intel + intel, /^line 24: found "Mach Virtual/],
    [intel.replace(/Pages wired.*\n/, ""), /^found no row "Pages wired down"/],
    [intel.replace(/Swapins.*\n/, ""), /^found no row "Swapins"/],
  ] as const;
  for (const [text, message] of damaged)
    assert.match(
      refusal(() => read(text)),
      message,
    );
});

test("parseVmStat() refuses every cut that loses more than the last rows, and never reads half a figure", () => {
  for (const name of ["macos-vm-stat-intel", "macos-vm-stat-mac-mini"]) {
    const text = decode(memoryCase(name).stdout);
    const whole = read(text).figures;
    for (const [length, { figures }] of readCuts(text, read)) {
      assert.ok(figures.has("Swapins"), `${name} cut at ${length}`);
      for (const [row, figure] of figures) assert.is(figure, whole.get(row), `${name} cut at ${length}`);
    }
  }
});

test("parseVmStat() takes linear time for a long line", () => {
  for (const filler of [" ", "1", ".", "a", '"', ":"]) {
    const long = filler.repeat(2 ** 20);
    for (const text of [`${intel}Pages ${long}x`, long]) guardedReading(filler, () => read(text));
  }
});

test.run();
