import { accessSync, constants as fileConstants, fstatSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "./cli/flags.ts";
import { EXIT, type Host } from "./cli/host.ts";
import { INIT_SHELL, initArguments, ownProgram } from "./command/init.ts";
import { openLibc } from "./command/libc.ts";
import { lackingPermissions, unsafeToRun } from "./command/permissions.ts";
import { readText } from "./command/process_table.ts";
import { createRunner } from "./command/run.ts";
import { reasonOf } from "./system_error.ts";

/** Start and end of the program: the only place that knows the process, its signals and its exit. */

/** Tells the program that it has an init of its own. */
const UNDER_INIT = "MEMORY_EXPORTER_UNDER_INIT";

/** Has ps, top and systemd call it by its name (proc_pid_comm(5)): the runtimes name their main thread otherwise. */
function nameProcess(): void {
  try {
    writeFileSync("/proc/self/comm", "memory_exporter");
  } catch {
    // Another system, or no /proc.
  }
}

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
    accessSync(path, fileConstants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function orphans(): "elsewhere" | "reaped" | "left" {
  if (process.env[UNDER_INIT] !== undefined && process.ppid === 1) return "reaped";
  if (process.pid !== 1) return "elsewhere";
  return runner?.adopts ? "reaped" : "left";
}

/**
 * Ends the process, at once; what runs is killed as it exits. Node waits for its threads to end, and for ever for one whose
 * read of a file hangs: then a shell takes the place of the program and exits, or where that can't be had, SIGKILL ends it.
 */
function exit(code: number): never {
  const isDeno = "deno" in process.versions;
  if (isDeno || !process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"))) process.exit(code);
  runner?.killAll();
  if (canExecute(INIT_SHELL)) process.execve?.(INIT_SHELL, ["sh", "-c", `exit ${code}`], {});
  process.kill(process.pid, "SIGKILL");
  // Not reached.
  process.exit(code);
}

function crash(error: unknown): never {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeError(`time=${new Date().toISOString()} level=ERROR msg="Uncaught error" stack=${JSON.stringify(stack)}\n`);
  exit(EXIT.crashed);
}

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;
/**
 * These ask for nothing, but by default they end the program, or open a debugger in it, and a command may send any. Those that
 * the processor raises (SIGSEGV, SIGBUS, SIGILL, SIGFPE) stay as they are: a program that goes on after a real one does so for
 * ever. No runtime can hear real-time signals.
 */
const STRAY_SIGNALS = "USR1 USR2 ALRM VTALRM PROF IO ABRT TRAP SYS XCPU XFSZ PWR STKFLT".split(" ");

/**
 * Hears a signal. One that was ignored at the start, as by nohup, is heard and asks for nothing: Deno would end by some signals
 * as soon as others are heard. Node takes back what was ignored before any script runs, and nothing tells it.
 */
function hear(signal: string, listener: () => void): void {
  const number = constants.signals[signal as NodeJS.Signals];
  if (number === undefined) return;
  const isIgnored = (ignored >> BigInt(number - 1)) & 1n;
  process.on(signal, isIgnored ? () => {} : listener);
}

const DEBUGGER_LOOKS = 500;
const DEBUGGER_LOOK_MS = 10;

/**
 * At SIGUSR1 Deno (2.9.2 and later) opens a debugger on 127.0.0.1:9229 for everybody on the machine, whoever hears the signal:
 * this closes it as soon as it is there.
 */
async function closeDebugger(): Promise<void> {
  const inspector = process.getBuiltinModule("node:inspector");
  for (let look = 0; look < DEBUGGER_LOOKS && inspector.url() === undefined; look += 1) await sleep(DEBUGGER_LOOK_MS);
  inspector.close();
}

/** The signals that are ignored, a bit for each, by proc_pid_status(5). */
function ignoredSignals(): bigint {
  const [, mask = "0"] =
    /^SigIgn:\s*([0-9a-f]+)$/m.exec((unsafe ? undefined : readText("/proc/self/status")) ?? "") ?? [];
  return BigInt(`0x${mask}`);
}

/** Resolves at the first signal that asks to stop; the second one ends the process at once. SIGHUP never does. */
function stopSignal(reload?: () => void): Promise<string> {
  if (reload) hear("SIGHUP", reload);
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of STOP_SIGNALS) {
      hear(signal, () => {
        if (asked) exit(EXIT.failed);
        asked = true;
        resolve(signal);
      });
    }
  });
}

/** Writes to stdout. A reader that went away wants no more, and is told nothing; any other failure is an OperationError. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (!error || ("code" in error && error.code === "EPIPE")) resolve();
      else reject(new OperationError(`cannot write to stdout: ${reasonOf(error)}`));
    };
    try {
      process.stdout.write(text, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function writeError(line: string): void {
  try {
    process.stderr.write(line);
  } catch {
    // Where Node emits an error, Deno throws it. A log that can't be written is no reason to end.
  }
}

/** Whether stderr is the stream of the journal that JOURNAL_STREAM names by device and inode (systemd.exec(5)). */
function isJournal(): boolean {
  if (process.env.JOURNAL_STREAM === undefined) return false;
  try {
    const { dev, ino } = fstatSync(2);
    return process.env.JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

function notify(state: string): boolean {
  const socket = process.env.NOTIFY_SOCKET;
  return socket === undefined || libc?.sendDatagram(socket, state) === true;
}

if (lackingPermissions(["env"]).length > 0) {
  writeError("memory_exporter: error: Deno lacks permission for env, wanted --allow-all (-A)\n");
  process.exit(EXIT.failed);
}
const unsafe = unsafeToRun();
if (unsafe === undefined) nameProcess();
// Read before anything is heard, which changes it.
const ignored = ignoredSignals();
const libc = unsafe === undefined ? openLibc() : undefined;
// Where commands can't be run safely there is none: it would read /proc, and Deno would ask for that.
const runner = unsafe === undefined ? createRunner(libc) : undefined;
if (!runner?.adopts) standUnderInit();
// Heard from the start: by then, a signal that was ignored when this program was started makes the kernel reap its children.
if (libc) process.on("SIGCHLD", () => runner?.reap());
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);
process.on("exit", () => runner?.killAll());
for (const signal of ["HUP", ...STRAY_SIGNALS]) hear(`SIG${signal}`, () => {});
if ("deno" in process.versions) process.on("SIGUSR1", () => void closeDebugger());
// A reader of stdout or the log that went away is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

// Loaded now: what it imports reads the environment at once, which Deno may not allow.
const program = import("./cli/cli.ts");
const host: Host = {
  argv: process.argv.slice(2),
  environment: process.env,
  platform: process.platform,
  pid: process.pid,
  orphans: orphans(),
  writeOut,
  writeError,
  isJournal: isJournal(),
  notify,
  input: () => process.stdin,
  stopped: stopSignal,
  get runner() {
    if (runner === undefined) throw new OperationError(unsafe);
    return runner;
  },
  unsafe,
};
program.then(({ runCli }) => runCli(host)).then(exit, crash);
