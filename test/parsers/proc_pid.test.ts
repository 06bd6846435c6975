import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { isProcPidLine, parseProcPids } from "../../src/parsers/proc_pid.ts";
import { endsWithLine, readCuts, refusal } from "../cuts.ts";

const read = (text: string) => parseProcPids(writtenLines(text));

const STATUS = `/proc/1/status:Name:\tinit
/proc/1/status:VmRSS:\t   14980 kB
/proc/10/status:Name:\tkworker/0:0H-kblockd
/proc/4242/status:Name:\tweb server:1
/proc/4242/status:VmRSS:\t    1112 kB
`;
const ROLLUP =
  "/proc/4242/smaps_rollup:Rss:                1120 kB\n/proc/4242/smaps_rollup:Pss:                 590 kB\n";

test("parseProcPids() reads names and sizes; a kernel thread has none", () => {
  assert.equal(read(STATUS), [
    { name: "init", residentBytes: 14980 * 1024, proportionalBytes: undefined },
    { name: "kworker/0:0H-kblockd", residentBytes: 0, proportionalBytes: undefined },
    { name: "web server:1", residentBytes: 1112 * 1024, proportionalBytes: undefined },
  ]);
});

test("parseProcPids() reads the proportional size where it is told", () => {
  assert.equal(
    read(STATUS + ROLLUP).map((process) => process.proportionalBytes),
    [undefined, undefined, 590 * 1024],
  );
  assert.is(read(`${STATUS}/proc/9/smaps_rollup:Pss: 1 kB\n`).length, 3);
});

test("parseProcPids() reads a process without a name", () => {
  assert.is(read("/proc/1/status:Name:\t\n")[0]?.name, "");
});

test("parseProcPids() refuses other lines", () => {
  for (const [text, message] of [
    ["", /^found no process/],
    [ROLLUP, /^found no process/],
    [`${STATUS}grep: /proc/1: x\n`, /^line 6: found "grep: .*", wanted a line of \/proc\/PID$/],
    [STATUS + STATUS, /^line 6: found "Name" of process 1 twice$/],
    [STATUS.replace("14980 kB", "14980 MB"), /^line 2: found "" as size of a process/],
    [STATUS.replace("14980 kB", "14980"), /^line 2/],
    ["/proc/1/status:Name:\tini", /^line 1: found "ini" without a line end/],
    ["/proc/1/status:Name:\tinit\n/proc/1/status:VmRSS:\t", /^line 2: found "" as size of a process/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
  assert.ok(isProcPidLine(writtenLines(STATUS)[0]));
  assert.not(isProcPidLine(writtenLines("1 init\n")[0]));
  assert.not(isProcPidLine(undefined));
});

test("parseProcPids() takes no cut line for a whole one", () => {
  const whole = read(STATUS);
  for (const [length, processes] of readCuts(STATUS, read)) {
    assert.ok(endsWithLine(STATUS, length), `cut at ${length}`);
    assert.equal(
      processes.map((one) => one.name),
      whole.slice(0, processes.length).map((one) => one.name),
    );
  }
});

test("parseProcPids() reads a last size without its line end, but no last name", () => {
  assert.equal(read(STATUS.trimEnd()), read(STATUS));
  assert.equal(read(`${STATUS}${ROLLUP}`.trimEnd()), read(STATUS + ROLLUP));
  for (const [length] of readCuts(STATUS, read)) assert.not.match(STATUS.slice(0, length), /Name:.*$/);
});

test.run();
