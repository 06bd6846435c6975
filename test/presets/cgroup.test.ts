import { test } from "uvu";
import * as assert from "uvu/assert";
import { cgroup } from "../../src/presets/cgroup.ts";
import { presetFor } from "../../src/presets/table.ts";
import { refusal } from "../cuts.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { checkChanges, checkCuts, checkExpected, checkForeign, checkMetrics, samplesOf } from "./checks.ts";

const GREP = `/sys/fs/cgroup/a.slice/memory.current:4096
/sys/fs/cgroup/a.slice/memory.max:max
/sys/fs/cgroup/a.slice/memory.high:8192
/sys/fs/cgroup/a.slice/memory.events:oom_kill 2
/sys/fs/cgroup/a.slice/memory.events.local:oom_kill 1
/sys/fs/cgroup/a.slice/memory.swap.events:fail 1
/sys/fs/cgroup/a.slice/memory.stat:anon 512
/sys/fs/cgroup/a.slice/memory.stat:pgfault 7
/sys/fs/cgroup/a.slice/memory.stat:file 18446744073709551104
/sys/fs/cgroup/a.slice/memory.stat:new_item 1
/sys/fs/cgroup/a.slice/memory.numa_stat:anon N0=512
`;

test("the preset gives the figures of a group", () => {
  assert.equal(samplesOf(cgroup, GREP), [
    'memory_cgroup_current_bytes{cgroup="/a.slice"} 4096',
    'memory_cgroup_high_bytes{cgroup="/a.slice"} 8192',
    'memory_cgroup_events_total{cgroup="/a.slice",event="oom_kill"} 2',
    'memory_cgroup_local_events_total{cgroup="/a.slice",event="oom_kill"} 1',
    'memory_cgroup_swap_events_total{cgroup="/a.slice",event="fail"} 1',
    'memory_cgroup_stat_bytes{cgroup="/a.slice",item="anon"} 512',
    'memory_cgroup_stat_events_total{cgroup="/a.slice",item="pgfault"} 7',
  ]);
});

