import { spawnSync } from "node:child_process";
import { test } from "uvu";

/** Registers a test with uvu, or doesn't. */
export type Register = (name: string, body: () => Promise<void> | void) => void;

/** `test` where it applies. On a runtime or form that it is not about there is no such test: what is skipped lacks a tool. */
export function testWhere(applies: boolean): Register {
  return applies ? test : () => {};
}

/** Runs `use` as a user without rights, where the test runs as root. */
export async function withoutRights<T>(use: () => T | Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return use();
  process.seteuid?.(NOBODY);
  try {
    return await use();
  } finally {
    process.seteuid?.(0);
  }
}

const NOBODY = 65_534;

const GUARD_MS = 180_000;

/**
 * Whether a program of the machine can be used, told by whether it runs with the given arguments and exits 0.
 * A test that needs one is `(needs("promtool", "--version") ? test : test.skip)("…", …)`: skipped without it, and said so.
 * @throws Error with REQUIRE_TOOLS=1 in the environment: there a missing program is a failure.
 */
export function needs(program: string, ...probe: readonly string[]): boolean {
  const { status } = spawnSync(program, probe, { stdio: "ignore", timeout: GUARD_MS });
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
