import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PROFILES } from "../../../src/web/debug/profiles.ts";
import { testWhere } from "../../tools.ts";

const onNode = testWhere(process.versions.deno === undefined);

const kept: object[] = [];

/** What a profile has to find. It is async because V8 inlines no such function, and tells what it inlined as its caller. */
async function spendTimeAndMemory(): Promise<number> {
  const end = performance.now() + 20;
  let sum = 0;
  while (performance.now() < end) sum += Math.sqrt(sum + 1);
  for (let i = 0; i < 2000; i++) kept.push({ sum, i });
  return sum;
}

const source = readFileSync(import.meta.filename, "utf8").split("\n");
const PLACE = `${import.meta.filename}:${1 + source.findIndex((line) => line.startsWith("async function spendTime"))}`;

/** Functions of the profile by name: their files, lines, and how much of the last unit stands by them. */
async function profileOf(name: string) {
  const profile = PROFILES.find((one) => one.name === name);
  if (profile === undefined) throw new Error(`No profile ${name}`);
  const timer = setInterval(spendTimeAndMemory, 50);
  const bytes = await profile.take(0.5, new AbortController().signal).finally(() => clearInterval(timer));
  const decoded = Profile.decode(gunzipSync(bytes));
  const text = (index: number | bigint) => decoded.stringTable.strings[Number(index)] ?? "";
  const total = (only: (id: number | bigint) => boolean) =>
    decoded.sample
      .filter(({ locationId }) => locationId.some(only))
      .reduce((sum, one) => sum + Number(one.value.at(-1)), 0);
  const found = decoded.function.find((one) => text(one.name) === "spendTimeAndMemory");
  return {
    decoded,
    unit: decoded.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    place: `${text(found?.filename ?? 0)}:${found?.startLine}`,
    ours: total((id) => id === found?.id),
    all: total(() => true),
  };
}

for (const name of ["profile", "trace"]) {
  onNode(`${name} finds where time goes`, async () => {
    const { unit, place, ours, all, decoded } = await profileOf(name);
    assert.equal(unit, ["samples/count", "cpu/nanoseconds"]);
    assert.is(place, PLACE);
    assert.ok(ours > all / 2, `${ours} of ${all}`);
    assert.ok(ours > 40_000_000 && ours < 1_000_000_000, `${ours}`);
    assert.ok(decoded.sample.every(({ label }) => label.length === (name === "trace" ? 1 : 0)));
  });
}

for (const [name, unit] of [
  ["heap", "inuse_space/bytes"],
  ["allocs", "alloc_space/bytes"],
] as const) {
  onNode(`${name} finds where memory goes`, async () => {
    const before = kept.length;
    const { unit: found, place, ours } = await profileOf(name);
    const objects = kept.length - before;
    assert.equal(found, [unit]);
    assert.is(place, PLACE);
    // An object of two members takes 28 bytes or more, and the list of them its part.
    assert.ok(ours > 10 * objects && ours < 1000 * objects, `${ours} bytes for ${objects} objects`);
  });
}

test("each profile has its bounds", () => {
  assert.equal(
    PROFILES.map((one) => one.name),
    ["profile", "heap", "allocs", "trace"],
  );
  for (const { usualSeconds, mostSeconds } of PROFILES) {
    assert.ok(usualSeconds >= 1 && usualSeconds <= mostSeconds && mostSeconds <= 60);
  }
});

test.run();
