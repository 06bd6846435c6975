import { test } from "uvu";
import * as assert from "uvu/assert";
import { basename, givenOptions } from "../../src/presets/wrapper_options.ts";

test("basename() takes the folders of Unix and Windows off", () => {
  assert.is(basename("free"), "free");
  assert.is(basename("/usr/bin/free"), "free");
  assert.is(basename("C:\\Windows\\System32\\wbem\\WMIC.EXE"), "wmic");
  assert.is(basename("powershell.exe"), "powershell");
  assert.is(basename("/opt/odd\\name"), "odd\\name");
});

const OPTIONS = { flags: "ab", values: "cd", attached: "m", longFlags: "all", longValues: "name" };
const given = (line: string, mixed = false) => {
  const found = givenOptions(line.split(" "), OPTIONS, mixed);
  return found && `${[...found.values].join(" ")} | ${found.rest.join(" ")}`;
};

test("givenOptions() reads options as getopt_long does", () => {
  assert.is(given("-ab -c 1 -d2 x -a"), "c,1 d,2 | x -a");
  assert.is(given("-abc 1 --all --name n --name=m=1 x"), "c,1 name,m=1 | x");
  assert.is(given("-m/x -ma b"), " | b");
  assert.is(given("-a -- -c"), " | -c");
  assert.is(given("-a - -b"), " | - -b");
  assert.is(given("--all=x y"), " | y");
});

test("givenOptions() finds options behind other words", () => {
  assert.is(given("x -c 1 y --name=n", true), "c,1 name,n | x y");
  assert.is(given("x -- -c y", true), " | x -c y");
});

test("givenOptions() gives nothing where there is an unknown option", () => {
  for (const line of ["-x", "-ax", "--no", "--names=1"]) assert.is(given(line), undefined, line);
});

test.run();
