import { type ChildProcess, spawn } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import { form, productOf } from "./forms.ts";
import { tied } from "./tied.ts";

/** What a program printed and how it ended. */
export type Printed = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunOptions = {
  readonly args?: readonly string[];
  /** Beside the test's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  /** A program with its arguments that starts the product: its words come behind them. */
  readonly under?: readonly string[];
  /** The words of the product, where they aren't those of its form. */
  readonly product?: readonly string[];
};

/** Starts the product with pipes; whoever starts it ends it, and it ends with this process. */
export function start({ args = [], env = {}, cwd, under = [], product = productOf(form) }: RunOptions): ChildProcess {
  const [program, ...words] = tied([...under, ...product, ...args]);
  return spawn(program, words, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"], cwd });
}

/** What a stream has given so far. */
export function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

/** Guards against what never comes, not bounds of how fast it does. */
const RUN_LIMIT_MS = 180_000;
const END_LIMIT_MS = 30_000;

/** Runs the product to its end. */
export async function run(options: RunOptions): Promise<Printed> {
  const child = start(options);
  const timer = setTimeout(() => child.kill("SIGKILL"), RUN_LIMIT_MS);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.stdin ?? "");
  return new Promise<Printed>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout: stdout(), stderr: stderr() }));
  }).finally(() => clearTimeout(timer));
}

/** An exporter that listens. */
export type Exporter = {
  readonly url: string;
  readonly pid: number;
  /** What has been read of its log so far. */
  readonly log: () => string;
  /** All that it has logged until now: what it wrote before it answered, or ended, has then been read. */
  readonly logged: () => Promise<string>;
  /** Addresses that it listens on, as its log tells them. */
  readonly addresses: () => string[];
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
};

/**
 * Sends two signals that ask to stop. They are of two kinds, since two of one become one, and come while it stands still:
 * it gets both before it can end by the first.
 */
export function askTwiceToStop({ kill }: Pick<Exporter, "kill">): void {
  for (const signal of ["SIGSTOP", "SIGTERM", "SIGINT", "SIGCONT"] as const) kill(signal);
}

const START_LIMIT_MS = 180_000;
/** Turns of the event loop in which all is read that a pipe holds. */
const READING_TURNS = 3;

/**
 * Starts the product on a free port of 127.0.0.1, or on the addresses that `listen` names, runs `use`, and ends it
 * whatever happens.
 */
export async function withExporter<T>(
  options: RunOptions & { readonly listen?: readonly string[] },
  use: (exporter: Exporter) => Promise<T>,
): Promise<T> {
  const { listen = ["127.0.0.1:0"], args = [] } = options;
  const child = start({ ...options, args: [...listen.map((one) => `--web.listen-address=${one}`), ...args] });
  const log = collect(child.stderr);
  child.stdout?.resume();
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const addresses = () =>
    [...log().matchAll(/"?Listening on"?.*?address"?[=:]"?([^\s",}]+)/g)].map((one) => one[1] ?? "");
  try {
    await listening(child, log, addresses);
    const url = `http://${addresses()[0]}`;
    const logged = async () => {
      for (let turn = 0; turn < READING_TURNS; turn += 1) await setImmediate();
      return log();
    };
    return await use({ url, pid: child.pid ?? 0, log, logged, addresses, kill: (signal) => child.kill(signal), ended });
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), END_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    }
  }
}

function listening(child: ChildProcess, log: () => string, addresses: () => string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`The exporter ${why}:\n${log()}`));
    };
    const timer = setTimeout(fail, START_LIMIT_MS, "did not listen in time");
    child.once("error", reject);
    child.once("exit", (code) => fail(`ended with ${code}`));
    child.stderr?.on("data", () => {
      if (addresses().length === 0) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The value of a series on a page of the text format, or undefined. */
export function sampleOf(page: string, series: string): number | undefined {
  const line = page.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
