import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckedCase } from "../expected.ts";
import { memoryCases } from "../memory_cases.ts";
import { faultsOf } from "./parsed.ts";

const CASES = memoryCases() as CheckedCase[];

for (const kind of ["procps", "busybox", "toybox", "bad", ""]) {
  const cases = CASES.filter(({ family }) =>
    kind === "" ? !/^(procps|busybox|toybox|bad)/.test(family) : family.startsWith(kind),
  );
  test(`parse is right on every output of ${kind || "the other programs"}`, async () => {
    assert.ok(cases.length > 0);
    assert.is((await faultsOf(cases)).join("\n"), "");
  });
}

test.run();
