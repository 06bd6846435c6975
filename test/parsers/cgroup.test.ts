import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCgroupFile, isStatSize, parseCgroups } from "../../src/parsers/cgroup.ts";
import { countOf } from "../../src/parsers/keyed.ts";
import { writtenLines } from "../../src/parsers/lines.ts";
import { decode } from "../../src/parsers/text.ts";
import { endsWithLine, readCuts, refusal } from "../cuts.ts";
import { memoryCase } from "../memory_cases.ts";

const read = (text: string, path?: string) => parseCgroups(writtenLines(text), path);

function readCase(name: string) {
  const { argv, stdout } = memoryCase(name);
  const [group] = read(decode(stdout), argv[1]);
  assert.ok(group);
  return group;
}

const TWO_GROUPS = `/sys/fs/cgroup/a.slice/memory.current:4096
/sys/fs/cgroup/a.slice/memory.max:max
/sys/fs/cgroup/a.slice/memory.events:low 0
/sys/fs/cgroup/a.slice/memory.events:oom_kill 2
/sys/fs/cgroup/a.slice/memory.pressure:some avg10=0.00 avg60=0.00 avg300=0.00 total=0
/sys/fs/cgroup/a.slice/b:c 1.scope/memory.current:1024
/sys/fs/cgroup/a.slice/b:c 1.scope/memory.swap.events:fail 1
/sys/fs/cgroup/a.slice/b:c 1.scope/memory.stat:anon 512
/sys/fs/cgroup/a.slice/b:c 1.scope/memory.stat:pgfault 7
`;

test("parseCgroups() reads one file that the command line names", () => {
  assert.equal([...readCase("cgroup-v2-current").figures], [["memory.current", 13071106048]]);
  assert.equal([...readCase("cgroup-v2-max").figures], [["memory.max", 103079215104]]);
  assert.is(countOf(readCase("cgroup-v2-stat").stat, "slab_unreclaimable"), 5318968);
  assert.is(countOf(readCase("cgroup-v2-events").events, "oom_group_kill"), 0);
  const v1 = readCase("cgroup-v1-usage");
  assert.is(v1.path, "/tst1");
  assert.equal([...v1.figures], [["memory.current", 41865216]]);
});

test("parseCgroups() takes no limit for no figure", () => {
  assert.equal([...readCase("cgroup-v2-max-unlimited").figures], [["memory.max", undefined]]);
  assert.equal([...readCase("cgroup-v1-limit-none").figures], [["memory.max", undefined]]);
  for (const none of ["9223372036854710272", "9223372036854775807", "18446744073709551615", "8796093018112"]) {
    assert.equal([...(read(`${none}\n`, "/x/memory.limit_in_bytes")[0]?.figures ?? [])], [["memory.max", undefined]]);
  }
});

test("parseCgroups() reads several files of several groups", () => {
  const [a, b, ...others] = read(TWO_GROUPS);
  assert.is(others.length, 0);
  assert.is(a?.path, "/a.slice");
  assert.equal(
    [...(a?.figures ?? [])],
    [
      ["memory.current", 4096],
      ["memory.max", undefined],
    ],
  );
  assert.equal(
    [...(a?.events ?? [])].map(([name, { text }]) => [name, Number(text)]),
    [
      ["low", 0],
      ["oom_kill", 2],
    ],
  );
  assert.is(b?.path, "/a.slice/b:c 1.scope");
  assert.equal(
    [...(b?.swapEvents ?? [])].map(([name, { text }]) => [name, Number(text)]),
    [["fail", 1]],
  );
  assert.is(countOf(b?.stat ?? new Map(), "pgfault"), 7);
});

test("parseCgroups() names groups by their path below the hierarchy", () => {
  const path = (file: string) => read("1\n", file)[0]?.path;
  assert.is(path("/sys/fs/cgroup/memory.current"), "/");
  assert.is(path("/host/sys/fs/cgroup/x/memory.current"), "/x");
  assert.is(path("/sys/fs/cgroup/unified/x/memory.current"), "/x");
  assert.is(path("/sys/fs/cgroup/memory/memory.current"), "/memory");
  assert.is(path("/sys/fs/cgroup/memory/memory.usage_in_bytes"), "/");
  assert.is(path("/sys/fs/cgroup2/x/memory.current"), "/sys/fs/cgroup2/x");
  assert.is(path("/cgroup/x/memory.usage_in_bytes"), "/cgroup/x");
  assert.is(path("memory.current"), ".");
  assert.is(path("a.slice/memory.current"), "a.slice");
});

