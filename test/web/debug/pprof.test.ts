import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeProfile, type Sampling } from "../../../src/web/debug/pprof.ts";

function frame(functionName: string, lineNumber: number) {
  return { functionName, scriptId: "1", url: "file:///opt/x.ts", lineNumber, columnNumber: 3 };
}

const [INNER, OUTER, OTHER] = [frame("inner", 4), frame("outer", 8), frame("inner", 12)];

const SAMPLING: Sampling = {
  units: [
    ["samples", "count"],
    ["cpu", "nanoseconds"],
  ],
  samples: [
    { stack: [INNER, OUTER], values: [2, 2_000_000], timeNanos: 0 },
    { stack: [OTHER, OUTER], values: [1, 2 ** 40], timeNanos: 5_000_000 },
    { stack: [OUTER], values: [0, 7] },
  ],
  period: { unit: ["cpu", "nanoseconds"], value: 1_000_000 },
  beganMs: 1_763_806_441_123.4,
  durationMs: 1234.5,
};

test("what was sampled can be read back", async () => {
  const profile = Profile.decode(gunzipSync(await encodeProfile(SAMPLING)));
  const { strings } = profile.stringTable;
  const text = (index: number | bigint) => strings[Number(index)];
  assert.equal(
    profile.sampleType.map(({ type, unit }) => [text(type), text(unit)]),
    SAMPLING.units,
  );
  assert.equal([text(profile.periodType?.type ?? 0), text(profile.periodType?.unit ?? 0)], ["cpu", "nanoseconds"]);
  assert.equal(
    [profile.period, profile.timeNanos, profile.durationNanos].map(Number),
    [1_000_000, 1_763_806_441_123_000_000, 1_234_500_000],
  );
  const functions = new Map(profile.function.map((one) => [one.id, one]));
  const locations = new Map(profile.location.map((one) => [one.id, one]));
  const found = profile.sample.map(({ locationId, value, label }) => ({
    stack: locationId.map((id) => {
      const [line] = locations.get(id)?.line ?? [];
      const code = functions.get(line?.functionId ?? 0);
      return [text(code?.name ?? 0), text(code?.filename ?? 0), code?.startLine, line?.line, line?.column].join(" ");
    }),
    value: value.map(Number),
    label: label.map(({ key, num, numUnit }) => [text(key), Number(num), text(numUnit)]),
  }));
  const [inner, outer, other] = ["inner /opt/x.ts 5 5 4", "outer /opt/x.ts 9 9 4", "inner /opt/x.ts 13 13 4"];
  assert.equal(found, [
    { stack: [inner, outer], value: [2, 2_000_000], label: [["time", 0, "nanoseconds"]] },
    { stack: [other, outer], value: [1, 2 ** 40], label: [["time", 5_000_000, "nanoseconds"]] },
    { stack: [outer], value: [0, 7], label: [] },
  ]);
});

test("nothing is left to be looked up: there is one mapping, with all names and lines", async () => {
  const { mapping, location, function: functions } = Profile.decode(gunzipSync(await encodeProfile(SAMPLING)));
  assert.is(mapping.length, 1);
  const [{ id, hasFunctions, hasFilenames, hasLineNumbers } = {}] = mapping;
  assert.equal([hasFunctions, hasFilenames, hasLineNumbers], [true, true, true]);
  assert.ok(location.every((one) => one.mappingId === id));
  assert.is(location.length, 3);
  assert.equal(
    functions.map((one) => one.id),
    [1, 2, 3],
  );
});

test("a profile in which nothing happened is one", async () => {
  const profile = Profile.decode(gunzipSync(await encodeProfile({ ...SAMPLING, samples: [] })));
  assert.equal([profile.sample, profile.location], [[], []]);
});

test.run();
