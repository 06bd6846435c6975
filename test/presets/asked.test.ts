import { test } from "uvu";
import * as assert from "uvu/assert";
import { bareWords, requireAsked, requireAskedOfSysctl } from "../../src/presets/asked.ts";
import { refusal } from "../cuts.ts";

const none = () => false;

test("bareWords() takes a line for a shell apart and drops folders", () => {
  assert.equal(
    [...bareWords(["/bin/sh", "-c", "vm_stat && /usr/sbin/sysctl hw.memsize;true"])],
    ["sh", "-c", "vm_stat", "sysctl", "hw.memsize", "true"],
  );
  assert.ok(bareWords(["OS", "get", "FreePhysicalMemory,Name"]).has("FreePhysicalMemory"));
});

test("requireAsked() refuses what is asked for and didn't come out", () => {
  assert.is(
    refusal(() => requireAsked(["sysctl", "a.b", "a.c"], ["a.b", "a.c", "a.d"], (name) => name === "a.b")),
    'found no "a.c", which the command line asks for',
  );
  requireAsked(["sysctl", "a.b"], ["a.b", "a.c"], (name) => name === "a.b");
  requireAsked([], ["a.b"], none);
});

test("requireAskedOfSysctl() lets names be missing with -i", () => {
  assert.ok(refusal(() => requireAskedOfSysctl(["sysctl", "a.b"], ["a.b"], none)));
  assert.ok(refusal(() => requireAskedOfSysctl(["sysctl", "-e", "a.b"], ["a.b"], none)));
  requireAskedOfSysctl(["sysctl", "-i", "a.b"], ["a.b"], none);
  requireAskedOfSysctl(["/bin/sh", "-c", "sysctl -qi a.b"], ["a.b"], none);
});

test.run();
