import * as assert from "uvu/assert";
import { type CheckedCase, check } from "../expected.ts";
import { run } from "../exporter.ts";

/** The line for a shell that has these words. */
function lineOf(argv: readonly string[]): string {
  return argv.map((word) => (/[^\w/.:=,-]/.test(word) ? `'${word}'` : word)).join(" ");
}

/** The families that the product prints for a case, or its reason to print none. */
async function parsed({ argv, stdout: stdin }: CheckedCase) {
  const args = ["parse", "--command", lineOf(argv), "--format=json"];
  const { code, stdout, stderr } = await run({ args, stdin });
  if (code === 0) {
    assert.is(stderr, "");
    return JSON.parse(stdout);
  }
  assert.equal([code, stdout], [2, ""]);
  const [, reason] = /^memory_exporter: error: ([^\n]+)\n$/.exec(stderr) ?? [];
  assert.ok(reason, `wanted a reason in one line: ${stderr}`);
  return reason;
}

/** What is wrong with a case, or undefined. */
async function faultOf(one: CheckedCase): Promise<string | undefined> {
  try {
    const mayRefuse = one.reject !== undefined || one.may_reject !== undefined || one.needs !== undefined;
    check(one, await parsed(one), mayRefuse);
    return undefined;
  } catch (error) {
    return `${one.name}: ${error instanceof Error ? error.message : error}`;
  }
}

/** What is wrong with what `parse` makes of cases, two of which run at a time. */
export async function faultsOf(cases: readonly CheckedCase[]): Promise<string[]> {
  const queue = [...cases];
  const faults: string[] = [];
  const work = async () => {
    for (let one = queue.shift(); one; one = queue.shift()) {
      const fault = await faultOf(one);
      if (fault !== undefined) faults.push(fault);
    }
  };
  await Promise.all([work(), work()]);
  return faults;
}
