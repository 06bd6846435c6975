import { setTimeout as sleep } from "node:timers/promises";
import { getFresh } from "../client.ts";
import type { Report } from "../report.ts";
import { withServers } from "../server.ts";
import { addRound, type Column, ratioOf, ratioTable, type Samples } from "../table.ts";
import type { Targets } from "../targets.ts";

/** A short scrape interval. With shorter ones, code and data would be in the CPU caches. */
const INTERVAL_MS = 5000;
/** The first scrapes load and compile code. */
const WARM_UP = 20;

/** Duration of a scrape after the server was idle, as with the scrape interval of Prometheus. */
export async function cold({ ours, peers, empty, classic }: Targets, rounds: number): Promise<Report> {
  const samples: Samples = new Map();
  await withServers([ours, ...peers, empty], async (servers) => {
    for (const server of servers.values()) for (let i = 0; i < WARM_UP; i++) await getFresh(server);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) {
        // The others are scraped meanwhile, and fill the caches with theirs.
        await sleep(INTERVAL_MS / servers.size);
        const began = performance.now();
        await getFresh(server);
        addRound(samples, name, [performance.now() - began]);
      }
    }
  });
  const reference = classic ?? ours;
  const columns: readonly Column[] = [
    { heading: "p50, ms", samples, quantile: 0.5 },
    { heading: "p90", samples, quantile: 0.9 },
  ];
  const [median] = columns;
  const rows = [reference, ours, ...peers, empty].map(({ name }) => name);
  return {
    title: "One scrape every 5 s",
    how: `Each on a connection of its own, ${rounds} scrapes a server; the servers take turns.`,
    table: ratioTable([...new Set(rows)], reference.name, columns),
    aims: [
      {
        what: "one scrape every 5 s, p50 : classic Go exporter",
        bound: 1.1,
        value: classic && median ? ratioOf(median, ours.name, classic.name) : Number.NaN,
        unit: "x",
      },
    ],
  };
}
