import { test } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../src/parsers/text.ts";
import { solaris } from "../../src/presets/solaris.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, ownWords, samplesOf } from "./checks.ts";

const swap = decode(memoryCase("solaris-swap-s").stdout);
const statistics = "unix:0:system_pages:physmem\t2096064\nunix:0:system_pages:freemem\t632476\n";
const WHOLE = `${swap}4096\n${statistics}`;
const OWN = ownWords(solaris);
const read = (text: string, words: readonly string[] = []) => samplesOf(solaris, text, words);
const SWAP_SAMPLES = [
  "memory_swap_used_bytes 1062555648",
  "memory_swap_available_bytes 13014654976",
  "memory_solaris_swap_allocated_bytes 893550592",
  "memory_solaris_swap_reserved_bytes 169005056",
];

test("the preset's own commands give memory and swap", () => {
  const memory = ["memory_total_bytes 8585478144", "memory_free_bytes 2590621696"];
  assert.equal(read(WHOLE, OWN), [...memory, ...SWAP_SAMPLES]);
  assert.equal(read(WHOLE.replace("4096\n", "8192\n"), OWN)[0], "memory_total_bytes 17170956288");
  assert.equal(read(swap, ownWords(solaris, 1)), SWAP_SAMPLES);
  assert.equal(read(`4096\n${statistics}`), memory);
});

test("without pagesize(1) the size of a page follows from where the kernel begins", () => {
  const from = (base: number) => `${statistics}unix:0:system_pages:kernelbase\t${base}\n`;
  const [x86, sparc] = [2 ** 31, 2 ** 24].map((base) => read(from(base)));
  assert.equal(x86, ["memory_total_bytes 8585478144", "memory_free_bytes 2590621696"]);
  assert.equal(sparc, ["memory_total_bytes 17170956288", "memory_free_bytes 5181243392"]);
  for (const base of [0, 2 ** 24 + 1, 2 ** 31 - 1]) refusal(() => read(from(base)));
});

test("swap -sh gives figures with suffixes", () => {
  const text = "total: 852M allocated + 161M reserved = 1013M used, 12.1G available\n";
  assert.is(read(text, ["swap", "-sh"])[0], "memory_swap_used_bytes 1062207488");
});

test("pages that no machine has are left out", () => {
  const wrapped = WHOLE.replace("freemem\t632476", "freemem\t18446744073709551615");
  assert.equal(read(wrapped, OWN), ["memory_total_bytes 8585478144", ...SWAP_SAMPLES]);
});

test("damaged output is refused", () => {
  for (const [text, words] of [
    ["", []],
    ["4096\n", []],
    [statistics, []],
    [`${swap}${statistics}`, []],
    [WHOLE.replace("4096", "4095"), []],
    [WHOLE.replace("4096\n", "4096\n8192\n"), []],
    [`${swap}${WHOLE}`, []],
    [`${WHOLE}unix:0:system_pages:freemem\t1\n`, []],
    [swap, OWN],
    [WHOLE.replace(/unix.*freemem.*\n/, ""), OWN],
    [`swapfile dev swaplo blocks free\n${swap}`, []],
    [`${swap}swapfile dev swaplo blocks free\n`, []],
    [`${swap}4096\nunix:0:system_pages:physmem`, []],
  ] as const) {
    refusal(() => read(text, words));
  }
});

test("all cases are read correctly, also cut off and mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "solaris")) {
    checkExpected(solaris, one);
    checkCuts(solaris, one.stdout, one.argv);
    checkChanges(solaris, one.stdout, one.argv);
  }
  checkCuts(solaris, new TextEncoder().encode(WHOLE), OWN);
});

test("other outputs are refused", () => {
  checkForeign(solaris, ({ family }) => family === "solaris");
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(solaris, WHOLE);
});

test.run();
