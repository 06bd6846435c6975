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
    [`${STATUS}grep: /proc/1: x\n`, /^line 6: found "grep: .*", wanted the path of a file before it$/],
    [STATUS + STATUS, /^line 6: found "Name" twice/],
    [STATUS.replace("14980 kB", "14980 MB"), /^line 2: found "" as VmRSS/],
    [STATUS.replace("14980 kB", "14980"), /^line 2/],
    ["/proc/1/status:Name:\tini", /^line 1: found "Name:.tini" without a line end/],
    ["/proc/1/status:Name:\tinit\n/proc/1/status:VmRSS:\t", /^line 2: found "VmRSS:" without a line end/],
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

test("parseProcPids() refuses a line that is cut off", () => {
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

test("parseProcPids() undoes the escapes of the kernel", () => {
  const name = (text: string) => read(`/proc/1/status:Name:\t${text}\n`)[0]?.name;
  assert.is(name("a\\nb"), "a\nb");
  assert.is(name("a\\\\nb\\\\"), "a\\nb\\");
  assert.is(name("\\303\\251\\011x"), "é\tx");
  assert.is(name("a\\xb"), "a\\xb");
});

test("parseProcPids() reads files of a /proc elsewhere, and ignores lines that it doesn't use", () => {
  const rollup =
    "/host/proc/7/smaps_rollup:55d-7ff ---p 00000000 00:00 0 [rollup]\n/host/proc/7/smaps_rollup:Pss: 4 kB\n";
  assert.equal(read(`/host/proc/7/status:Name:\tx\n/host/proc/7/status:Umask:\t0022\n${rollup}`), [
    { name: "x", residentBytes: 0, proportionalBytes: 4096 },
  ]);
});

test.run();
