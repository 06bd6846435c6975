import { parseArgs } from "node:util";
import * as assert from "uvu/assert";
import { openDescriptors } from "../../src/command/children.ts";
import { openLibc } from "../../src/command/libc.ts";
import { childrenOfThread } from "../../src/command/process_table.ts";
import { type Command, createRunner } from "../../src/command/run.ts";

/**
 * Runs commands of every kind, some at a time, without a server around: `node test/torture/spawn_soak.ts [--runs=N]
 * [--at-a-time=N] [--fork]`. Says now and then what this process holds, and fails if an outcome is wrong or anything is left.
 */

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200000" },
    "at-a-time": { type: "string", default: "8" },
    fork: { type: "boolean", default: false },
  },
});
const RUNS = Number(values.runs);
const ENVIRONMENT = { PATH: "/usr/bin:/bin" };
const SHORT_MS = 60;
const FAR_MS = 60_000;

type Kind = {
  readonly argv: Command["argv"];
  readonly kind: string;
  readonly deadlineMs?: number;
  readonly of: number;
};

const shell = (line: string): Command["argv"] => ["/bin/sh", "-c", line];
const STRANGER = "setsid env -i sleep 600 </dev/null >/dev/null 2>&1 &";

const GOOD: Kind = { argv: ["/usr/bin/free", "-b", "-w"], kind: "ok", of: 70 };
/** How often each comes in a hundred. */
const KINDS: readonly Kind[] = [
  GOOD,
  { argv: shell("echo out; exit 3"), kind: "exit", of: 8 },
  { argv: shell("kill -SEGV $$"), kind: "signal", of: 5 },
  { argv: ["/no/such/program"], kind: "spawn", of: 5 },
  { argv: ["/usr/bin/yes"], kind: "overflow", of: 4 },
  { argv: shell("sleep 600 & setsid sleep 600 & exec sleep 600"), kind: "timeout", deadlineMs: SHORT_MS, of: 4 },
  { argv: shell(`${STRANGER} exec sleep 600`), kind: "timeout", deadlineMs: SHORT_MS, of: 3 },
  { argv: shell("sleep 600 & echo out"), kind: "ok", of: 1 },
];
const WHEEL = KINDS.flatMap((kind) => Array.from({ length: kind.of }, () => kind));

const runner = createRunner(values.fork ? undefined : openLibc());
process.on("SIGCHLD", runner.reap);
const residentMb = () => Math.round(process.memoryUsage.rss() / 1e5) / 10;
const children = () => childrenOfThread(process.pid, process.pid)?.length ?? 0;
const describe = () => `${openDescriptors()} descriptors, ${residentMb()} MB resident, ${children()} children`;

let started = 0;
let stragglers = 0;
const counts = new Map<string, number>();

async function worker(): Promise<void> {
  while (started < RUNS) {
    started += 1;
    if (started % Math.ceil(RUNS / 20) === 0) console.log(`${started} runs: ${describe()}`);
    // 37 and 100 have no divisor in common: all kinds come, mixed.
    const { argv, kind, deadlineMs = FAR_MS } = WHEEL[(started * 37) % WHEEL.length] ?? GOOD;
    const run = runner.start({ argv, environment: ENVIRONMENT, maxOutputBytes: 100_000 }, deadlineMs);
    const outcome = await run.outcome;
    assert.is(outcome.kind, kind, `${argv.join(" ")}: ${JSON.stringify(outcome).slice(0, 300)}`);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    stragglers += await run.released;
  }
}

const began = performance.now();
const before = openDescriptors();
await Promise.all(Array.from({ length: Number(values["at-a-time"]) }, worker));
await new Promise((resolve) => setTimeout(resolve, 2000));
console.log(`${runner.spawnMethod}: ${Math.round((performance.now() - began) / 1000)} s, ${describe()}`);
console.log(`${stragglers} stragglers killed; ${JSON.stringify(Object.fromEntries(counts))}`);
// The loop itself takes one or two when it begins.
assert.ok(openDescriptors() <= before + 2, `${before} → ${openDescriptors()} descriptors`);
assert.is(children(), 0);
