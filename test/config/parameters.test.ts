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

test("values come from the request, then from the default, and all are there", async () => {
  const parameters = await Promise.all([
    readParameter("a", { pattern: "[a-z]*" }),
    readParameter("b", { pattern: ".*", default: "x" }),
  ]);
  const known = parameters.filter((one) => typeof one !== "string");
  const given = (...pairs: [string, string][]) => valuesOf(known, new Map(pairs));
  assert.equal(
    given(["a", "one"]),
    new Map([
      ["a", "one"],
      ["b", "x"],
    ]),
  );
  assert.equal(
    given(["a", ""], ["b", "y"]),
    new Map([
      ["a", ""],
      ["b", "y"],
    ]),
  );
  assert.is(given(["b", "y"]), "missing parameter a");
  assert.is(given(["a", "1"]), 'parameter a: found "1", wanted a value that matches [a-z]*');
  assert.is(given(["a", "x"], ["c", "y"]), 'unknown parameter "c", wanted one of a, b');
});

test("a value has a length, and no NUL or half a character", async () => {
  const parameter = await readParameter("a", { pattern: "(?s).*" });
  if (typeof parameter === "string") throw new Error(parameter);
  assert.is(faultOf("x".repeat(253), parameter), undefined);
  assert.is(faultOf("x".repeat(254), parameter), "found 254 characters, wanted at most 253");
  for (const value of ["a\0b", "\ud800"]) assert.match(faultOf(value, parameter) ?? "", /wanted a text without NUL$/);
});

test.run();
