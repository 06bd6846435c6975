import { test } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "../../src/collect/judge.ts";
import type { Outcome } from "../../src/command/outcome.ts";
import { fakeLog, printed, readNumber } from "./fakes.ts";

/** What is made of an outcome, and what is logged. */
function judged(outcome: Outcome, read = readNumber) {
  const { log, lines } = fakeLog();
  const redact = (text: string) => text.replaceAll("sesame", "<redacted>");
  const reading = {
    argv: ["free", "-b"],
    words: ["free", "-b"],
    version: undefined,
    timeoutMs: 800,
    redact,
    read,
    log,
  };
  return { ...judge(outcome, reading), lines };
}

test("an output that ended well is read with the words of its command line", () => {
  const { verdict, detail, families, exitCode, seconds, timeoutMs, argv } = judged(printed("12\n"));
  assert.equal([verdict, detail, exitCode, seconds, timeoutMs, argv], ["ok", "", 0, 0.01, 800, ["free", "-b"]]);
  assert.is(families[0]?.samples[0]?.value, 12);
  let seen: readonly string[] = [];
  judged(printed("1\n"), ({ words }) => {
    seen = words;
    return [];
  });
  assert.equal(seen, ["free", "-b"]);
});

test("what ended badly gives no figures, and one line that says why", () => {
  const tail = { stderrTail: "first\nno luck" };
  const outcomes: readonly (readonly [Outcome, string])[] = [
    [
      { kind: "timeout", seconds: 0.8, timeoutMs: 800, ...tail },
      'did not end within 0.800 s, stderr ends in "no luck"',
    ],
    [{ kind: "exit", seconds: 0.1, code: 3, ...tail }, 'exit status 3, stderr ends in "no luck"'],
    [{ kind: "exit", seconds: 0.1, code: 3, stderrTail: "" }, "exit status 3"],
    [{ kind: "signal", seconds: 0.1, signal: "SIGSEGV", ...tail }, 'killed by SIGSEGV, stderr ends in "no luck"'],
    [{ kind: "spawn", seconds: 0, reason: "free: not found in /bin" }, "free: not found in /bin"],
    [{ kind: "overflow", seconds: 0.1, stream: "stderr", limitBytes: 64 }, "wrote more than 64 bytes to stderr"],
    [{ kind: "aborted", seconds: 0.1 }, "the exporter stops"],
    [{ kind: "unkillable", seconds: 1.2, pid: 77 }, "process 77 was killed and does not end"],
  ];
  for (const [outcome, wanted] of outcomes) {
    const { verdict, detail, families, seconds, lines } = judged(outcome);
    assert.equal([verdict, detail, families, seconds, lines], [outcome.kind, wanted, [], outcome.seconds, []]);
  }
});

test("only an exit has a code", () => {
  assert.is(judged({ kind: "exit", seconds: 0, code: 127, stderrTail: "" }).exitCode, 127);
  assert.is(judged({ kind: "signal", seconds: 0, signal: "SIGKILL", stderrTail: "" }).exitCode, undefined);
});

test("an output that can't be read is told with the reader's reason", () => {
  const { verdict, detail, families, exitCode, lines } = judged(printed("Mem: much\n"));
  assert.equal([verdict, detail, families, exitCode], ["parse", "line 1: found Mem: much, wanted a number", [], 0]);
  assert.equal(lines, []);
});

test("a bug of a reader is no one's output: its stack goes to the log only", () => {
  const { verdict, detail, lines } = judged(printed("1\n"), () => {
    throw new TypeError("undefined is not a function");
  });
  assert.equal([verdict, detail], ["parse", "internal error, see the log"]);
  assert.match(lines[0] ?? "", /^error Parser failed \{"stack":"TypeError: undefined is not a function\\n/);
});

test("an output whose pipe somebody still holds counts if its last line is whole", () => {
  assert.is(judged({ ...printed("12\n"), held: true } as Outcome).verdict, "ok");
  const { verdict, detail } = judged({ ...printed("12"), held: true } as Outcome);
  assert.is(verdict, "parse");
  assert.match(detail, /^output ends inside a line/);
  assert.is(judged({ ...printed(""), held: true } as Outcome).verdict, "parse");
});

test("secrets are taken out of what the command said", () => {
  const { detail, stderrTail } = judged({ kind: "exit", seconds: 0, code: 1, stderrTail: "bad token sesame" });
  assert.is(stderrTail, "bad token <redacted>");
  assert.is(detail, 'exit status 1, stderr ends in "bad token <redacted>"');
  assert.is(judged(printed("sesame\n")).detail, "line 1: found <redacted>, wanted a number");
  assert.is(judged({ kind: "spawn", seconds: 0, reason: "sesame: not found" }).detail, "<redacted>: not found");
});

test("what a command writes to stderr can't forge a line or colour it", () => {
  const { detail } = judged({ kind: "exit", seconds: 0, code: 1, stderrTail: `x\n\u001b[31m${"y".repeat(500)}\r` });
  assert.match(detail, /^exit status 1, stderr ends in "\\u\{1b\}\[31my{40,60}…"$/);
});

test.run();
