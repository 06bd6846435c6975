import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../src/command/outcome.ts";
import { lastErrorLine, resultOf } from "../../src/gather/run_result.ts";
import { family } from "../../src/metric.ts";
import type { Read } from "../../src/source.ts";
import { OverflowError } from "../../src/text.ts";
import { fakeLog, printed, readNumber } from "./fakes.ts";

const WORDS = ["free", "-b"];

/** What is made of an outcome, and what is logged. */
function resulting(outcome: Outcome, read: Read = readNumber) {
  const { log, lines } = fakeLog();
  const reading = { shown: WORDS, words: WORDS, read, maxSeries: 3, warn: () => {}, log };
  return { ...resultOf(outcome, reading), lines };
}

test("the output of a successful run is parsed with its command line", () => {
  const { outcome, detail, families, exitCode, seconds, shown } = resulting(printed("12\n"));
  assert.equal([outcome, detail, exitCode, seconds, shown], ["ok", "", 0, 0.01, WORDS]);
  assert.is(families[0]?.samples[0]?.value, 12);
  let seen: readonly string[] = [];
  resulting(printed("1\n"), ({ words }) => {
    seen = words;
    return [];
  });
  assert.equal(seen, WORDS);
});

test("a failed run has no metrics, and a reason in one line without stderr", () => {
  const tail = { stderrTail: "first\nno luck" };
  const outcomes: readonly (readonly [Outcome, string])[] = [
    [{ kind: "timeout", seconds: 0.8, timeoutMs: 800, ...tail }, "did not end within 0.800 s"],
    [{ kind: "exit", seconds: 0.1, code: 3, ...tail }, "exit status 3"],
    [{ kind: "signal", seconds: 0.1, signal: "SIGSEGV", ...tail }, "killed by SIGSEGV"],
    [{ kind: "spawn", seconds: 0, reason: "free: not found in /bin" }, "free: not found in /bin"],
    [{ kind: "overflow", seconds: 0.1, stream: "stderr", limitBytes: 64 }, "stderr has more than 64 bytes"],
    [{ kind: "aborted", seconds: 0.1 }, "the exporter stops"],
    [{ kind: "unkillable", seconds: 1.2, pid: 77 }, "process 77 was killed and does not end"],
  ];
  for (const [one, wanted] of outcomes) {
    const { outcome, detail, families, seconds, lines } = resulting(one);
    assert.equal([outcome, detail, families, seconds, lines], [one.kind, wanted, [], one.seconds, []]);
  }
});

test("only an exit has a code", () => {
  assert.is(resulting({ kind: "exit", seconds: 0, code: 127, stderrTail: "" }).exitCode, 127);
  assert.is(resulting({ kind: "signal", seconds: 0, signal: "SIGKILL", stderrTail: "" }).exitCode, undefined);
});

test("an output that can't be read is told with the reader's reason", () => {
  const { outcome, detail, families, exitCode, lines } = resulting(printed("Mem: much\n"));
  assert.equal([outcome, detail, families, exitCode], ["parse", "line 1: found Mem: much, wanted a number", [], 0]);
  assert.equal(lines, []);
});

test("more series than the source may give are an overflow, whoever counts them", () => {
  const samples = (count: number) => Array.from({ length: count }, (_, i) => [{ i: `${i}` }, i] as const);
  const many =
    (count: number): Read =>
    () => [
      family({ name: "memory_a", help: "A.", type: "gauge" }, samples(2)),
      family({ name: "memory_b", help: "B.", type: "gauge" }, samples(count - 2)),
    ];
  assert.is(resulting(printed("1\n"), many(3)).outcome, "ok");
  const detail = "found more than 3 series, wanted at most that many (max_series)";
  for (const read of [
    many(4),
    () => {
      throw new OverflowError(3);
    },
  ]) {
    const result = resulting(printed("1\n"), read);
    assert.equal([result.outcome, result.detail, result.families], ["overflow", detail, []]);
  }
});

test("a bug in a reader is logged with its stack, which isn't shown", () => {
  const { outcome, detail, lines } = resulting(printed("1\n"), () => {
    throw new TypeError("undefined is not a function");
  });
  assert.equal([outcome, detail], ["parse", "internal error, see the log"]);
  assert.match(lines[0] ?? "", /^error Parser failed \{"stack":"TypeError: undefined is not a function\\n/);
});

test("an output whose pipe is held open is parsed if its last line is complete", () => {
  assert.is(resulting({ ...printed("12\n"), held: true } as Outcome).outcome, "ok");
  const { outcome, detail } = resulting({ ...printed("12"), held: true } as Outcome);
  assert.is(outcome, "parse");
  assert.match(detail, /^output ends inside a line/);
  assert.is(resulting({ ...printed(""), held: true } as Outcome).outcome, "parse");
});

test("of stderr the beginning of the last line is shown; the log escapes it", () => {
  const said = (stderrTail: string) => lastErrorLine(resulting({ kind: "exit", seconds: 0, code: 1, stderrTail }));
  assert.is(said(""), undefined);
  assert.is(said('first\nno "luck"'), 'no "luck"');
  assert.is(said(`x\n${"y".repeat(500)}`), `${"y".repeat(200)}…`);
});

test.run();
