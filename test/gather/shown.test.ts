import { test } from "uvu";
import * as assert from "uvu/assert";
import { brief, shownWords } from "../../src/gather/shown.ts";

const read = () => [];

test("presets show all of what they run or read", () => {
  const argv = ["free", "-b", "--token=x"];
  assert.equal(shownWords({ argv, read }, { showsWords: true }), argv);
  assert.equal(shownWords({ files: ["/proc/meminfo"], read }, { showsWords: false }), ["cat", "/proc/meminfo"]);
});

test("of a user's command line only the program and the names of options are shown", () => {
  const shown = (...argv: string[]) => shownWords({ argv, read }, { showsWords: false }).join(" ");
  assert.is(shown("/bin/sh", "-c", "PIN=1234 tool --pw=x"), "/bin/sh -c …");
  assert.is(shown("ldap", "-y", "secret", "-wsecret", "-x"), "ldap -y … -w… -x");
  assert.is(
    shown("tool", "--password=secret", "--token", "secret", "--Pass=a=b"),
    "tool --password=… --token … --Pass=…",
  );
  assert.is(shown("tool", "pw=secret", "<password>x</password>", "--", "-", ""), "tool … … … … …");
  assert.is(shown("tool", "--a secret", "--\u00e9=secret", "-\u00e9secret", "--=secret"), "tool … … … …");
});

test("a line of the log shows the beginning of a script", () => {
  assert.is(brief(["sh", "-c", "a\n  b"]), "sh -c a b");
  assert.is(brief(["x".repeat(200)]), `${"x".repeat(100)}…`);
});

test.run();
