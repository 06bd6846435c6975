import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { killRest } from "../../src/command/group.ts";
import { processRow } from "../../src/command/process_table.ts";
import { type Command, createRunner } from "../../src/command/run.ts";
import { sweep } from "../../src/command/sweep.ts";
import { LIBC } from "./ways.ts";

/**
 * Runs in a PID namespace of its own, with or without the C library (`renumbered.ts libc|bare`): gives the number of a command
 * that has ended to a stranger, who leads a group by it, and does all that kills. Prints its state.
 */
const libc = process.argv[2] === "libc" ? LIBC : undefined;
const runner = createRunner(libc);
if (libc) process.on("SIGCHLD", runner.reap);

const start = (line: string, deadlineMs: number) => {
  const argv: Command["argv"] = ["/bin/sh", "-c", line];
  return runner.start({ argv, environment: { PATH: "/usr/bin:/bin" }, maxOutputBytes: 1000 }, deadlineMs);
};
const outcome = await start("echo $$", 60_000).outcome;
const leader = outcome.kind === "ok" ? Number(new TextDecoder().decode(outcome.stdout)) : 0;
while (processRow(leader) !== undefined) await sleep(1);

const strangers: number[] = [];
for (let tries = 0; strangers.at(-1) !== leader && tries < 100; tries += 1) {
  writeFileSync("/proc/sys/kernel/ns_last_pid", String(leader - 1));
  strangers.push(spawn("/bin/sleep", ["600"], { detached: true, stdio: "ignore" }).pid ?? 0);
}
const remains = { leader, marker: "nobody.1.", groupKilled: false };
killRest(leader);
await sweep({ ...remains, groupKilled: true });
await start("exit 3", 60_000).released;
await start("exec sleep 600", 100).released;
runner.killAll();
console.log(strangers.at(-1) === leader ? (processRow(leader)?.state ?? "gone") : "no such number");
// A stranger that was killed would be reaped by now.
process.exit();