test("parseCgroups() takes the OOM kills of cgroup v1", () => {
  const [group] = read("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "/sys/fs/cgroup/memory/x/memory.oom_control");
  assert.is(group?.path, "/x");
  assert.equal([...(group?.events ?? [])], [["oom_kill", { text: "3", line: 3 }]]);
});

test("parseCgroups() lets no name of a group pass for a file", () => {
  const [group] = read("/sys/fs/cgroup/memory.max:7/memory.current:5\n");
  assert.is(group?.path, "/memory.max:7");
  assert.equal([...(group?.figures ?? [])], [["memory.current", 5]]);
});

test("parseCgroups() refuses damaged output", () => {
  const file = "/sys/fs/cgroup/memory.current";
  for (const [text, path, message] of [
    ["", file, /^found no output/],
    ["5\n", undefined, /^line 1: found "5", wanted one file that the command line names, or paths as "grep -H" /],
    ["5\n", "/sys/fs/cgroup/cpu.max", /wanted one file/],
    ["5\n", "/sys/fs/cgroup/*/memory.current", /wanted one file/],
    ["5\n6\n", file, /^line 2: found several lines, wanted the figure of memory\.current$/],
    ["max\n", file, /^line 1: found "max" in memory\.current, wanted a whole number$/],
    ["5 bytes\n", file, /^line 1/],
    [`${TWO_GROUPS}/sys/fs/cgroup/memory.max:`, undefined, /found "" in memory\.max/],
    [`${TWO_GROUPS}/sys/fs/cgroup/memory.max:ma`, undefined, /found "ma" in memory\.max/],
    [`${TWO_GROUPS}/sys/fs/cgroup/memory.stat:anon`, undefined, /found "anon", wanted "name figure"/],
    [`${TWO_GROUPS}/sys/fs/cgroup/memory.ma`, undefined, /wanted the path of a file before it$/],
    [`${TWO_GROUPS}anon 5\n`, undefined, /^line 10: found "anon 5", wanted the path of a file before it$/],
    [TWO_GROUPS + TWO_GROUPS, undefined, /several lines/],
    [TWO_GROUPS.replaceAll("a.slice/b:c 1.scope", "unified/a.slice"), undefined, /^found a group in two hierarchies/],
  ] as const) {
    assert.match(
      refusal(() => read(text, path)),
      message,
    );
  }
});

test("parseCgroups() refuses a line that is cut off", () => {
  for (const [length] of readCuts(TWO_GROUPS, (cut) => read(cut))) {
    const isPassedOver = /memory\.pressure:.*$/.test(TWO_GROUPS.slice(0, length));
    assert.ok(isPassedOver || endsWithLine(TWO_GROUPS, length), `cut at ${length}`);
  }
});

test("parseCgroups() reads the figure of a file without its line end", () => {
  for (const [file, text] of [
    ["memory.current", "4096"],
    ["memory.max", "max"],
    ["memory.limit_in_bytes", "9223372036854771712"],
    ["memory.stat", "anon 5\nfile 6"],
    ["memory.events", "low 0\noom_kill 2"],
  ] as const) {
    const path = `/sys/fs/cgroup/x/${file}`;
    assert.equal(read(text, path), read(`${text}\n`, path), file);
  }
});

test("isCgroupFile() knows the files that are read", () => {
  assert.ok(isCgroupFile("memory.stat"));
  assert.ok(isCgroupFile("/sys/fs/cgroup/x/memory.swap.events"));
  for (const word of ["memory.pressure", "/x/memory.numa_stat", "/sys/fs/cgroup/cpu.stat", "memory.toString", ""]) {
    assert.not(isCgroupFile(word), word);
  }
});

test("isStatSize() tells sizes from counts, and what nobody knows", () => {
  for (const item of ["anon", "total_rss_huge", "slab", "pagetables", "hierarchical_memory_limit"]) {
    assert.is(isStatSize(item), true, item);
  }
  for (const item of ["pgfault", "total_pgpgin", "workingset_nodereclaim", "thp_swpout", "zswpin"]) {
    assert.is(isStatSize(item), false, item);
  }
  assert.is(isStatSize("inactive_ratio"), undefined);
});

test.run();
