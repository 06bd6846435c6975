import { test } from "uvu";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { formatProblem } from "../../src/config/problem.ts";
import { checkTree, dictionary, fields, flag, list, secret, text, wholeNumber } from "../../src/config/schema.ts";
import { parseYaml } from "../../src/config/yaml.ts";

/** The value, or all that is wrong with it. */
function check(schema: v.GenericSchema, content: string): unknown {
  const file = parseYaml(content, "a.yml");
  if (file.kind === "bad") throw new Error(content);
  const checked = checkTree(schema, file.value);
  return checked.kind === "ok" ? checked.value : checked.problems.map(formatProblem);
}

test("a scalar means what its field wants", () => {
  const schema = fields({ a: text, b: secret, c: flag, d: wholeNumber });
  assert.equal(check(schema, "{a: 007, b: yes, c: yes, d: 007}"), { a: "007", b: "yes", c: true, d: 7 });
  assert.equal(check(schema, "{a: 'x', b: |-\n  y\n, c: Off, d: 0}".replace("|-\n  y\n", '"y"')), {
    a: "x",
    b: "y",
    c: false,
    d: 0,
  });
});

test("what a field doesn't want is told with its place, secrets without themselves", () => {
  assert.equal(
    check(fields({ a: text, b: secret, c: flag, d: wholeNumber }), "a: [x]\nb: {hunter2: 1}\nc: '1'\nd: 1.5\n"),
    [
      "a.yml:1:4: a: found a list, wanted a text",
      "a.yml:2:4: b: found no text (not shown), wanted one",
      'a.yml:3:4: c: found "1", wanted true or false',
      'a.yml:4:4: d: found "1.5", wanted a whole number, 0 or more',
    ],
  );
  assert.equal(check(list(text), "hunter2"), ["a.yml:1:1: found a text, wanted a list"]);
  assert.equal(check(dictionary(text), "[hunter2]"), ["a.yml:1:1: found a list, wanted a mapping"]);
});

test("numbers and booleans in quotes are texts", () => {
  assert.equal(check(list(wholeNumber), "['1']"), ['a.yml:1:2: 0: found "1", wanted a whole number, 0 or more']);
  assert.equal(check(list(flag), '["true"]'), ['a.yml:1:2: 0: found "true", wanted true or false']);
});

test("a missing field, an unknown one, one without a value", () => {
  assert.equal(check(fields({ a: text }), "{}"), ['a.yml:1:1: missing key "a"']);
  assert.equal(check(fields({ a: text }), "a: 1\nb: 2"), ['a.yml:2:1: unknown key "b", wanted one of a']);
  assert.equal(check(fields({ a: v.nullish(text) }), "a:"), { a: null });
  assert.equal(check(fields({ a: text }), "a:"), ["a.yml:1:3: a: found nothing, wanted a text"]);
});

test("keys that every object has are keys like others", () => {
  const keys = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const content = keys.map((key) => `${key}: 1\n`).join("");
  assert.equal(check(dictionary(text), content), new Map(keys.map((key) => [key, "1"])));
  for (const key of keys) assert.match(String(check(fields({}), `${key}: 1`)), /unknown key/);
});

test.run();
