import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server as HttpServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { open } from "../client.ts";
import { cpuMs } from "../process.ts";
import type { Report } from "../report.ts";
import { type Server, withServer } from "../server.ts";
import { addRound, type Column, ratioOf, ratioTable, type Samples } from "../table.ts";
import type { Target, Targets } from "../targets.ts";

/** The kernel tells CPU time in steps of 10 ms: this many make that a step of 0.1 ms a push. */
const PER_ROUND = 100;
/** An hour of pushes at the default interval of 15 s. */
const PER_HOUR = 240;
const HOUR_AIM_MIB = 8;

/** One after the other without a pause would find warm caches: scrapes and pushes come at the same pace. */
const PACE_MS = 20;

const SCRAPE = "scrape";
const PROTOCOLS = ["pushgateway", "remote-write", "otlp"] as const;

/** CPU time of a push compared with a scrape of the same page, and the queue size of an hour of pushes. */
export async function push({ ours }: Targets, rounds: number): Promise<Report> {
  const samples: Samples = new Map();
  await withServer(ours, (server) =>
    withSink(async (sink) => {
      await cpuPerScrape(server);
      for (let round = 0; round < rounds; round++) {
        addRound(samples, SCRAPE, [await cpuPerScrape(server)]);
        for (const protocol of PROTOCOLS) addRound(samples, protocol, [await cpuPerPush(ours, protocol, sink)]);
      }
    }),
  );
  const column: Column = { heading: "CPU, ms", samples, quantile: 0.5 };
  const queued = await queueMebibytes(ours);
  const aims = PROTOCOLS.map((protocol) => ({
    what: `CPU a push by ${protocol} : a scrape`,
    bound: 1.2,
    value: ratioOf(column, protocol, SCRAPE),
    unit: "x",
  }));
  return {
    title: "Push",
    how: `User and system time of the process and of its reaped children, ${PER_ROUND} pushes to a server that takes them, or scrapes, a round. An hour of pushes at 15 s takes ${queued.toFixed(2)} MiB in the queue.`,
    table: ratioTable([SCRAPE, ...PROTOCOLS], SCRAPE, [column]),
    aims: [...aims, { what: "queue of an hour at 15 s", bound: HOUR_AIM_MIB, value: queued, unit: " MiB" }],
  };
}

async function cpuPerScrape({ pid, port, path }: Server): Promise<number> {
  const before = cpuMs(pid);
  const connection = await open(port);
  for (let i = 0; i < PER_ROUND; i++) await Promise.all([connection.get(path), sleep(PACE_MS)]);
  connection.close();
  return (cpuMs(pid) - before) / PER_ROUND;
}

/** A server that accepts and counts pushes. */
type Sink = { readonly url: string; readonly taken: () => number };

async function withSink<T>(use: (sink: Sink) => Promise<T>): Promise<T> {
  let taken = 0;
  const server: HttpServer = createServer((request, response) => {
    request.resume().on("end", () => {
      taken += 1;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    return await use({ url: `http://127.0.0.1:${port}`, taken: () => taken });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function cpuPerPush(ours: Target, protocol: string, sink: Sink): Promise<number> {
  const [program] = ours.argv(0);
  const args = ["push", `--push.protocol=${protocol}`, `--push.url=${sink.url}`, `--push.interval=${PACE_MS}ms`];
  const child = spawn(program, args, { stdio: "ignore" });
  try {
    const pid = child.pid ?? 0;
    // The server has had its scrapes as well: what the start costs is no part of a push.
    await pushes(sink, 2 * PER_ROUND);
    const before = cpuMs(pid);
    const count = await pushes(sink, PER_ROUND);
    return (cpuMs(pid) - before) / count;
  } finally {
    await end(child);
  }
}

/** Waits for a number of pushes. Resolves to the actual number. */
async function pushes({ taken }: Sink, count: number): Promise<number> {
  const first = taken();
  while (taken() < first + count) await new Promise((resolve) => setTimeout(resolve, 5));
  return taken() - first;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** The queue size after the pushes of an hour to an unreachable server. */
function queueMebibytes(ours: Target): Promise<number> {
  const argv = (port: number): [string, ...string[]] => {
    const [program, ...rest] = ours.argv(port);
    const pushing = ["--push.protocol=remote-write", "--push.url=http://127.0.0.1:1", "--push.interval=20ms"];
    return [program, ...rest, ...pushing];
  };
  return withServer({ ...ours, argv }, async ({ port, path }) => {
    for (;;) {
      const page = await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
      const value = (end: string) =>
        Number(new RegExp(`^memory_exporter_push_${end} (\\S+)$`, "m").exec(page)?.[1] ?? 0);
      const length = value("queue_length");
      if (length >= PER_HOUR) return ((value("queue_bytes") / length) * PER_HOUR) / 2 ** 20;
    }
  });
}
