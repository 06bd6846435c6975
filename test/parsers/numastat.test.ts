import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { parseNumastat } from "../../src/parsers/numastat.ts";
import { decode } from "../../src/parsers/text.ts";
import { endsWithLine, readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string) =>
  Object.fromEntries([...parseNumastat(writtenLines(text))].map(([row, nodes]) => [row, Object.fromEntries(nodes)]));
const two = decode(memoryCase("numastat-two-nodes").stdout);

/** numastat -c -m -z -s of a machine with eight nodes, with NUMASTAT_WIDTH=60; its first rows. */
const FOLDED = `
Per-node system memory usage (in MBs):
Token SwapCached not in hash table.
                 Node 0 Node 1 Node 2 Node 3 Node 4 Node 5
                 ------ ------ ------ ------ ------ ------
MemTotal           6746   6746   6746   6746   6746   6746
MemFree            6124   6124   6124   6124   6124   6124

                 Node 8 Node 10 Total
                 ------ ------- -----
MemTotal           6746    6746 53970
MemFree            6124    6124 48996
`;

test("parseNumastat() gives MiB by row and node, without the sums", () => {
  const memory = read(two);
  assert.equal(Object.keys(memory), [
    "MemTotal",
    "MemFree",
    "MemUsed",
    "SwapCached",
    "Active",
    "Inactive",
    "Active(anon)",
  ]);
  assert.equal(memory.SwapCached, { 0: 367002, 1: 870318 });
});

test("parseNumastat() reads one node", () => {
  assert.equal(read(decode(memoryCase("numastat-m").stdout)).MemTotal, { 0: 10428906209 });
});

test("parseNumastat() puts folded blocks together", () => {
  const { MemTotal = {}, ...others } = read(FOLDED);
  assert.equal(Object.keys(MemTotal), ["0", "1", "2", "3", "4", "5", "8", "10"]);
  assert.is(MemTotal[10], 6746 * 2 ** 20);
  assert.equal(Object.keys(others), ["MemFree"]);
});

test("parseNumastat() leaves negative figures out", () => {
  assert.equal(read(two.replace("     0.35", "    -0.35")).SwapCached, { 1: 870318 });
});

test("parseNumastat() reads other line ends and blank lines", () => {
  assert.equal(read(two.replaceAll("\n", "  \r\n\n")), read(two));
});

test("parseNumastat() refuses damaged output", () => {
  for (const [text, message] of [
    ["", /^found "", wanted "Per-node system memory usage \(in MBs\):"$/],
    ["                           node0\nnuma_hit                 4567\n", /^line 1: .*wanted "Per-node system/],
    [`${two}\nPer-node numastat info (in MBs):\n`, /wanted a row of 3 figures$/],
    [two.replace(/ +1545697\.96/, ""), /^line 7: .*wanted a row of 3 figures$/],
    [two.replace("771710.76", "771710,76"), /^line 7: .*wanted a row of 3 figures$/],
    [two.replace("771710.76", "771710.7"), /^line 7/],
    [two.replace("MemFree", "MemTotal"), /^line 8: found row "MemTotal" twice/],
    [two.replace(/^ +Node 0.*\n/m, ""), /wanted the heading with the nodes$/],
    [two.replace("Node 1", "Node 0"), /wanted each node once/],
    [two.replace(/ +Total$/m, ""), /wanted a row of 2 figures$/],
    [FOLDED.replace("MemFree            6124    6124 48996\n", ""), /^line 9: found no row "MemFree" in the block/],
    [FOLDED.slice(0, FOLDED.lastIndexOf("\n\n") + 1), /wanted each node once and Total as the last$/],
    [FOLDED.replace(/MemTotal.*\nMemFree.*\n\n/, "\n"), /^line 4: found a heading without rows$/],
    [two.trimEnd().slice(0, -3), /wanted a row of 3 figures$/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parseNumastat() refuses a row that is cut off, and no block for all", () => {
  const whole = read(two);
  for (const [length, memory] of readCuts(two, read)) {
    assert.ok(endsWithLine(two, length), `cut at ${length}`);
    for (const [row, nodes] of Object.entries(memory)) assert.equal(nodes, whole[row]);
  }
  assert.equal([...readCuts(FOLDED, read)], [[FOLDED.length - 1, read(FOLDED)]]);
});

test.run();
