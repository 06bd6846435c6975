import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatProblem } from "../../src/config/problem.ts";
import { checkRest } from "../../src/config/rest.ts";
import { fields, list, text } from "../../src/config/schema.ts";
import { boolean, optional, required, whole } from "../../src/config/words.ts";
import { parseYaml } from "../../src/config/yaml.ts";

const schema = fields({
  name: required(text, ""),
  count: optional(whole(0, 9), ""),
  codes: optional(list(whole(0, 9)), ""),
  items: optional(list(fields({ a: required(text, ""), b: optional(boolean, "") })), ""),
});

function rest(content: string, withStandIns = true) {
  const file = parseYaml(content, "a.yml");
  if (file.kind === "bad") throw new Error(content);
  const leaf = (word: string) => ({ text: word, plain: true });
  return checkRest(schema, file.value, (path) => {
    if (!withStandIns) return undefined;
    if (path.join() === "name") return leaf("unnamed");
    return path[0] === "items" && path.length === 2 ? new Map([["a", leaf("none")]]) : undefined;
  });
}

test("what is right is left as it was written, and nothing of it is lost", () => {
  const { problems, value, isLost } = rest("{name: n, count: 3, items: [{a: x}]}");
  assert.equal([problems, value], [[], { name: "n", count: 3, items: [{ a: "x" }] }]);
  assert.not(isLost("count"));
});

test("a bad value goes, with the list that it is in, and what has to be there gets a stand-in", () => {
  const { problems, value, isLost } = rest(
    "{name: [n], count: 10, codes: [1, x], items: [{a: x}, {b: 1}, y, {a: z, b: true}]}",
  );
  assert.is(problems.length, 6);
  assert.equal(value, { name: "unnamed", items: [{ a: "x" }, { a: "none" }, { a: "none" }, { a: "z", b: true }] });
  for (const path of [
    ["name"],
    ["count"],
    ["codes"],
    ["codes", 0],
    ["items"],
    ["items", 1],
    ["items", 2, "b"],
  ] as const)
    assert.ok(isLost(...path) || path[1] === 0, path.join("."));
  for (const path of [
    ["items", 0],
    ["items", 3, "a"],
  ] as const)
    assert.not(isLost(...path), path.join("."));
});

test("an unknown key stands for the one that was meant", () => {
  const { problems, value, isLost } = rest("{name: n, cuont: 3, bogus: 1}");
  assert.equal(
    problems.map(formatProblem).map((line) => line.slice(0, 30)),
    ['a.yml:1:11: unknown key "cuont', 'a.yml:1:21: unknown key "bogus'],
  );
  assert.equal(value, { name: "n" });
  assert.equal([isLost("count"), isLost("codes"), isLost("bogus")], [true, false, true]);
});

test("where nothing can be left, nothing is", () => {
  for (const content of ["", "[]", "{count: 1}", "x"]) assert.is(rest(content, false).value, undefined, content);
  assert.is(rest("{name: n, name: m}").value?.name, "n");
});

test.run();
