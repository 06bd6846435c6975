import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codeOf, reasonOf, reasonOfCode } from "../src/system_error.ts";

function errorOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("system errors are described without code, call and path", async () => {
  assert.is(reasonOf(errorOf(() => readFileSync("/no/such"))), "no such file or directory");
  assert.is(reasonOf(errorOf(() => readFileSync("/proc"))), "it is a directory");
  assert.is(reasonOf(errorOf(() => readFileSync("/dev/null/x"))), "a part of the path is not a directory");
  const refused = await new Promise((resolve) => connect({ host: "127.0.0.1", port: 1 }).once("error", resolve));
  assert.is(reasonOf(refused), "connection refused, nothing listens there");
});

test("errors with an unknown code are described by the first line of their message", () => {
  assert.is(reasonOf(new Error("why\nwhere")), "why");
  assert.is(reasonOf(Object.assign(new Error("odd"), { code: "EODD" })), "odd");
  assert.is(reasonOf(new TypeError("")), "TypeError");
  assert.is(reasonOf("text"), "text");
  assert.is(codeOf(new Error("x")), "");
  assert.is(reasonOfCode("toString"), undefined);
});

test.run();
