import { spawnSync } from "node:child_process";

/**
 * Whether a program of the machine can be used, told by whether it runs with the given arguments and exits 0.
 * A test that needs one is `(needs("promtool", "--version") ? test : test.skip)("…", …)`: skipped without it, and said so.
 * @throws Error with REQUIRE_TOOLS=1 in the environment: there a missing program is a failure.
 */
export function needs(program: string, ...probe: readonly string[]): boolean {
  const { status } = spawnSync(program, probe, { stdio: "ignore", timeout: 20_000 });
  if (status === 0) return true;
  const command = [program, ...probe].join(" ");
  if (process.env.REQUIRE_TOOLS === "1") throw new Error(`Cannot run ${command}`);
  console.error(`skipped: what needs ${command}, which cannot be run here`);
  return false;
}

/** What a program prints when it reads `input`. */
export function runTool(program: string, args: readonly string[], input: string) {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return { status, stdout, stderr };
}
