import { open, type Place } from "../client.ts";
import { cpuMs } from "../process.ts";
import type { Report } from "../report.ts";
import { type Server, withServers } from "../server.ts";
import { addRound, type Column, ratioOf, ratioTable, type Samples } from "../table.ts";
import type { Targets } from "../targets.ts";

/** The kernel tells CPU time in steps of 10 ms: this many scrapes make that a step of 0.1 ms a scrape. */
const PER_ROUND = 100;

/** CPU time of a scrape, including the command. */
export async function cpu(targets: Targets, rounds: number): Promise<Report> {
  const { ours, peers, empty, classic } = targets;
  const samples: Samples = new Map();
  await withServers([ours, ...peers, empty], async (servers) => {
    for (const server of servers.values()) await cpuPerScrape(server);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) addRound(samples, name, [await cpuPerScrape(server)]);
    }
  });
  const reference = classic ?? ours;
  const column: Column = { heading: "CPU a scrape, ms", samples, quantile: 0.5 };
  const rows = [reference, ours, ...peers, empty].map(({ name }) => name);
  return {
    title: "CPU",
    how: `User and system time of the process and of its reaped children, one scraper, keep-alive, ${PER_ROUND} scrapes a round.`,
    table: ratioTable([...new Set(rows)], reference.name, [column]),
    aims: [
      {
        what: "CPU a scrape : classic Go exporter",
        bound: 0.8,
        value: classic ? ratioOf(column, ours.name, classic.name) : Number.NaN,
        unit: "x",
      },
    ],
  };
}

async function cpuPerScrape(server: Server): Promise<number> {
  const before = cpuMs(server.pid);
  await scrapes(server, PER_ROUND);
  return (cpuMs(server.pid) - before) / PER_ROUND;
}

async function scrapes({ port, path }: Place, count: number): Promise<void> {
  const connection = await open(port);
  for (let i = 0; i < count; i++) await connection.get(path);
  connection.close();
}
