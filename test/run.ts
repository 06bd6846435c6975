import { spawn } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { FORMS, type Form, runtimeOf } from "./forms.ts";

/**
 * Runs the tests, each file in a process of its own with a time limit, and ends with `N passed, N failed`.
 * Units run on the sources, on Node and Deno; test/contract runs against every form of the product.
 *
 *     node test/run.ts [--form=FORM]… [--jobs=N] [PART-OF-A-PATH]…
 */

const ROOT = join(import.meta.dirname, "..");
const FILE_LIMIT_MS = 8 * 60_000;

const { values, positionals } = parseArgs({
  options: { form: { type: "string", multiple: true, default: [...FORMS] }, jobs: { type: "string", default: "2" } },
  allowPositionals: true,
});

type Job = { readonly form: Form; readonly file: string };
type Totals = { passed: number; failed: number; skipped: number };

function jobs(): Job[] {
  const files = globSync("test/**/*.test.ts", { cwd: ROOT }).sort();
  const chosen = files.filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)));
  const forms = FORMS.filter((form) => values.form.includes(form));
  const all = forms.flatMap((form) => chosen.filter((file) => belongs(file, form)).map((file) => ({ form, file })));
  // What takes minutes goes first, beside all the others.
  return all.sort((a, b) => Number(takesMinutes(b)) - Number(takesMinutes(a)));
}

function takesMinutes({ file }: Job): boolean {
  return file.startsWith("test/fuzz/") || /^test\/torture\/(soak|clients)\.test\.ts$/.test(file);
}

/**
 * What is built is met from outside only: units test the sources. A bundle runs what the sources run, on the same runtimes:
 * it is held to the contract, and torture is left to the sources and the executable, the soak to the executable alone.
 */
function belongs(file: string, form: Form): boolean {
  if (file === "test/torture/soak.test.ts") return form === "executable";
  if (form.startsWith("source")) return true;
  return file.startsWith("test/contract/") || (form === "executable" && file.startsWith("test/torture/"));
}

async function runFile({ form, file }: Job): Promise<Totals> {
  const began = Date.now();
  const [program, ...args] = runtimeOf(form, file);
  const child = spawn(program, [...args, file], {
    cwd: ROOT,
    env: { ...process.env, FORM: form, NO_COLOR: "1", FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), FILE_LIMIT_MS);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  const output = Buffer.concat(chunks).toString();
  const totals = read(output, code);
  const line = `${totals.failed > 0 ? "FAIL" : "ok  "} ${form.padEnd(12)} ${relative("test", file).padEnd(40)}`;
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
  console.log(`${line} ${totals.passed} passed${skipped} ${((Date.now() - began) / 1000).toFixed(1)} s`);
  if (totals.failed > 0) console.log(output.trimEnd());
  else for (const said of output.match(/^skipped: .*$/gm) ?? []) console.log(`     ${said}`);
  return totals;
}

/** The totals that uvu prints, once for each file; a file that prints none, or has no test, has failed. So has a skip where all tools are there. */
function read(output: string, code: number | null): Totals {
  const number = (name: string) => Number(new RegExp(`^\\s+${name}:\\s+(\\d+)$`, "m").exec(output)?.[1] ?? Number.NaN);
  const [total, passed, skipped] = [number("Total"), number("Passed"), number("Skipped")];
  if (!(total >= 0) || total + skipped === 0) return { passed: 0, failed: 1, skipped: 0 };
  const failed = total - passed;
  const lacking = process.env.REQUIRE_TOOLS === "1" ? skipped : 0;
  return { passed, failed: (code === 0 ? failed : Math.max(1, failed)) + lacking, skipped };
}

const missing = FORMS.filter((form) => values.form.includes(form) && form === "executable").filter(
  () => !existsSync(join(ROOT, "dist/memory_exporter")),
);
if (missing.length > 0) throw new Error("dist/memory_exporter is not built: make build");

const queue = jobs();
const sums = new Map<Form, Totals>();
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const totals = await runFile(job);
      const sum = sums.get(job.form) ?? { passed: 0, failed: 0, skipped: 0 };
      sums.set(job.form, {
        passed: sum.passed + totals.passed,
        failed: sum.failed + totals.failed,
        skipped: sum.skipped + totals.skipped,
      });
    }
  }),
);
const all = { passed: 0, failed: 0, skipped: 0 };
for (const [form, sum] of sums) {
  console.log(`${form}: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  all.passed += sum.passed;
  all.failed += sum.failed;
}
console.log(`${all.passed} passed, ${all.failed} failed`);
process.exitCode = all.failed > 0 || all.passed === 0 ? 1 : 0;
