import type { Profiler } from "node:inspector";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readCpuProfile } from "../../../src/web/debug/cpu.ts";

function node(id: number, functionName: string, children: number[] = []): Profiler.ProfileNode {
  const callFrame = { functionName, scriptId: "1", url: "file:///x.ts", lineNumber: id, columnNumber: 0 };
  return { id, callFrame, hitCount: 0, children };
}

const NODES = [
  node(1, "(root)", [2, 3, 5]),
  node(2, "(idle)"),
  node(3, "outer", [4]),
  node(4, "inner"),
  node(5, "(program)"),
];
const INTERVAL = { intervalMicros: 1000, beganMs: 1_700_000_000_000 };

/** 3 ms until the first sample, then one a millisecond; the last stands for 2 ms. */
const PROFILE: Profiler.Profile = {
  nodes: NODES,
  startTime: 50_000,
  endTime: 62_000,
  samples: [4, 4, 3, 2, 2, 4, 5, 1],
  timeDeltas: [3000, 1000, 1000, 1000, 1000, 1000, 1000, 1000],
};

test("samples of one stack are added up, each with the time until the next", () => {
  const { samples, units, period, beganMs, durationMs } = readCpuProfile(PROFILE, { ...INTERVAL, timed: false });
  const found = samples.map(({ stack, values, timeNanos }) => [
    stack.map((one) => one.functionName),
    values,
    timeNanos,
  ]);
  assert.equal(found, [
    [["inner", "outer"], [3, 3_000_000], undefined],
    [["outer"], [1, 1_000_000], undefined],
    [["(program)"], [1, 1_000_000], undefined],
  ]);
  assert.equal(units, [
    ["samples", "count"],
    ["cpu", "nanoseconds"],
  ]);
  assert.equal(period, { unit: ["cpu", "nanoseconds"], value: 1_000_000 });
  assert.equal([beganMs, durationMs], [1_700_000_000_000, 12]);
});

test("the last sample counts until the end", () => {
  const { samples } = readCpuProfile(
    { ...PROFILE, samples: [4, 3], timeDeltas: [3000, 4000] },
    { ...INTERVAL, timed: false },
  );
  assert.equal(
    samples.map(({ values }) => values),
    [
      [1, 4_000_000],
      [1, 5_000_000],
    ],
  );
});

test("in timed profiles, consecutive samples of a stack are joined, in order", () => {
  const { samples } = readCpuProfile(PROFILE, { ...INTERVAL, timed: true });
  const found = samples.map(({ stack, values, timeNanos }) => [stack[0]?.functionName, ...values, timeNanos]);
  assert.equal(found, [
    ["inner", 2, 2_000_000, 3_000_000],
    ["outer", 1, 1_000_000, 5_000_000],
    ["inner", 1, 1_000_000, 8_000_000],
    ["(program)", 1, 1_000_000, 9_000_000],
  ]);
});

test("a clock that goes back gives no negative times", () => {
  const profile = { ...PROFILE, samples: [4, 3, 4], timeDeltas: [3000, -500, 20_000] };
  const { samples } = readCpuProfile(profile, { ...INTERVAL, timed: true });
  assert.ok(samples.every(({ values }) => values.every((value) => value >= 0)));
});

test("a profile without samples is read", () => {
  const { samples } = readCpuProfile({ nodes: NODES, startTime: 0, endTime: 10 }, { ...INTERVAL, timed: false });
  assert.equal(samples, []);
});

test.run();
