import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, formatProblem, linesOf, valueOrThrow } from "../../src/config/problem.ts";

const problem = { file: "a.yml", line: 3, column: 5, message: "found x, wanted y" };

test("formatProblem() tells the place, where there is one", () => {
  assert.is(formatProblem(problem), "a.yml:3:5: found x, wanted y");
  assert.is(formatProblem({ ...problem, line: 0, column: 0 }), "a.yml: found x, wanted y");
});

test("valueOrThrow() throws all problems, and tells the first", () => {
  assert.is(valueOrThrow({ kind: "ok", value: 1 }), 1);
  const problems = [problem, { ...problem, line: 4 }];
  try {
    valueOrThrow({ kind: "bad", problems });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.is((error as ConfigError).message, "a.yml:3:5: found x, wanted y");
    assert.is((error as ConfigError).problems, problems);
    assert.equal(linesOf(error), ["a.yml:3:5: found x, wanted y", "a.yml:4:5: found x, wanted y"]);
  }
});

test("linesOf() gives the message of any other error", () => {
  assert.equal([linesOf(new Error("no")), linesOf("no")], [["no"], ["no"]]);
});

test.run();
