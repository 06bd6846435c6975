import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, open } from "../client.ts";
import type { Report } from "../report.ts";
import { type Server, type Startable, withServers } from "../server.ts";
import { addRound, type Column, cellValue, ratioTable, type Samples } from "../table.ts";
import { NODE, type Targets } from "../targets.ts";

const BENCH = join(import.meta.dirname, "..");
const PER_ROUND = 30;
const WARM_UP = 100;

/** How long a scrape blocks the event loop, measured inside and outside of the process. */
export async function blocking({ ours, bundle, empty }: Targets, rounds: number): Promise<Report> {
  const inside: Samples = new Map();
  const outside: Samples = new Map();
  const observed = [
    observable(ours.name, bundle, (port) => `--web.listen-address=127.0.0.1:${port}`),
    observable(empty.name, join(BENCH, "empty.mjs"), String),
  ];
  await withServers(observed, async (servers) => {
    for (const server of servers.values()) await blockedMs(server, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) addRound(inside, name, await blockedMs(server, PER_ROUND));
    }
  });
  await withServers([ours, empty], async (servers) => {
    for (const server of servers.values()) await besideScrapes(server, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) addRound(outside, name, await besideScrapes(server, PER_ROUND));
    }
  });
  const columns: readonly Column[] = [
    { heading: "longest block p50, ms", samples: inside, quantile: 0.5 },
    { heading: "p99", samples: inside, quantile: 0.99 },
    { heading: "health beside scrapes p50, ms", samples: outside, quantile: 0.5 },
    { heading: "p99", samples: outside, quantile: 0.99 },
  ];
  const [p50, p99] = columns;
  return {
    title: "Event loop",
    how: "The longest block of a scrape is seen inside of the process, by the bundle; `/-/healthy` is asked without pause on a second connection.",
    table: ratioTable([empty.name, ours.name], empty.name, columns),
    aims: [
      {
        what: "event loop blocked by a scrape, p50",
        bound: 0.5,
        value: p50 ? cellValue(p50, ours.name) : Number.NaN,
        unit: " ms",
      },
      {
        what: "event loop blocked by a scrape, p99",
        bound: 2,
        value: p99 ? cellValue(p99, ours.name) : Number.NaN,
        unit: " ms",
      },
    ],
  };
}

function observable(name: string, script: string, argument: (port: number) => string): Startable {
  const argv = (port: number): [string, ...string[]] => [
    NODE,
    "--max-semi-space-size=1",
    "--no-concurrent-recompilation",
    join(BENCH, "blocking.mjs"),
    script,
    argument(port),
  ];
  return { name, argv, path: "/metrics" };
}

async function blockedMs(server: Server, scrapes: number): Promise<readonly number[]> {
  const texts: string[] = [];
  const read = (chunk: Buffer) => texts.push(String(chunk));
  server.child.stdout?.on("data", read);
  const connection = await open(server.port);
  for (let i = 0; i < scrapes; i++) {
    await connection.get(server.path);
    // The line on this scrape is written before the next one.
    await sleep(1);
  }
  connection.close();
  server.child.stdout?.off("data", read);
  return texts.join("").trim().split("\n").map(Number);
}

/** Latencies of `/-/healthy` while another connection scrapes. */
async function besideScrapes(server: Server, scrapes: number): Promise<readonly number[]> {
  const [scraper, other] = await Promise.all([open(server.port), open(server.port)]);
  const latenciesMs: number[] = [];
  let done = false;
  const scraping = scrapeTimes(scraper, server.path, scrapes).finally(() => {
    done = true;
  });
  while (!done) {
    const began = performance.now();
    await other.get("/-/healthy");
    latenciesMs.push(performance.now() - began);
  }
  await scraping;
  for (const connection of [scraper, other]) connection.close();
  return latenciesMs;
}

async function scrapeTimes(connection: Connection, path: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await connection.get(path);
}
