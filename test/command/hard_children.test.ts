import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { processRow, readText } from "../../src/command/process_table.ts";
import { createRunner } from "../../src/command/run.ts";
import { execute } from "../execute.ts";
import { form, runtimeOf } from "../forms.ts";
import { until, withFolder } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { type Scene, timeless, useRunner } from "./runner_scene.ts";
import { STAY, withShell } from "./shells.ts";
import { LIBRARIES } from "./ways.ts";

/** Children that another process has a hand on, and numbers that are given away again. */

/** Traces a process and never waits for it: what it is killed by, its parent hears of only when the tracer is gone. */
const TRACER = `
$| = 1;
my ($call, $pid) = @ARGV;
syscall($call, 0x4206, $pid + 0, 0, 0) == 0 or die "ptrace: $!";
print "traces\\n";
sleep 600;
`;
const PTRACE: Readonly<Record<string, string>> = { x64: "101", arm64: "117" };
const call = PTRACE[process.arch];
const PROBE =
  "my $p = fork or do { sleep 600 }; my $r = syscall($ARGV[0] + 0, 0x4206, $p, 0, 0); kill KILL => $p; exit !!$r";
const traced = call !== undefined && needs("perl", "-e", PROBE, call) ? test : test.skip;

const UNSHARE = ["--pid", "--fork", "--mount-proc", "--kill-child"] as const;
const LAST = "test -w /proc/sys/kernel/ns_last_pid && echo 100 >/proc/sys/kernel/ns_last_pid";
const numbered = needs("unshare", ...UNSHARE, "/bin/sh", "-c", LAST) ? test : test.skip;

async function traceOne({ start }: Scene, file: string): Promise<void> {
  const { outcome, released, abort } = start(`echo $$ >'${file}'; ${STAY}`);
  await until("its number", () => (readText(file) ?? "").endsWith("\n"));
  const pid = Number(readText(file));
  await withShell(["perl", "-e", TRACER, call ?? "", String(pid)], async ({ said }) => {
    await until("the tracer", () => said() !== "");
    abort();
    assert.equal(timeless(await outcome), { kind: "aborted" });
    assert.is(await released, 0);
    assert.is(processRow(pid)?.state, "Z");
  });
  await until("it to be reaped", () => processRow(pid) === undefined);
}

for (const { name, libc } of LIBRARIES) {
  traced(`${name}: what is traced is answered for when it is killed, and reaped when the tracer is gone`, () =>
    // A runner that finds children when it begins takes none for orphans that have no mark: the tracer is none.
    withShell(STAY, async () => {
      const runner = createRunner(libc);
      process.on("SIGCHLD", runner.reap);
      await withFolder((folder) => useRunner(runner, (scene) => traceOne(scene, join(folder, "pid"))));
      process.off("SIGCHLD", runner.reap);
    }),
  );

  numbered(`${name}: a number that was given to another since is let alone`, async () => {
    const file = join(import.meta.dirname, "renumbered.ts");
    const words = [...UNSHARE, ...runtimeOf(form, "test/command/renumbered.ts"), file, libc ? "libc" : "bare"];
    const { stdout, stderr } = await execute("unshare", words);
    assert.match(stdout, /^[SRD]\n$/, stderr);
  });
}

test.run();
