import { test } from "uvu";
import * as assert from "uvu/assert";
import { processes } from "../../src/presets/processes.ts";
import { presetFor } from "../../src/presets/table.ts";
import { wordsOf } from "../../src/source.ts";
import { endsWithLine, refusal } from "../cuts.ts";
import { runTool } from "../tools.ts";
import { checkChanges, checkForeign, checkMetrics, ownWords, samplesOf, samplesOrRefusal } from "./checks.ts";

const PS = " 300 web server\n   0 kthreadd\n 100 web server\n 500 db\n   0 sh <defunct>\n  20 sh\n";

const words = processes.defaultWords ?? [];

const PROC = `/proc/1/status:Name:\tinit
/proc/1/status:VmRSS:\t     100 kB
/proc/2/status:Name:\tkthreadd
/proc/7/status:Name:\tweb
/proc/7/status:VmRSS:\t     300 kB
/proc/8/status:Name:\tweb
/proc/8/status:VmRSS:\t     300 kB
/proc/7/smaps_rollup:Pss:     200 kB
/proc/8/smaps_rollup:Pss:     250 kB
`;

/** A list with so many programs, the n-th with n KiB. */
const many = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1} p${i + 1}\n`).join("");

test("the preset gives programs by their memory, the largest first", () => {
  assert.equal(samplesOf(processes, PS, words), [
    'memory_processes{program="db"} 1',
    'memory_processes{program="web server"} 2',
    'memory_processes{program="sh"} 2',
    'memory_processes{program="kthreadd"} 1',
    'memory_processes_resident_bytes{program="db"} 512000',
    'memory_processes_resident_bytes{program="web server"} 409600',
    'memory_processes_resident_bytes{program="sh"} 20480',
    'memory_processes_resident_bytes{program="kthreadd"} 0',
  ]);
});

test("proportional sizes are given where all processes of a program tell theirs", () => {
  assert.equal(
    samplesOf(processes, PROC).filter((sample) => sample.includes("proportional")),
    ['memory_processes_proportional_bytes{program="web"} 460800'],
  );
  const less = PROC.replace(/.*8\/smaps.*\n/, "");
  assert.not(samplesOf(processes, less).some((sample) => sample.includes("proportional")));
});

test("more than ten programs are ten and all others together", () => {
  const samples = samplesOf(processes, many(14), words).filter((sample) => sample.includes("resident"));
  assert.is(samples.length, 11);
  assert.is(samples[0], 'memory_processes_resident_bytes{program="p14"} 14336');
  assert.is(samples[9], 'memory_processes_resident_bytes{program="p5"} 5120');
  assert.is(samples[10], `memory_processes_resident_bytes{program="other"} ${(1 + 2 + 3 + 4) * 1024}`);
  assert.is(samplesOf(processes, many(10), words).length, 20);
});

test("a program that is called other, or nothing, is one of the others", () => {
  assert.equal(samplesOf(processes, "9 other\n8 a\n7 \n", words), [
    'memory_processes{program="a"} 1',
    'memory_processes{program="other"} 2',
    'memory_processes_resident_bytes{program="a"} 8192',
    'memory_processes_resident_bytes{program="other"} 16384',
  ]);
});

test("names make labels that are safe", () => {
  const label = (name: string) =>
    processes.read({ stdout: new TextEncoder().encode(`1 ${name}\n`), words })[0]?.samples[0]?.labels;
  assert.equal(label("/Applications/My App.app/Contents/MacOS/My App"), { program: "My App" });
  assert.equal(label("a\x1b[31m\x07b"), { program: "a?[31m?b" });
  assert.equal(label("x".repeat(1000)), { program: "x".repeat(64) });
  assert.equal(label("/"), { program: "other" });
  const [counts] = processes.read({ stdout: Uint8Array.from([0x31, 0x20, 0xff, 0xfe, 0x0a]), words });
  assert.equal(counts?.samples[0]?.labels, { program: "\ufffd\ufffd" });
});

test("a list of ps is read only if it was asked for these columns", () => {
  const good =
    "ps -A -o rss= -o comm=|ps -eo rss,comm|ps -e -o rss=,comm=|ps axo rss,comm|ps -A --format rss,comm|ps -A --format=rss=,comm= --sort=-rss|busybox ps -o rss,comm|sudo ps -eorss,ucmd";
  for (const line of good.split("|")) assert.is(samplesOf(processes, PS, line.split(" ")).length, 8, line);
  const bad =
    "|cat saved|vmstat -s|ps|ps -e|ps -eo pid,comm|ps -eo comm,rss|ps -eo rss,comm,args|ps h|ps -eo vsz=,comm=|ps --no-headers";
  for (const line of bad.split("|")) {
    assert.match(
      refusal(() => samplesOf(processes, PS, line.split(" "))),
      /wanted ps with -o rss,comm, or lines of \/proc\/PID\/status with their path in front \(grep -H\)$/,
    );
  }
});

test("a cut output gives fewer processes, never a partial line", () => {
  for (const text of [PS, PROC]) {
    const bytes = new TextEncoder().encode(text);
    for (let length = 0; length < bytes.length; length += 1) {
      if (!samplesOrRefusal(processes, bytes.subarray(0, length), words)) continue;
      assert.ok(endsWithLine(text, length) && !/[a-z>]$/.test(text.slice(0, length)), `cut at ${length}`);
    }
    checkChanges(processes, bytes, words);
  }
});

test("other outputs are refused", () => {
  checkForeign(processes, () => false);
});

test("command lines of ps and of files of processes are known", () => {
  assert.is(presetFor(["ps", "-eo", "rss,comm"]), processes);
  assert.is(presetFor(["grep", "-sE", "^(Name|VmRSS):", "/proc/[0-9]*/status"]), processes);
  assert.is.not(presetFor(["cat", "/proc/meminfo"]), processes);
});

(process.platform === "linux" ? test : test.skip)("its own attempts work here", () => {
  const [, ps] = processes.attempts.map(wordsOf);
  const files = runTool("/bin/sh", ["-c", "grep -sHE '^(Name:|VmRSS:)' /proc/[0-9]*/status"], "");
  assert.ok(samplesOf(processes, files.stdout, ownWords(processes)).length > 2);
  const { status, stdout } = runTool(ps?.[0] ?? "", ps?.slice(1) ?? [], "");
  assert.is(status, 0);
  assert.ok(samplesOf(processes, stdout, ps).length > 2);
});

test("where /proc hides process 1, there is a warning and no program other", () => {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const labels = (text: string, words: readonly string[]) =>
    processes
      .read({ stdout: new TextEncoder().encode(text), words, warn })[0]
      ?.samples.map((one) => one.labels.program);
  const own = ownWords(processes);
  const list = (first: number) =>
    Array.from({ length: 12 }, (_, i) => `/proc/${i + first}/status:Name:\tp${i}\n`).join("");
  assert.is(labels(list(1), own)?.length, 11);
  assert.equal(warnings, []);
  assert.is(labels(list(50), own)?.length, 10);
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", /hidepid/);
  assert.is(labels(list(50), ["grep", "-H", "", "/proc/50/status", "/proc/51/status"])?.length, 11);
  assert.is(warnings.length, 1);
});

test("a list of ps that its line cuts short has no program other", () => {
  const line = ["/bin/sh", "-c", "ps -eo rss,comm --sort=-rss | head -12"];
  assert.not(samplesOf(processes, many(12), line).some((sample) => sample.includes('"other"')));
});

test("a name cut inside of a character changes its own label only", () => {
  const text = Buffer.concat([Buffer.from("9 é"), Buffer.from([0xe2, 0x82]), Buffer.from("\n8 ü\n")]);
  assert.equal(samplesOf(processes, text, words).slice(0, 2), [
    'memory_processes{program="é\ufffd"} 1',
    'memory_processes{program="ü"} 1',
  ]);
});

test("a name gets the same label by /proc and by ps", () => {
  const label = (text: string, asked: readonly string[]) => samplesOf(processes, text, asked)[0];
  const proc = label("/proc/1/status:Name:\ta\\nb\\\\c\n/proc/1/status:VmRSS:\t1 kB\n", ownWords(processes));
  assert.is(proc, label("1 a?b\\c\n", words));
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(processes, PROC);
});

test("a list of threads is refused at the start", () => {
  for (const line of ["ps -eLo rss,comm", "ps -T -o rss,comm", "ps axHo rss,comm", "ps -eH -o rss,comm"])
    assert.throws(() => processes.checkWords?.(line.split(" ")), /lists threads/, line);
});

test("columns of ps can have widths, capital letters and headings of one's own", () => {
  for (const [line, heading] of [
    ["ps -eo rss:20,comm:9", "  RSS COMMAND"],
    ["toybox ps -A -o RSS,COMM", "  RSS COMMAND"],
    ["ps -eo rsz,ucmd", "  RSZ CMD"],
    ["ps -e -o rss=RES -o comm=NAME", "  RES NAME"],
  ] as const) {
    processes.checkWords?.(line.split(" "));
    const stdout = new TextEncoder().encode(`${heading}\n    2 a\n    3  |   \\_ b c\n`);
    assert.equal(samplesOf(processes, stdout, line.split(" ")).slice(2), [
      'memory_processes_resident_bytes{program="b c"} 3072',
      'memory_processes_resident_bytes{program="a"} 2048',
    ]);
  }
});

test.run();
