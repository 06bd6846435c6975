import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run, sampleOf } from "../exporter.ts";
import { affordable } from "../forms.ts";
import { needs } from "../tools.ts";

/** The commands that tell this machine's memory, and the unit to which they tell it; every form runs the first few. */
const COMMANDS: readonly (readonly [
  args: readonly string[],
  unitBytes: number,
  tool: readonly [string, ...string[]],
])[] = [
  [["--command.preset=free"], 1, ["free", "--version"]],
  [["--command=free"], 1024, ["free", "--version"]],
  [["--command=free -m"], 2 ** 20, ["free", "--version"]],
  [["--command=free --mega"], 1e6, ["free", "--version"]],
  [["--command=free -g"], 2 ** 30, ["free", "--version"]],
  [["--command.preset=meminfo"], 1, ["true"]],
  [["--command.preset=vmstat"], 1, ["vmstat", "--version"]],
  [["--command=vmstat -s -S M"], 2 ** 20, ["vmstat", "--version"]],
  [["--command=busybox free"], 1024, ["busybox", "true"]],
  [["--command=busybox free -b"], 1, ["busybox", "true"]],
  [["--command=toybox free"], 1, ["toybox", "true"]],
  [["--command=toybox free -k"], 1024, ["toybox", "true"]],
];

function kernelBytes(key: string): number {
  const kibibytes = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  return Number(kibibytes) * 1024;
}

for (const [args, unitBytes, [tool, ...probe]] of affordable(COMMANDS, 3)) {
  const known = needs(tool, ...probe) ? test : test.skip;
  known(`${args.join(" ")} tells the machine's total memory and swap, to its unit`, async () => {
    const { code, stdout, stderr } = await run({ args: ["once", ...args] });
    assert.is(code, 0, stderr);
    for (const [name, key] of [
      ["memory_total_bytes", "MemTotal"],
      ["memory_swap_total_bytes", "SwapTotal"],
    ] as const) {
      const [told, real] = [sampleOf(stdout, name) ?? Number.NaN, kernelBytes(key)];
      // Some round up or to the nearest, some cut off.
      assert.ok(Math.abs(told - real) < unitBytes, `${name} is ${told}, ${key} is ${real}`);
    }
  });
}

test("several presets at once tell each fact once, and each its own besides", async () => {
  const presets = ["free", "meminfo", "vmstat", "swaps", "oom"].flatMap((name) => ["--command.preset", name]);
  const { code, stdout, stderr } = await run({ args: ["once", ...presets] });
  assert.is(code, 0, stderr);
  assert.is(stdout.match(/^memory_total_bytes /gm)?.length, 1);
  for (const own of ["memory_meminfo_active_bytes", "memory_oom_kills_total"])
    assert.ok(stdout.includes(`\n${own} `), own);
  assert.match(stdout, /^memory_vmstat_/m);
  for (const name of ["free", "meminfo", "vmstat", "swaps", "oom"]) {
    assert.is(sampleOf(stdout, `memory_exporter_command_success{command="${name}"}`), 1, name);
    assert.is(sampleOf(stdout, `memory_exporter_command_runs_total{command="${name}",outcome="ok"}`), 1, name);
  }
});

test.run();
