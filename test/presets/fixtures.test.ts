import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Family } from "../../src/metric.ts";
import { presetFor } from "../../src/presets/table.ts";
import { ParseError } from "../../src/text.ts";
import { CHECKS, type CheckedCase, check } from "../expected.ts";
import { memoryCases } from "../memory_cases.ts";

/** What a line of shell or an argv makes of a case, or why it is refused. */
function outcome(one: CheckedCase, words: readonly string[]): readonly Family[] | string {
  const preset = presetFor(words);
  if (preset === undefined) return "no preset";
  try {
    return preset.read({ stdout: one.stdout, words });
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

const CASES = memoryCases() as CheckedCase[];

for (const family of Object.keys(CHECKS)) {
  const cases = CASES.filter((one) => one.family === family);

  test(`${cases.length} cases of ${family} come out right`, () => {
    assert.ok(cases.length > 0);
    for (const one of cases) {
      const mayRefuse = one.reject !== undefined || one.may_reject !== undefined || one.needs !== undefined;
      check(one, outcome(one, one.argv), mayRefuse);
    }
  });
}

/** Refused without their last line end, and why. */
const OPEN: Readonly<Record<string, string>> = {
  "swaps-none": "a heading without rows may have lost them",
  "freebsd-swapinfo-none": "a heading without rows may have lost them",
  "busybox-no-mmu-no-swap-row": "a row of memory alone may have lost the row of swap",
  "procps406-committed-wrapped": "a figure that is wider than its column may have lost digits",
};

/** An output without its last line end, or without all at its end; undefined where there is none. */
function withoutLineEnd(stdout: Uint8Array, all: boolean): Uint8Array | undefined {
  const isUtf16 = stdout[0] === 0xff && stdout[1] === 0xfe;
  const width = isUtf16 ? 2 : 1;
  const isLineEnd = (end: number) => stdout[end - width] === 0x0a || (all && stdout[end - width] === 0x0d);
  if (!isLineEnd(stdout.length)) return undefined;
  let end = stdout.length - width;
  while (all && isLineEnd(end)) end -= width;
  return stdout.subarray(0, end);
}

test("Without its last line end, or all of them, an output gives the same figures", () => {
  const refused = new Set<string>();
  let count = 0;
  for (const one of CASES.filter(({ expect }) => expect !== undefined)) {
    for (const all of [false, true]) {
      const stdout = withoutLineEnd(one.stdout, all);
      if (stdout === undefined) continue;
      count += 1;
      const result = outcome({ ...one, stdout }, one.argv);
      if (one.name in OPEN && typeof result === "string") refused.add(one.name);
      else assert.equal(result, outcome(one, one.argv), one.name);
    }
  }
  assert.ok(count > 300, `${count} cuts`);
  assert.equal([...refused].sort(), Object.keys(OPEN).sort());
});

test("Every case belongs to a family that is checked", () => {
  assert.equal(
    CASES.filter((one) => !(one.family in CHECKS)).map((one) => one.name),
    [],
  );
});

test("Cases that need a version are refused, unless the report tells it", () => {
  const refused = CASES.filter((one) => one.needs && typeof outcome(one, one.argv) === "string");
  assert.equal(
    refused.map((one) => one.name),
    ["procps400-si-alone", "procps402-si-alone"],
  );
});

test("Cases come out the same by a line for the shell", () => {
  const quoted = (argv: readonly string[]) =>
    argv.map((word) => (/[^\w/.:=,-]/.test(word) ? `'${word}'` : word)).join(" ");
  for (const one of CASES) {
    const line = `LC_ALL=C ${quoted(one.argv)} 2>/dev/null | cat`;
    assert.equal(outcome(one, ["/bin/sh", "-c", line]), outcome(one, one.argv), one.name);
  }
});

test.run();
