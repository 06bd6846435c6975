import type { Runner } from "../command/run.ts";
import { createLog, type Log, type LogFormat, type LogLevel } from "../log.ts";

/** The program's interface to the operating system. Only main.ts implements it. */
export type Host = {
  /** Arguments, without program and script. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** What happens to orphaned processes: another init reaps them, the exporter does, or nothing does. */
  readonly orphans: "elsewhere" | "reaped" | "left";
  /** Resolves when the text is written or the reader has closed the pipe. Rejects with an OperationError if it can't be written. */
  readonly writeOut: (text: string) => Promise<void>;
  readonly writeError: (line: string) => void;
  /** Whether the journal of systemd reads stderr (JOURNAL_STREAM of systemd.exec(5)). */
  readonly isJournal: boolean;
  /** Notifies the service manager of a state (sd_notify(3)). False if there is one and it can't be notified. */
  readonly notify: (state: string) => boolean;
  /** Stdin, opened when this is called. */
  readonly input: () => AsyncIterable<Uint8Array>;
  /**
   * Resolves to the name of the first stop signal. Before this is called, signals end the program at once. SIGHUP calls `reload`,
   * if it is given.
   */
  readonly stopped: (reload?: () => void) => Promise<string>;
  readonly runner: Runner;
  /** Why no command can be run safely here; undefined if it can. */
  readonly unsafe: string | undefined;
};

/** Exit statuses. */
export const EXIT = {
  ok: 0,
  /** Bad usage, bad configuration, or the program could not start. */
  failed: 1,
  /** A command failed, or an output could not be read. */
  notRead: 2,
  /** An error in this program (EX_SOFTWARE of sysexits.h). Only after this one it makes sense to restart the program. */
  crashed: 70,
} as const;

/** The log of a command line, on stderr. */
export function openLog(flags: { readonly logLevel: LogLevel; readonly logFormat: LogFormat }, host: Host): Log {
  const { writeError: write, isJournal: priorities } = host;
  return createLog({ level: flags.logLevel, format: flags.logFormat, priorities, write });
}

/** Notifies the service manager that the program is ready. If that isn't possible, logs an error, since systemd will stop the program. */
export function notifyReady(host: Host, log: Log): void {
  if (host.notify("READY=1")) return;
  log.warn("The service manager can't be notified that the exporter is ready: use Type=exec in the unit");
}

/** Descriptions of the exit statuses, for the manual. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.ok, "Success, or stopped by a signal."],
  [EXIT.failed, "Bad usage, invalid configuration, a failed start, or a failed write."],
  [EXIT.notRead, "A memory command failed, or an output could not be read."],
  [EXIT.crashed, "An error in the program itself."],
];
