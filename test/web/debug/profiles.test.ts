import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PROFILES } from "../../../src/web/debug/profiles.ts";
import { testWhere } from "../../tools.ts";

const onNode = testWhere(process.versions.deno === undefined);

const kept: object[] = [];
const OBJECTS = 500;

/** What a profile has to find. It is async because V8 inlines no such function, and tells what it inlined as its caller. */
async function spendTimeAndMemory(): Promise<number> {
  let sum = 0;
  for (let i = 0; i < 300_000; i += 1) sum += Math.sqrt(sum + 1);
  for (let i = 0; i < OBJECTS; i += 1) kept.push({ sum, i });
  return sum;
}

const source = readFileSync(import.meta.filename, "utf8").split("\n");
const PLACE = `${import.meta.filename}:${1 + source.findIndex((line) => line.startsWith("async function spendTime"))}`;

/** Some hundred milliseconds of processor time. */
const ROUNDS = 150;

/** Takes a profile in which nothing else happens. Values are sums of the last unit: of a function, or of all. */
async function profileOf(name: string) {
  const profile = PROFILES.find((one) => one.name === name);
  if (profile === undefined) throw new Error(`No profile ${name}`);
  const enough = new AbortController();
  const taken = profile.take(3600, enough.signal);
  // It begins between two of the first rounds.
  for (let round = 0; round < ROUNDS; round += 1) {
    await spendTimeAndMemory();
    await new Promise((resolve) => setImmediate(resolve));
  }
  enough.abort();
  const decoded = Profile.decode(gunzipSync(await taken));
  kept.length = 0;
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
    // Shares of the same processor time: how much of it there is doesn't matter.
    assert.ok(ours > all / 2, `${ours} of ${all}`);
    assert.ok(all <= Number(decoded.durationNanos), `${all} of ${decoded.durationNanos}`);
    assert.ok(decoded.sample.every(({ label }) => label.length === (name === "trace" ? 1 : 0)));
  });
}

for (const [name, unit] of [
  ["heap", "inuse_space/bytes"],
  ["allocs", "alloc_space/bytes"],
] as const) {
  onNode(`${name} finds where memory goes`, async () => {
    const { unit: found, place, ours } = await profileOf(name);
    assert.equal(found, [unit]);
    assert.is(place, PLACE);
    // An object of two members takes 28 bytes or more, and the list of them its part; a round or two may be before or after.
    const objects = OBJECTS * ROUNDS;
    assert.ok(ours > objects && ours < 1000 * objects, `${ours} bytes for ${objects} objects`);
  });
}

test("each profile has its bounds", () => {
  assert.equal(
    PROFILES.map((one) => one.name),
    ["profile", "heap", "allocs", "trace"],
  );
  for (const { defaultSeconds, maxSeconds } of PROFILES) {
    assert.ok(defaultSeconds >= 1 && defaultSeconds <= maxSeconds && maxSeconds <= 60);
  }
});

test.run();
