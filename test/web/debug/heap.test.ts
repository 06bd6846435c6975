import type { HeapProfiler } from "node:inspector";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readHeapProfile } from "../../../src/web/debug/heap.ts";

type Node = HeapProfiler.SamplingHeapProfileNode;

function node(lineNumber: number, functionName: string, selfSize: number, children: Node[] = []): Node {
  const callFrame = { functionName, scriptId: "1", url: "file:///x.ts", lineNumber, columnNumber: 0 };
  return { callFrame, selfSize, children };
}

test("bytes stand by the stack that allocated them", () => {
  const head = node(1, "(root)", 0, [
    node(2, "outer", 0, [node(3, "inner", 1000.4), node(4, "other", 0)]),
    node(5, "(GC)", 24),
  ]);
  const sampling = { unit: ["inuse_space", "bytes"], intervalBytes: 4096, beganMs: 5, durationMs: 7 } as const;
  const { samples, ...rest } = readHeapProfile({ head }, sampling);
  const found = samples.map(({ stack, values }) => [stack.map((one) => one.functionName), values]);
  assert.equal(found, [
    [["inner", "outer"], [1000]],
    [["(GC)"], [24]],
  ]);
  const period = { unit: ["space", "bytes"], value: 4096 };
  assert.equal(rest, { units: [["inuse_space", "bytes"]], period, beganMs: 5, durationMs: 7 });
});

test.run();
