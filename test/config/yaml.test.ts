import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatProblem } from "../../src/config/problem.ts";
import { parseYaml, type Tree, type YamlFile } from "../../src/config/yaml.ts";
import { guarded } from "../guard.ts";

const plain = (text: string) => ({ text, plain: true });

function read(text: string): YamlFile {
  const checked = parseYaml(text, "a.yml");
  if (checked.kind === "bad") throw new Error(checked.problems.map(formatProblem).join("\n"));
  return checked.value;
}

function refusal(text: string): string {
  const checked = parseYaml(text, "a.yml");
  const problems = checked.kind === "bad" ? checked.problems : checked.value.problems;
  return problems.map(formatProblem).join("\n") || "none";
}

test("scalars come as they are written", () => {
  const wanted = new Map<string, Tree>([
    ["a", plain("0123")],
    ["b", plain("yes")],
    ["c", { text: "null", plain: false }],
    ["d", { text: "x\ny\n", plain: false }],
    ["__proto__", plain("1e3")],
  ]);
  assert.equal(read("a: 0123\nb: yes\nc: 'null'\nd: |\n  x\n  y\n__proto__: 1e3\n").tree, wanted);
});

test("a value that is left out is null", () => {
  for (const text of ["a:", "a: ~", "a: null", "a: Null # c"])
    assert.equal(read(text).tree, new Map([["a", null]]), text);
  for (const text of ["", "\n", "# c\n", "---\n", "..."]) assert.is(read(text).tree, null, text);
});

test("aliases are what they stand for", () => {
  assert.equal(
    read("a: &x [1]\nb: *x\n").tree,
    new Map([
      ["a", [plain("1")]],
      ["b", [plain("1")]],
    ]),
  );
});

test("merge keys add what the mapping and earlier ones haven't got", () => {
  const text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 5}\n";
  const merged = (read(text).tree as ReadonlyMap<string, Tree>).get("z");
  assert.equal(
    merged,
    new Map([
      ["a", plain("5")],
      ["b", plain("2")],
      ["c", plain("4")],
    ]),
  );
});

const REFUSED: Readonly<Record<string, string>> = {
  "a: 1\na: 2\n": 'a.yml:2:1: found key "a" twice, wanted it once',
  '"a": 1\na: 2\n': 'a.yml:2:1: found key "a" twice, wanted it once',
  "? [x]\n: 1\n": "a.yml:1:3: found a key that is no text, wanted a text",
  "a: !!str 5\n": "a.yml:1:10: found a tag, wanted a value without one",
  "!x a: 5\n": "a.yml:1:4: found a key that is no text, wanted a text",
  "a: *x\n": 'a.yml:1:4: found alias "x", wanted one that is defined above',
  "a: 1\n<<: x\n": "a.yml:2:1: found << without a mapping, wanted an alias of one, like *name",
  "x: &a {<<: *a}\n": "a.yml:1:7: found more than 32 levels",
  "x: &a {b: *a}\n": "a.yml:1:7: found more than 32 levels",
  "a: 1\n---\nb: 2\n": "a.yml:2:1: Bad YAML: Source contains multiple documents",
  "\ta: 1\n": "a.yml:1:1: Bad YAML: Tabs are not allowed as indentation",
  "a: 'secret\n": "a.yml:2:1: Bad YAML: Missing closing 'quote",
  "a: b: secret\n": "a.yml:1:4: Bad YAML: Nested mappings are not allowed in compact mappings",
  "a: @secret\n": "a.yml:1:4: Bad YAML: Plain value cannot start with reserved character @",
};

for (const [text, message] of Object.entries(REFUSED)) {
  test(`refused: ${JSON.stringify(text)}`, () => assert.is(refusal(text), message));
}

test("messages about the syntax show no part of the file", () => {
  for (const text of [
    "- a\nb: hunter2",
    'a: "x" hunter2',
    "a: [\nhunter2",
    "a: |hunter2\n x",
    "hunter2",
    "%hunter2\n---\na",
    "a: 'hunter2",
  ]) {
    assert.not.match(refusal(text), /hunter2/);
  }
});

test("aliases can't make a file grow without limit", () => {
  const rows = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]\n`);
  assert.match(
    refusal(`a0: &a0 [${Array(10).fill("x").join(", ")}]\n${rows.join("")}`),
    /: found more than 100000 values$/,
  );
});

test("many keys and aliases are read in linear time", () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => `k${i}: &a${i} x\nl${i}: *a${i}\n`);
  guarded("read()", () => read(rows.join("")));
});

test("deep nesting is refused, not a crash", () => {
  for (const text of [
    "[".repeat(20_000),
    "{a: ".repeat(20_000),
    "- ".repeat(20_000),
    `${"[".repeat(40)}${"]".repeat(40)}`,
  ]) {
    assert.match(refusal(text), /^a\.yml:1:\d+: /);
  }
});

test("problem() tells line and column of values, keys and items", () => {
  const file = read("a:\n  b: [x, y]\n  c:\n    d: 1\n");
  assert.is(formatProblem(file.problem("m", ["a", "b", 1])), "a.yml:2:10: m");
  assert.is(formatProblem(file.problem("m", ["a", "c", "d"])), "a.yml:4:8: m");
  assert.is(formatProblem(file.problem("m", ["a", "c", "d"], "key")), "a.yml:4:5: m");
  assert.is(formatProblem(file.problem("m", ["a", "c", "missing"])), "a.yml:4:5: m");
  assert.is(formatProblem(file.problem("m", [])), "a.yml:1:1: m");
});

test.run();
