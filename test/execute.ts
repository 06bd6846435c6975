import { spawn } from "node:child_process";

/** What a program printed and how it ended. */
export type Executed = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

const LIMIT_MS = 20_000;

/** Runs a program of the machine while this process goes on serving. */
export function execute(program: string, args: readonly string[], input = ""): Promise<Executed> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { timeout: LIMIT_MS, killSignal: "SIGKILL" });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (status) =>
      resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}
