import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs several test files in this process, one after the other, and prints for each what uvu prints for one.
 *
 *     node test/shared.ts FILE…
 */

type Suite = () => Promise<readonly [errors: string | true, passed: number, skipped: number, total: number]>;
type Uvu = { UVU_DEFER?: number; UVU_INDEX?: number; UVU_QUEUE?: (Suite | null)[][] };

const ROOT = join(import.meta.dirname, "..");
const uvu = globalThis as Uvu;
// With this set before uvu is loaded, `test.run()` puts a suite into a queue and nothing starts by itself.
uvu.UVU_DEFER = 1;
uvu.UVU_QUEUE = [];

async function runFile(file: string): Promise<boolean> {
  console.log(`\n== ${file}`);
  const suites: (Suite | null)[] = [];
  uvu.UVU_QUEUE = [suites];
  uvu.UVU_INDEX = 0;
  await import(pathToFileURL(join(ROOT, file)).href);
  const sums = { total: 0, passed: 0, skipped: 0 };
  for (const suite of suites) {
    if (suite === null) continue;
    const [errors, passed, skipped, total] = await suite();
    if (errors !== true) console.log(`\n${errors}`);
    sums.total += total;
    sums.passed += passed;
    sums.skipped += skipped;
  }
  console.log(`\n  Total:     ${sums.total}\n  Passed:    ${sums.passed}\n  Skipped:   ${sums.skipped}`);
  return sums.passed === sums.total;
}

let good = true;
for (const file of process.argv.slice(2)) good = (await runFile(file)) && good;
process.exitCode = good ? 0 : 1;
