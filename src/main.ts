import { accessSync, constants } from "node:fs";
import process from "node:process";
import { runCli } from "./cli/cli.ts";
import { EXIT } from "./cli/host.ts";
import { INIT_SHELL, initArguments, ownProgram } from "./command/init.ts";
import { openLibc } from "./command/libc.ts";
import { createRunner } from "./command/run.ts";

/** Start and end of the program: the only place that knows the process, its signals and its exit. */

/** Tells the program that it has an init of its own. */
const UNDER_INIT = "MEMORY_EXPORTER_UNDER_INIT";

/**
 * As PID 1, orphans come to this program, and where the runner doesn't reap them nothing does: it becomes a shell that is
 * an init, with the program as its child. Returns where that can't be done: on Deno, without a shell, or with sockets that
 * were handed to PID 1.
 */
function standUnderInit(): void {
  const { execve, pid, argv, execArgv, execPath, env } = process;
  if (pid !== 1 || execve === undefined || env.LISTEN_FDS !== undefined || !canExecute(INIT_SHELL)) return;
  const isExecutable = process.getBuiltinModule("node:sea").isSea();
  const program = ownProgram({ argv, execArgv, execPath, isExecutable });
  execve.call(process, INIT_SHELL, initArguments(program), { ...env, [UNDER_INIT]: "1" });
}

function canExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function orphans(): "elsewhere" | "reaped" | "left" {
  if (process.env[UNDER_INIT] !== undefined && process.ppid === 1) return "reaped";
  if (process.pid !== 1) return "elsewhere";
  return runner.adopts ? "reaped" : "left";
}

/**
 * Ends the process, at once; what runs is killed as it exits. Node waits for its threads to end, and for ever for one whose
 * read of a file hangs: then a shell takes the place of the program and exits, or where that can't be had, SIGKILL ends it.
 */
function exit(code: number): never {
  const isDeno = "deno" in process.versions;
  if (isDeno || !process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"))) process.exit(code);
  runner.killAll();
  if (canExecute(INIT_SHELL)) process.execve?.(INIT_SHELL, ["sh", "-c", `exit ${code}`], {});
  process.kill(process.pid, "SIGKILL");
  // Not reached.
  process.exit(code);
}

function crash(error: unknown): never {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeError(`time=${new Date().toISOString()} level=ERROR msg="Uncaught error" stack=${JSON.stringify(stack)}\n`);
  exit(EXIT.failed);
}

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;
/** These ask for nothing, but by default they end the program, or open a debugger in it. A command may send any. */
const STRAY_SIGNALS = ["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGIO"] as const;

/** Resolves at the first signal that asks to stop; the second one ends the process at once. */
function stopSignal(reload?: () => void): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        if (signal === "SIGHUP" && reload) return reload();
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

function writeError(line: string): void {
  try {
    process.stderr.write(line);
  } catch {
    // Where Node emits an error, Deno throws it. A log that can't be written is no reason to end.
  }
}

const libc = openLibc();
const runner = createRunner(libc);
if (!runner.adopts) standUnderInit();
// Heard from the start: by then, a signal that was ignored when this program was started makes the kernel reap its children.
if (libc) process.on("SIGCHLD", () => runner.reap());
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);
process.on("exit", () => runner.killAll());
for (const signal of STRAY_SIGNALS) process.on(signal, () => {});
// A reader of stdout or the log that went away is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

runCli({
  argv: process.argv.slice(2),
  environment: process.env,
  platform: process.platform,
  pid: process.pid,
  orphans: orphans(),
  writeOut: writeTo(process.stdout),
  writeError,
  input: () => process.stdin,
  stopped: stopSignal,
  runner,
}).then(exit, crash);
