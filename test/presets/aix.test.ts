import { test } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../src/parsers/text.ts";
import { aix } from "../../src/presets/aix.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, ownWords, samplesOf } from "./checks.ts";

const KILOBYTES = `Unit: KB
--------------------------------------------------------------------------------------
               size       inuse        free         pin     virtual  available   mmode
memory      4194304     2177848     2016456     1534220     1700132    2126476     Ded
pg space     524288       14576
`;

test("the preset's own commands give memory and paging space", () => {
  assert.equal(samplesOf(aix, KILOBYTES, ownWords(aix)), [
    "memory_total_bytes 4294967296",
    "memory_used_bytes 2230116352",
    "memory_free_bytes 2064850944",
    "memory_available_bytes 2177511424",
    "memory_swap_total_bytes 536870912",
    "memory_swap_used_bytes 14925824",
    "memory_aix_pinned_bytes 1571041280",
    "memory_aix_virtual_bytes 1740935168",
  ]);
  assert.equal(samplesOf(aix, memoryCase("aix-svmon-g").stdout, ownWords(aix, 1)), [
    "memory_total_bytes 4294967296",
    "memory_used_bytes 4258775040",
    "memory_free_bytes 36192256",
    "memory_swap_total_bytes 3758096384",
    "memory_swap_used_bytes 10543104",
    "memory_aix_pinned_bytes 1167679488",
    "memory_aix_virtual_bytes 1945571328",
  ]);
});

test("the unit is taken from the words, wherever it stands among the options", () => {
  const { stdout } = memoryCase("aix-svmon-mb");
  for (const line of ["-G -O unit=MB", "-G -O pgsz=off,unit=MB", "-G -Ounit=MB,pgsz=off", "-O unit=MB -G"]) {
    const samples = samplesOf(aix, stdout, ["svmon", ...line.split(" ")]);
    assert.is(samples[0], "memory_total_bytes 21743271936", line);
    assert.equal(samplesOf(aix, stdout, ["/bin/sh", "-c", `svmon ${line}`]), samples);
  }
  assert.match(
    refusal(() => samplesOf(aix, stdout, ["svmon", "-G", "-O", "unit=TB"])),
    /^found "unit=TB", wanted a unit that svmon knows$/,
  );
  assert.match(
    refusal(() => samplesOf(aix, KILOBYTES, ["svmon", "-O", "unit=GB"])),
    /wanted unit=GB/,
  );
});

test("figures of megabytes are never taken as pages", () => {
  refusal(() => samplesOf(aix, memoryCase("aix-svmon-mb").stdout, ["svmon", "-G"]));
  refusal(() => samplesOf(aix, decode(memoryCase("aix-svmon-g").stdout).replace("8836", "88.36")));
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "aix")) {
    checkExpected(aix, one);
    checkCuts(aix, one.stdout, one.argv);
    checkChanges(aix, one.stdout, one.argv);
  }
  checkCuts(aix, new TextEncoder().encode(KILOBYTES), []);
});

test("other outputs are refused", () => {
  checkForeign(aix, ({ family }) => family === "aix");
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(aix, KILOBYTES);
});

test.run();
