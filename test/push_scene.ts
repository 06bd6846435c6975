import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collect, type Printed, type RunOptions, run, start } from "./exporter.ts";
import { ask } from "./http.ts";
import { freePort, PROMETHEUS_3, PUSHGATEWAY, PUSHGATEWAY_SERVER, type ServerKind } from "./servers.ts";
import { PRINT_FREE, until, withFolder, withPrograms } from "./stand_in.ts";
import { tied } from "./tied.ts";

/** A Prometheus that takes remote write and scrapes nothing. */
const prometheus = (program: string): ServerKind => ({
  program,
  args: (listen, folder) => {
    writeFileSync(join(folder, "prometheus.yml"), "global: {scrape_interval: 1h}\n");
    return [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${listen}`,
      "--web.enable-remote-write-receiver",
    ];
  },
  ready: "/-/ready",
});

/** This Debian's own servers, and those of its next release. */
export const PROMETHEUS_KINDS = { "2": prometheus("prometheus"), "3": prometheus(PROMETHEUS_3) } as const;
export const GATEWAY_KINDS = {
  "1.5": { ...PUSHGATEWAY_SERVER, program: "prometheus-pushgateway" },
  forky: { ...PUSHGATEWAY_SERVER, program: PUSHGATEWAY },
} as const;

/** A server that can be killed, stopped and started again, with its data and address. */
export type Controlled = {
  readonly url: string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Kills it and waits until it is gone. */
  readonly kill: () => Promise<void>;
  /** Starts it, again too, and waits until it is ready. */
  readonly start: () => Promise<void>;
};

const READY_LIMIT_MS = 120_000;

export function withControlled<T>(kind: ServerKind, use: (server: Controlled) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const listen = `127.0.0.1:${await freePort()}`;
    const url = `http://${listen}`;
    let child: ChildProcess | undefined;
    const kill = async () => {
      const ended = child;
      child = undefined;
      if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return;
      const gone = new Promise((resolve) => ended.once("exit", resolve));
      ended.kill("SIGKILL");
      await gone;
    };
    const begin = async () => {
      mkdirSync(join(folder, "data"), { recursive: true });
      const [program, ...words] = tied([kind.program, ...kind.args(listen, folder)]);
      child = spawn(program, words, { cwd: folder, stdio: "ignore" });
      const answers = async () => (await ask(`${url}${kind.ready}`).catch(() => undefined))?.status === 200;
      await until(`${kind.program} ready`, answers, READY_LIMIT_MS);
    };
    try {
      await begin();
      return await use({ url, signal: (name) => void child?.kill(name), kill, start: begin });
    } finally {
      await kill();
    }
  });
}

/** Runs `push` once over a stand-in for free. */
export function pushOnce(args: readonly string[], free = PRINT_FREE, options: RunOptions = {}): Promise<Printed> {
  const all = ["push", "--push.interval=0", "--log.level=warn", "--command.preset=free", ...args];
  return withPrograms({ free }, (env) => run({ ...options, args: all, env: { ...env, ...options.env } }));
}

/** A `push` that goes on. */
export type Pushing = {
  readonly pid: number;
  readonly log: () => string;
  /** Sends a signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
};

/** Starts `push` over a stand-in for free, and ends it whatever happens. */
export function withPushing<T>(
  args: readonly string[],
  use: (pushing: Pushing) => Promise<T>,
  free = PRINT_FREE,
): Promise<T> {
  return withPrograms({ free }, async (env) => {
    const child = start({ args: ["push", "--command.preset=free", ...args], env });
    const log = collect(child.stderr);
    child.stdout?.resume();
    const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal);
      return ended;
    };
    try {
      return await use({ pid: child.pid ?? 0, log, end });
    } finally {
      if (child.exitCode === null && child.signalCode === null) await end("SIGKILL");
    }
  });
}

export type Result = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
  readonly value?: readonly [number, string];
};

/** What a Prometheus, or a VictoriaMetrics, answers to an expression. */
export async function query(url: string, expression: string): Promise<readonly Result[]> {
  const { status, text } = await ask(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  if (status !== 200) throw new Error(`query: ${status} ${text}`);
  return JSON.parse(text).data.result;
}
