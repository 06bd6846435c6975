import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Place } from "../client.ts";
import type { Load } from "../load.ts";
import type { Report } from "../report.ts";
import { withServers } from "../server.ts";
import { addRound, type Column, ratioOf, ratioTable, type Samples } from "../table.ts";
import { NODE, type Targets } from "../targets.ts";

const SCRAPERS = [1, 10, 50] as const;
const SECONDS = 0.5;

/** Scrapes per second with concurrent scrapers. */
export async function throughput(targets: Targets, rounds: number): Promise<Report> {
  const { ours, peers, empty } = targets;
  const perSecond = SCRAPERS.map((): Samples => new Map());
  const latenciesMs: Samples = new Map();
  await withServers([ours, ...peers, empty], async (servers) => {
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) {
        for (const [i, scrapers] of SCRAPERS.entries()) {
          const load = await loadOf(server, scrapers);
          addRound(perSecond[i] ?? new Map(), name, [load.perSecond]);
          if (i === SCRAPERS.length - 1) addRound(latenciesMs, name, load.latenciesMs);
        }
      }
    }
  });
  return report(targets, perSecond, latenciesMs);
}

async function loadOf({ port, path }: Place, scrapers: number): Promise<Load> {
  const script = join(import.meta.dirname, "../load.ts");
  const args = [script, port, path, scrapers, SECONDS].map(String);
  const { stdout } = await promisify(execFile)(NODE, args, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout);
}

function report({ ours, peers, empty }: Targets, perSecond: readonly Samples[], latenciesMs: Samples): Report {
  const columns: Column[] = SCRAPERS.map((scrapers, i) => ({
    heading: `${scrapers} scrapers, scrapes/s`,
    samples: perSecond[i] ?? new Map(),
    quantile: 0.5,
  }));
  const most = columns.at(-1);
  const running = peers.filter((peer) => peer.runsCommand);
  const best = most ? Math.max(...running.map(({ name }) => ratioOf(most, name, ours.name))) : Number.NaN;
  const reference = running[0] ?? ours;
  columns.push({ heading: "p99 of 50, ms", samples: latenciesMs, quantile: 0.99 });
  const rows = [reference, ours, ...peers, empty].map(({ name }) => name);
  return {
    title: "Many scrapers",
    how: `Scrapes that come while a command runs share its run and its page. ${SECONDS} s a round, the load from a process of its own.`,
    table: ratioTable([...new Set(rows)], reference.name, columns),
    aims: [
      {
        what: "best peer that runs a command : ours, 50 scrapers",
        bound: 1 / 12,
        value: running.length > 0 ? best : Number.NaN,
        unit: "x",
      },
    ],
  };
}
