import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { isNodeLine, parseNodes } from "../../src/parsers/node_meminfo.ts";
import { refusal } from "../cuts.ts";

const read = (text: string) =>
  Object.fromEntries([...parseNodes(writtenLines(text))].map(([key, nodes]) => [key, Object.fromEntries(nodes)]));
const NODE = "/sys/devices/system/node/node";

test("parseNodes() reads the files of all nodes, and numbers of huge pages as sizes", () => {
  const text = `${NODE}0/meminfo:Node 0 MemTotal:        5728460 kB
${NODE}0/meminfo:Node 0 HugePages_Total:     2
${NODE}1/meminfo:Node 1 MemTotal:              1 kB
${NODE}1/meminfo:Node 1 ShadowCallStack:10373888 kB
/proc/meminfo:Hugepagesize:       2048 kB
`;
  assert.equal(read(text), {
    MemTotal: { 0: 5728460 * 1024, 1: 1024 },
    HugePages_Total: { 0: 2 * 2 ** 21 },
    ShadowCallStack: { 1: 10373888 * 1024 },
  });
});

test("parseNodes() reads one file as cat prints it, and no size of huge pages whose size isn't known", () => {
  assert.equal(read("Node 0 MemFree:  3 kB\nNode 0 HugePages_Free:     2\n"), { MemFree: { 0: 3072 } });
});

test("parseNodes() leaves out negative figures", () => {
  assert.equal(read("Node 0 MemUsed: -4 kB\nNode 0 MemFree: 18446744073709551612 kB\n"), {});
});

test("parseNodes() refuses other lines, a key twice and a lost unit", () => {
  for (const [text, message] of [
    ["Node 0 MemFree: 3 kB\nMemFree: 3 kB\n", /^line 2: found .*, wanted "Node 0 MemTotal: 1 kB"$/],
    ["Node 0 MemFree: 3 kB\nNode 0 MemFree: 4 kB\n", /^line 2: found "MemFree of node 0" twice/],
    ["Node 0 MemFree: 3\n", /^line 1: found "MemFree" without kB/],
    ["Node 0 MemFree: x kB\n", /^line 1: found "x" as MemFree of node 0/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("isNodeLine() knows lines with and without their path", () => {
  const is = (text: string) => isNodeLine(writtenLines(text)[0]);
  assert.ok(is("Node 0 MemTotal: 1 kB\n"));
  assert.ok(is(`${NODE}0/meminfo:Node 0 MemTotal: 1 kB\n`));
  for (const text of ["", "Node 0 Node 1\n", "MemTotal: 1 kB\n"]) assert.not(is(text), text);
});

test.run();
