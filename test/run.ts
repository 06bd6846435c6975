import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FORMS, runtimeOf } from "./forms.ts";
import { type Job, jobsOf, nameOf, type Tier } from "./plan.ts";
import { tied } from "./tied.ts";

/**
 * Runs the tests, each file in a process of its own or with others of its folder, with a time limit, and ends with
 * `N passed, N failed`. Units run on the sources, on Node and Deno; test/contract runs against every form of the product.
 *
 *     node test/run.ts [--tier=quick|long|all] [--form=FORM]… [--jobs=N] [--record] [PART-OF-A-PATH]…
 */

const ROOT = join(import.meta.dirname, "..");
/** Only what hangs takes so long. */
const LIMIT_MS: Readonly<Record<Tier, number>> = { quick: 10 * 60_000, long: 40 * 60_000 };
/** How long nothing is printed at most. */
const QUIET_MS = 10_000;
/** Jobs that take less needn't be put in order. */
const RECORDED_SECONDS = 3;

const { values, positionals } = parseArgs({
  options: {
    form: { type: "string", multiple: true, default: [...FORMS] },
    /** A part of a path is looked for in all tests. */
    tier: { type: "string", default: "" },
    /** Tests mostly wait: more at a time than there are processors. */
    jobs: { type: "string", default: String(3 * availableParallelism()) },
    record: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

type Totals = { readonly passed: number; readonly failed: number; readonly skipped: number };
type Done = Totals & { readonly output: string };
const NONE: Totals = { passed: 0, failed: 0, skipped: 0 };
const add = (a: Totals, b: Totals): Totals => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const tiers: readonly Tier[] =
  values.tier === "all" || (values.tier === "" && positionals.length > 0)
    ? ["quick", "long"]
    : [values.tier === "long" ? "long" : "quick"];
const forms = FORMS.filter((form) => values.form.includes(form));

/** Processor seconds of the children that have ended, and of theirs. */
function childrenSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** What Node has compiled, for all processes of this run: stripping types takes longer than most tests. */
const compiled = mkdtempSync(join(tmpdir(), "memory_exporter-compiled-"));

const running = new Map<Job, number>();
const durations: Record<string, number> = {};
let lastPrinted = performance.now();
let endedSeconds = childrenSeconds();
let cpuSeconds = 0;

function print(line: string): void {
  lastPrinted = performance.now();
  console.log(line);
}

async function runJob(job: Job): Promise<Totals> {
  const { form, files } = job;
  const began = performance.now();
  running.set(job, began);
  const [program, ...args] = tied(runtimeOf(form, files[0] ?? ""));
  const words = files.length > 1 ? [...args, "test/shared.ts", ...files] : [...args, ...files];
  const env = { ...process.env, FORM: form, NO_COLOR: "1", FORCE_COLOR: "0", NODE_COMPILE_CACHE: compiled };
  const child = spawn(program, words, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
  const limit = Math.max(...tiers.map((tier) => LIMIT_MS[tier]));
  let why = "";
  const timer = setTimeout(() => {
    why = `\nkilled after ${limit / 1000} s`;
    process.kill(-(child.pid ?? 0), "SIGKILL");
  }, limit);
  let cpu = 0;
  child.once("exit", () => {
    cpu = childrenSeconds() - endedSeconds;
    endedSeconds += cpu;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once("close", resolve);
    child.once("error", (error) => {
      why = `\n${error.message}`;
      resolve(null);
    });
  });
  clearTimeout(timer);
  running.delete(job);
  const seconds = (performance.now() - began) / 1000;
  durations[nameOf(job)] = Math.round(seconds);
  cpuSeconds += cpu;
  return tell(job, results(job, Buffer.concat(chunks).toString() + why, code), seconds, cpu);
}

/** What each file of a job has come to. */
function results({ files }: Job, output: string, code: number | null): Map<string, Done> {
  if (files.length === 1) return new Map(files.map((file) => [file, read(output, code === 0)]));
  const parts = new Map(output.split(/^== /m).map((part) => [part.split("\n", 1)[0] ?? "", part]));
  const done = files.map((file) => [file, read(parts.get(file) ?? "it was not reached", true)] as const);
  const failed = done.some(([, { failed }]) => failed > 0);
  if (code !== 0 && !failed) return new Map([...done, ["the process", { ...NONE, failed: 1, output }]]);
  return new Map(done);
}

/** The totals that uvu prints, once for each file; a file that prints none, or has no test, has failed. So has a skip where all tools are there. */
function read(output: string, good: boolean): Done {
  const number = (name: string) => Number(new RegExp(`^\\s+${name}:\\s+(\\d+)$`, "m").exec(output)?.[1] ?? Number.NaN);
  const [total, passed, skipped] = [number("Total"), number("Passed"), number("Skipped")];
  if (!(total >= 0) || total + skipped === 0) return { passed: 0, failed: 1, skipped: 0, output };
  const lacking = process.env.REQUIRE_TOOLS === "1" ? skipped : 0;
  return { passed, failed: (good ? total - passed : Math.max(1, total - passed)) + lacking, skipped, output };
}

let finished = 0;
let all = NONE;

function tell(job: Job, done: ReadonlyMap<string, Done>, seconds: number, cpu: number): Totals {
  const sum = [...done.values()].reduce(add, NONE);
  finished += 1;
  all = add(all, sum);
  const count = `${String(finished).padStart(3)}/${total} ${String(all.passed).padStart(5)}`;
  const line = `${count} ${sum.failed > 0 ? "FAIL" : "ok  "} ${nameOf(job).padEnd(46)}`;
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
  print(`${line} ${sum.passed} passed${skipped}, ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of a processor`);
  for (const [file, { failed, output }] of done) {
    if (failed > 0) print(`${file}: ${output.trimEnd()}`);
    else for (const said of output.match(/^skipped: .*$/gm) ?? []) print(`     ${said}`);
  }
  return sum;
}

if (forms.includes("executable") && !existsSync(join(ROOT, "dist/memory_exporter")))
  throw new Error("dist/memory_exporter is not built: make build");

const queue = jobsOf({ forms, tiers, parts: positionals });
const total = queue.length;
const sums = new Map(forms.map((form) => [form, NONE]));
const began = performance.now();
const heartbeat = setInterval(() => {
  const now = performance.now();
  if (now - lastPrinted < QUIET_MS) return;
  const names = [...running].map(([job, since]) => `${nameOf(job)} for ${((now - since) / 1000).toFixed(0)} s`);
  print(`        running: ${names.join(", ")}`);
}, 1000);
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const done = await runJob(job);
      sums.set(job.form, add(sums.get(job.form) ?? NONE, done));
    }
  }),
);
clearInterval(heartbeat);
rmSync(compiled, { recursive: true, force: true });
for (const [form, sum] of sums)
  console.log(`${form}: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
if (values.record) {
  const long = Object.entries(durations).filter(([, seconds]) => seconds >= RECORDED_SECONDS);
  const known = JSON.parse(readFileSync(join(ROOT, "test/durations.json"), "utf8"));
  const merged = Object.entries({ ...known, ...Object.fromEntries(long) }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(join(ROOT, "test/durations.json"), `${JSON.stringify(Object.fromEntries(merged), undefined, 2)}\n`);
}
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s, ${cpuSeconds.toFixed(0)} s of a processor`);
console.log(`${all.passed} passed, ${all.failed} failed`);
process.exitCode = all.failed > 0 || all.passed === 0 ? 1 : 0;
