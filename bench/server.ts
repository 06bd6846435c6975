import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { getFresh, type Place } from "./client.ts";

/** A program that serves on a given port. */
export type Startable = {
  readonly name: string;
  readonly argv: (port: number) => readonly [string, ...string[]];
  readonly path: string;
};

/** A running server. */
export type Server = Place & { readonly pid: number; readonly child: ChildProcess; readonly startMs: number };

const START_MS = 20_000;
const POLL_MS = 1;

/**
 * Starts a program, waits until it answers a scrape, calls `use`, and always kills the program afterwards. `startMs` is the time from
 * the start to that answer.
 */
export async function withServer<T>(what: Startable, use: (server: Server) => Promise<T>): Promise<T> {
  const port = await freePort();
  const [program, ...args] = what.argv(port);
  const began = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()).once("error", () => resolve()));
  try {
    const place = { port, path: what.path };
    await firstAnswer(place, what.name, child);
    return await use({ ...place, child, pid: child.pid ?? 0, startMs: performance.now() - began });
  } finally {
    kill();
    await ended;
    process.off("exit", kill);
  }
}

/** Starts several programs. */
export async function withServers<T>(
  all: readonly Startable[],
  use: (servers: ReadonlyMap<string, Server>) => Promise<T>,
  started: ReadonlyMap<string, Server> = new Map(),
): Promise<T> {
  const [next, ...rest] = all;
  if (next === undefined) return use(started);
  return withServer(next, (server) => withServers(rest, use, new Map([...started, [next.name, server]])));
}

async function firstAnswer(place: Place, name: string, child: ChildProcess): Promise<void> {
  const began = performance.now();
  for (;;) {
    try {
      await getFresh(place);
      return;
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      if (performance.now() - began > START_MS) throw new Error(`${name} doesn't answer: ${String(error)}`);
    }
    await sleep(POLL_MS);
  }
}

/** Below the ephemeral ports, so that no other program gets the port in the meantime. */
const PORTS = { first: 20_000, count: 10_000 } as const;

async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
