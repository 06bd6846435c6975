import { test } from "uvu";
import * as assert from "uvu/assert";
import { faultOfLine, programsOf } from "../../src/presets/line_faults.ts";

const fault = (line: string, directory?: string) => faultOfLine(line, { directory, here: "/home/ann" }) ?? "";

test("watch never ends", () => {
  for (const line of ["watch free", "sudo watch -n1 -t 'free -m'", "ssh host watch free"])
    assert.match(fault(line), /^found watch/);
  assert.is(fault("free -m # watch"), "");
});

test("a line whose stdout goes elsewhere gives nothing to read", () => {
  for (const line of [
    "free -m >/dev/null",
    "free -m 1> /tmp/x",
    "free >> /tmp/x 2>&1",
    "free &>/dev/null",
    "free >&2",
    "free >&-",
    "cd /tmp && free -m >x",
    "free | tee /tmp/x >/dev/null",
  ])
    assert.is(fault(line), "found its stdout redirected, wanted it left to the exporter, which reads it", line);
  for (const line of [
    "free -m",
    "free -m 2>/dev/null",
    "free > /tmp/x; cat /tmp/x",
    "free >/tmp/x && echo done",
    "free >&1",
    "free 3>&1 >&3",
    "free >/dev/stdout",
    "free >/proc/self/fd/1",
    "free | tee /tmp/x",
    "if free >/dev/null; then cat /tmp/x; fi",
    "free >$(mktemp)",
    "",
  ])
    assert.is(fault(line), "", line);
});

test("a relative path of a program would be looked for in /", () => {
  const wanted = (path: string, absolute: string) =>
    `found "${path}", a path relative to /, where commands run, wanted an absolute path like ${absolute}`;
  for (const [line, path, absolute] of [
    ["./mem.sh", "./mem.sh", "/home/ann/mem.sh"],
    ["X=1 bin/mem.sh | grep Mem", "bin/mem.sh", "/home/ann/bin/mem.sh"],
    ["sudo -n ../mem.sh", "../mem.sh", "/home/mem.sh"],
    ["sh ./mem.sh -x", "./mem.sh", "/home/ann/mem.sh"],
    ["python3 ./mem.py", "./mem.py", "/home/ann/mem.py"],
  ] as const)
    assert.is(fault(line), wanted(path, absolute), line);
  for (const line of ["free", "/opt/mem.sh", "~/mem.sh", "cd /opt && ./mem.sh", "find . -path ./proc", "echo a/b"])
    assert.is(fault(line), "", line);
  assert.is(fault("./mem.sh", "/opt"), "");
});

test("programsOf() names the programs that a line runs for certain", () => {
  for (const [line, programs] of [
    ["A=1 free -m | grep Mem", "free grep"],
    ["if /opt/a; then ! /opt/b; fi; { c; }", "/opt/a /opt/b c"],
    ["cd /x && export A=b; sudo smartctl -j /dev/sda", "sudo"],
    ["for i in 1 2; do echo $i; done; $X y", ""],
    ["f() { free; }; f", ""],
    ["free $(x)", ""],
  ] as const)
    assert.is(programsOf(line).join(" "), programs, line);
});

test.run();
