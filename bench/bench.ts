import { mkdtempSync, rmSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { blocking } from "./questions/blocking.ts";
import { cold } from "./questions/cold.ts";
import { cpu } from "./questions/cpu.ts";
import { deadlines } from "./questions/deadlines.ts";
import { growth } from "./questions/growth.ts";
import { latency } from "./questions/latency.ts";
import { limits } from "./questions/limits.ts";
import { memory } from "./questions/memory.ts";
import { passthrough } from "./questions/passthrough.ts";
import { push } from "./questions/push.ts";
import { siege } from "./questions/siege.ts";
import { start } from "./questions/start.ts";
import { throughput } from "./questions/throughput.ts";
import { viewers } from "./questions/viewers.ts";
import { type Aim, aimRow, type Report } from "./report.ts";
import { markdown } from "./table.ts";
import { prepareTargets, type Targets } from "./targets.ts";

/**
 * Compares the executable with the floors and the peers, in alternation, and prints a Markdown table for each question:
 * `node bench.ts [--rounds N] [--only QUESTION]...`. Compare ratios, not times, since the machine may be shared.
 */

type Question = { readonly ask: (targets: Targets, rounds: number) => Promise<Report>; readonly rounds: number };

const QUESTIONS: Readonly<Record<string, Question>> = {
  latency: { ask: latency, rounds: 25 },
  throughput: { ask: throughput, rounds: 5 },
  cold: { ask: cold, rounds: 30 },
  cpu: { ask: cpu, rounds: 8 },
  blocking: { ask: blocking, rounds: 10 },
  start: { ask: start, rounds: 15 },
  memory: { ask: memory, rounds: 1 },
  limits: { ask: limits, rounds: 1 },
  deadlines: { ask: deadlines, rounds: 10 },
  growth: { ask: growth, rounds: 1 },
  siege: { ask: siege, rounds: 1 },
  passthrough: { ask: passthrough, rounds: 8 },
  push: { ask: push, rounds: 5 },
  viewers: { ask: viewers, rounds: 3 },
};

const { values } = parseArgs({
  options: { rounds: { type: "string" }, only: { type: "string", multiple: true } },
});
const asked = values.only ?? Object.keys(QUESTIONS);
const unknown = asked.find((name) => !Object.hasOwn(QUESTIONS, name));
if (unknown !== undefined) throw new Error(`--only: found ${unknown}, wanted one of ${Object.keys(QUESTIONS)}`);

const folder = mkdtempSync(join(tmpdir(), "memory_exporter-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const targets = prepareTargets(folder);
console.log(`${cpus().length} CPUs, Linux ${release()}, Node ${process.version}. Ratios, in brackets the medians.\n`);
for (const line of targets.missing) console.log(`${line}\n`);
const aims: Aim[] = [];
for (const name of asked) {
  const question = QUESTIONS[name];
  if (question === undefined) continue;
  const report = await question.ask(targets, values.rounds === undefined ? question.rounds : Number(values.rounds));
  console.log(`## ${report.title}\n\n${report.how}\n\n${report.table}\n`);
  aims.push(...report.aims);
}
console.log(`## Aims\n\n${markdown(["", "at most", "measured", "reached"], aims.map(aimRow))}`);
