import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  bareWords,
  requireAsked,
  requireAskedOfSysctl,
  requireNames,
  requireOptions,
} from "../../src/presets/asked.ts";
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

const isWordy = (options: readonly string[]) => options.includes("-s");

test("requireOptions() checks the options of a program that a line certainly runs", () => {
  const check = (line: string) => () => requireOptions(["/bin/sh", "-c", line], "vmstat", isWordy, "vmstat -s");
  assert.throws(check("sudo vmstat 1"), 'found "sudo vmstat 1", wanted vmstat -s');
  for (const line of ["vmstat -s", "sudo vmstat -s | cat", "/opt/x.sh", "vmstat; vmstat"]) check(line)();
});

test("requireNames() refuses values of sysctl without their names", () => {
  for (const line of ["sysctl -n hw.memsize", "sysctl -bn hw.memsize"])
    assert.throws(() => requireNames(line.split(" ")), /without -n/, line);
  for (const line of ["sysctl hw.memsize", "sysctl -ae", "vm_stat -n"]) requireNames(line.split(" "));
});

test.run();
