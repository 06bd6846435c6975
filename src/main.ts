import process from "node:process";
import { runCli } from "./cli/cli.ts";
import { EXIT } from "./cli/host.ts";
import { createRunner } from "./command/run.ts";

/** Start and end of the program: the only place that knows the process, its signals and its exit. */

const runner = createRunner();

/** Kills what runs and ends the process, at once. */
function exit(code: number): never {
  runner.killAll();
  process.exit(code);
}

function crash(error: unknown): never {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `time=${new Date().toISOString()} level=ERROR msg="Uncaught error" stack=${JSON.stringify(stack)}\n`,
  );
  exit(EXIT.failed);
}

/** Resolves at the first signal that asks to stop; the second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (asked) exit(EXIT.failed);
        asked = true;
        resolve(signal);
      });
    }
  });
}

function writeTo(stream: NodeJS.WriteStream): (text: string) => Promise<void> {
  return (text) => new Promise((resolve) => stream.write(text, () => resolve()));
}

async function readIn(limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    length += chunk.length;
    if (length > limitBytes) throw new Error(`Found more than ${limitBytes} bytes on stdin`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);
process.on("exit", () => runner.killAll());
// A reader of stdout or the log that went away is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

runCli({
  argv: process.argv.slice(2),
  environment: process.env,
  platform: process.platform,
  isPid1: process.pid === 1,
  writeOut: writeTo(process.stdout),
  writeError: (line) => process.stderr.write(line),
  readIn,
  stopped: stopSignal,
  runner,
}).then(exit, crash);