test("one file is read by its name in the command line", () => {
  const words = ["sudo", "cat", "/sys/fs/cgroup/memory/tst1/memory.usage_in_bytes"];
  assert.equal(samplesOf(cgroup, "41865216\n", words), ['memory_cgroup_current_bytes{cgroup="/tst1"} 41865216']);
  refusal(() => samplesOf(cgroup, "41865216\n", ["cat", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.max"]));
  refusal(() => samplesOf(cgroup, "41865216\n"));
});

test("of many groups the 100 largest are told", () => {
  const lines = Array.from({ length: 250 }, (_, i) => `/sys/fs/cgroup/g${i}/memory.current:${(i * 37) % 250}\n`);
  const samples = samplesOf(cgroup, lines.join(""));
  assert.is(samples.length, 100);
  assert.is(Math.min(...samples.map((sample) => Number(sample.split(" ").at(-1)))), 150);
});

test("all cases are read correctly, also mutated", () => {
  for (const one of memoryCases().filter(({ family }) => family === "cgroup")) {
    checkExpected(cgroup, one);
    checkChanges(cgroup, one.stdout, one.argv);
  }
  const negative = samplesOf(cgroup, memoryCase("cgroup-v1-stat-negative-dirty").stdout, ["cat", "/x/memory.stat"]);
  assert.not(negative.some((sample) => sample.includes("dirty")));
});

test("a cut output gives fewer lines, never wrong figures", () => {
  for (const { stdout, argv } of memoryCases().filter(({ family }) => family === "cgroup")) {
    checkCuts(cgroup, stdout, argv);
  }
});

/** All files that the preset's own attempt reads of a group. */
async function ownFiles(): Promise<readonly string[]> {
  const [attempt] = cgroup.attempts;
  if (!attempt || !("files" in attempt) || typeof attempt.files !== "function") return [];
  return attempt.files(async (path) => (path.startsWith("/sys/fs/cgroup/unified") ? undefined : "0::/\n"));
}

test("every file of one figure is read by itself, of cgroup v2 and v1", async () => {
  const own = await ownFiles();
  for (const [file, metric] of Object.entries({
    "memory.current": "current_bytes",
    "memory.peak": "peak_bytes",
    "memory.max": "limit_bytes",
    "memory.high": "high_bytes",
    "memory.low": "low_bytes",
    "memory.min": "min_bytes",
    "memory.swap.current": "swap_current_bytes",
    "memory.swap.max": "swap_limit_bytes",
    "memory.usage_in_bytes": "current_bytes",
    "memory.max_usage_in_bytes": "peak_bytes",
    "memory.limit_in_bytes": "limit_bytes",
    "memory.soft_limit_in_bytes": "soft_limit_bytes",
    "memory.memsw.usage_in_bytes": "with_swap_current_bytes",
    "memory.memsw.limit_in_bytes": "with_swap_limit_bytes",
    "memory.kmem.usage_in_bytes": "kernel_current_bytes",
    "memory.failcnt": "limit_hits_total",
  })) {
    const words = ["cat", `/sys/fs/cgroup/a/${file}`];
    assert.is(presetFor(words), cgroup, file);
    assert.match(
      samplesOf(cgroup, "4096\n", words).join(),
      new RegExp(`^memory_cgroup_${metric}\\{cgroup="/a"\\} 4096$`),
    );
    assert.ok(own.includes(`/sys/fs/cgroup/${file}`), `its own attempt reads ${file}`);
  }
});

test("a file is read without its line end", () => {
  const group = "/sys/fs/cgroup/user.slice";
  assert.equal(samplesOf(cgroup, "1234", ["cat", `${group}/memory.current`]), [
    'memory_cgroup_current_bytes{cgroup="/user.slice"} 1234',
  ]);
  assert.equal(samplesOf(cgroup, "max", ["cat", `${group}/memory.max`]), []);
  assert.equal(samplesOf(cgroup, GREP.trimEnd(), []), samplesOf(cgroup, GREP, []));
});

test("other outputs are refused", () => {
  checkForeign(cgroup, ({ family }) => family === "cgroup");
});

test("command lines with files of groups are known", () => {
  assert.is(presetFor(["cat", "/sys/fs/cgroup/memory.current"]), cgroup);
  assert.is(presetFor(["grep", "-H", "", "/sys/fs/cgroup/system.slice/a/memory.max"]), cgroup);
});

test("its metrics are those of its table, with valid names", () => {
  checkMetrics(cgroup, GREP);
});

/** What the preset gives of its own group where /proc/self/cgroup and the files of groups are these. */
async function ownGroup(self: string, files: Readonly<Record<string, string>>): Promise<string[] | string> {
  const there: Readonly<Record<string, string>> = { ...files, "/proc/self/cgroup": self };
  const [attempt] = cgroup.attempts;
  if (!attempt || !("files" in attempt) || typeof attempt.files !== "function") throw new Error("no files to find");
  const found = (await attempt.files(async (path) => there[path])).filter((path) => path in there);
  if (found.length === 0) return "none";
  const lines = found.flatMap((path) =>
    (there[path] ?? "")
      .trimEnd()
      .split("\n")
      .map((line) => `${path}:${line}\n`),
  );
  return samplesOf(cgroup, lines.join(""), attempt.words);
}

const MOUNT = "/sys/fs/cgroup";
const V2 = { [`${MOUNT}/cgroup.controllers`]: "cpu memory\n" };

test("its own attempt finds the group of cgroup v2", async () => {
  const own = "a b.slice/c:d";
  const files = {
    ...V2,
    [`${MOUNT}/${own}/cgroup.controllers`]: "",
    [`${MOUNT}/${own}/memory.current`]: "5\n",
    [`${MOUNT}/memory.stat`]: "anon 1\n",
  };
  assert.equal(await ownGroup(`0::/${own}\n`, files), [`memory_cgroup_current_bytes{cgroup="/${own}"} 5`]);
  assert.equal(await ownGroup("0::/\n", files), ['memory_cgroup_stat_bytes{cgroup="/",item="anon"} 1']);
});

test("its own attempt finds the group of cgroup v2 beside v1", async () => {
  const files = { [`${MOUNT}/unified/cgroup.controllers`]: "", [`${MOUNT}/unified/memory.current`]: "5\n" };
  assert.equal(await ownGroup("1:cpu:/\n0::/\n", files), ['memory_cgroup_current_bytes{cgroup="/"} 5']);
});

test("its own attempt finds the group of cgroup v1, and that of a container", async () => {
  const memory = `${MOUNT}/memory`;
  const files = {
    [`${memory}/cgroup.procs`]: "",
    [`${memory}/x/cgroup.procs`]: "1\n",
    [`${memory}/x/memory.limit_in_bytes`]: "7\n",
    [`${memory}/memory.usage_in_bytes`]: "9\n",
  };
  const self = "9:cpuacct,cpu:/\n4:memory:/x\n1:name=systemd:/y\n0::/z\n";
  assert.equal(await ownGroup(self, files), ['memory_cgroup_limit_bytes{cgroup="/x"} 7']);
  assert.equal(await ownGroup("4:memory:/docker/0123\n0::/z\n", files), ['memory_cgroup_current_bytes{cgroup="/"} 9']);
});

test("its own attempt names no file where there is nothing to read, and none of another group", async () => {
  assert.is(await ownGroup("0::/\n", V2), "none");
  const files = { ...V2, [`${MOUNT}/a/cgroup.controllers`]: "", [`${MOUNT}/memory.current`]: "5\n" };
  assert.is(await ownGroup("0::/../x\n", files), "none");
  assert.is(await ownGroup("0::/a\n", files), "none");
});

test.run();
