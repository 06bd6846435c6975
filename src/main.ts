import { accessSync, constants as fileConstants, fstatSync, type Stats, writeFileSync } from "node:fs";
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
import { reasonOf, stackOf } from "./system_error.ts";

/** Start and exit of the program. Only this file uses the process, its signals and its exit status. */

/** Set when the program runs under its own init. */
const UNDER_INIT = "MEMORY_EXPORTER_UNDER_INIT";

/** Sets the process name for ps, top and systemd (proc_pid_comm(5)), since runtimes set their own names. */
function nameProcess(): void {
  try {
    writeFileSync("/proc/self/comm", "memory_exporter");
  } catch {
    // Another system, or no /proc.
  }
}

/**
 * As PID 1, the program gets all orphans. If the runner can't reap them, the process becomes a shell that acts as init, with the
 * program as its child. Returns if that isn't possible: on Deno, without a shell, or with sockets from systemd.
 */
function runUnderInit(): void {
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
 * Exits at once, and kills running commands. Node waits for its threads, so a hanging read of a file would prevent the exit. In this
 * case the process is replaced by a shell that exits, or killed by SIGKILL if there is no shell.
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
  const stack = stackOf(error);
  writeError(`time=${new Date().toISOString()} level=ERROR msg="Uncaught error" stack=${JSON.stringify(stack)}\n`);
  exit(EXIT.crashed);
}

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;
/**
 * Signals that are ignored: by default they would end the program or open a debugger, and a command may send any of them.
 * SIGSEGV, SIGBUS, SIGILL and SIGFPE are not ignored: a program that continues after a real one would raise it for ever. No
 * runtime can handle real-time signals.
 */
const STRAY_SIGNALS = "USR1 USR2 ALRM VTALRM PROF IO ABRT TRAP SYS XCPU XFSZ PWR STKFLT".split(" ");

/**
 * Handles a signal. A signal that was ignored at the start, as with nohup, has no effect. It needs a handler nevertheless, since Deno
 * would exit otherwise. Node resets ignored signals before a script runs, so there this can't be detected.
 */
function onSignal(signal: string, listener: () => void): void {
  const number = constants.signals[signal as NodeJS.Signals];
  if (number === undefined) return;
  const isIgnored = (ignored >> BigInt(number - 1)) & 1n;
  process.on(signal, isIgnored ? () => {} : listener);
}

const DEBUGGER_CHECKS = 500;
const DEBUGGER_CHECK_MS = 10;

/**
 * Closes the debugger that Deno (2.9.2 and later) opens on 127.0.0.1:9229 at SIGUSR1, even if the signal is handled. Every user of
 * the machine could use it.
 */
async function closeDebugger(): Promise<void> {
  const inspector = process.getBuiltinModule("node:inspector");
  for (let check = 0; check < DEBUGGER_CHECKS && inspector.url() === undefined; check += 1)
    await sleep(DEBUGGER_CHECK_MS);
  inspector.close();
}

/** The signals that were ignored at the start, as a bit mask (proc_pid_status(5)). */
function ignoredSignals(): bigint {
  const [, mask = "0"] =
    /^SigIgn:\s*([0-9a-f]+)$/m.exec((unsafe ? undefined : readText("/proc/self/status")) ?? "") ?? [];
  return BigInt(`0x${mask}`);
}

/** Resolves at the first stop signal. The second one ends the process at once. SIGHUP calls `reload`. */
function stopSignal(reload?: () => void): Promise<string> {
  if (reload) onSignal("SIGHUP", reload);
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of STOP_SIGNALS) {
      onSignal(signal, () => {
        if (asked) exit(EXIT.failed);
        asked = true;
        resolve(signal);
      });
    }
  });
}

/**
 * Writes to stdout. It is no error if the reader has closed the pipe. Other failures reject with an OperationError. A file is not
 * written through the stream: that takes no notice of a write that was cut short, as the last one on a full disk is.
 */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (!error || ("code" in error && error.code === "EPIPE")) resolve();
      else reject(new OperationError(`cannot write to stdout: ${reasonOf(error)}`));
    };
    try {
      if (!statOf(STDOUT)?.isFile()) return void process.stdout.write(text, done);
      writeFileSync(STDOUT, text);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function writeError(line: string): void {
  try {
    process.stderr.write(line);
  } catch {
    // Deno throws where Node emits an error. The program continues without its log.
  }
}

/** Whether stderr is the stream of the journal that JOURNAL_STREAM names by device and inode (systemd.exec(5)). */
function isJournal(): boolean {
  const stat = process.env.JOURNAL_STREAM === undefined ? undefined : statOf(STDERR);
  return stat !== undefined && process.env.JOURNAL_STREAM === `${stat.dev}:${stat.ino}`;
}

const STDOUT = 1;
const STDERR = 2;

function statOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
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
// Read before signals are handled, which changes it.
const ignored = ignoredSignals();
const libc = unsafe === undefined ? openLibc() : undefined;
// Not created if commands can't be run safely, since it reads /proc, for which Deno would prompt.
const runner = unsafe === undefined ? createRunner(libc) : undefined;
if (!runner?.adopts) runUnderInit();
// Handled from the start: if SIGCHLD was ignored before, the kernel would reap the children itself.
if (libc) process.on("SIGCHLD", () => runner?.reap());
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);
process.on("exit", () => runner?.killAll());
for (const signal of ["HUP", ...STRAY_SIGNALS]) onSignal(`SIG${signal}`, () => {});
if ("deno" in process.versions) process.on("SIGUSR1", () => void closeDebugger());
// The program continues if the reader of stdout or stderr has closed the pipe.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

// Loaded here, since its imports read the environment, for which Deno may lack permission.
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
