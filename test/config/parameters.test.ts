import { test } from "uvu";
import * as assert from "uvu/assert";
import { faultOf, readParameter, valuesOf } from "../../src/config/parameters.ts";

test("a value matches as a whole, in linear time", async () => {
  const parameter = await readParameter("a", { pattern: "(a+)+", max_length: 4096 });
  if (typeof parameter === "string") throw new Error(parameter);
  assert.is(faultOf("aaa", parameter), undefined);
  for (const value of ["aaab", "baaa", "", "a\n"]) assert.match(faultOf(value, parameter) ?? "", /wanted a value/);
  // With a backtracking engine this takes longer than anybody waits.
  assert.match(faultOf(`${"a".repeat(4000)}b`, parameter) ?? "", /wanted a value that matches \(a\+\)\+/);
});

test("a command without parameters takes none", () => {
  assert.equal(valuesOf([], new Map()), new Map());
  assert.is(valuesOf([], new Map([["a", "b"]])), 'unknown parameter "a", wanted none');
});

test.run();
