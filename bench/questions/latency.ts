import { execFileSync } from "node:child_process";
import { getFresh, open, type Place } from "../client.ts";
import type { Aim, Report } from "../report.ts";
import { withServers } from "../server.ts";
import { addRound, type Column, ratioOf, ratioTable, type Samples } from "../table.ts";
import type { Targets } from "../targets.ts";

const WARM_UP = 100;
const PER_ROUND = 20;
/** Number of dropped values at the start of each round, since caches have the data of the previous target. */
const DROPPED = 3;

const BARE_FREE = "bare spawn, `free -b -w`";
const BARE_SHELL = "bare spawn, `sh -c 'free -m'`";
const FLOOR = "bare spawn + empty request";

/** Latency of one scraper, on a keep-alive connection and on new ones. */
export async function latency(targets: Targets, rounds: number): Promise<Report> {
  const { ours, empty, peers, floor } = targets;
  const kept: Samples = new Map();
  const fresh: Samples = new Map();
  await withServers([ours, ...peers, empty], async (servers) => {
    for (const server of servers.values()) await keptLatencies(server, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) {
        addRound(kept, name, await keptLatencies(server, PER_ROUND));
        addRound(fresh, name, await timed(PER_ROUND, () => getFresh(server)));
      }
      if (floor === undefined) continue;
      const bare = bareRuns(floor, ["/usr/bin/free", "-b", "-w"]);
      addRound(kept, BARE_FREE, bare);
      addRound(kept, BARE_SHELL, bareRuns(floor, ["/bin/sh", "-c", "free -m"]));
      for (const samples of [kept, fresh]) addRound(samples, FLOOR, sums(bare, samples.get(empty.name)?.at(-1) ?? []));
    }
  });
  return report(targets, kept, fresh);
}

async function keptLatencies(place: Place, count: number): Promise<readonly number[]> {
  const connection = await open(place.port);
  return timed(count, () => connection.get(place.path)).finally(connection.close);
}

async function timed(count: number, scrape: () => Promise<unknown>): Promise<readonly number[]> {
  const latenciesMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await scrape();
    latenciesMs.push(performance.now() - began);
  }
  return latenciesMs.slice(DROPPED);
}

function bareRuns(floor: string, argv: readonly string[]): readonly number[] {
  const lines = execFileSync(floor, [String(PER_ROUND), ...argv], { encoding: "utf8" })
    .trim()
    .split("\n");
  return lines.map(Number).slice(DROPPED);
}

function sums(some: readonly number[], others: readonly number[]): readonly number[] {
  return some.map((value, i) => value + (others[i] ?? Number.NaN));
}

function report({ ours, empty, peers }: Targets, kept: Samples, fresh: Samples): Report {
  const columns: readonly Column[] = [
    { heading: "keep-alive p50, ms", samples: kept, quantile: 0.5 },
    { heading: "p99", samples: kept, quantile: 0.99 },
    { heading: "fresh p50, ms", samples: fresh, quantile: 0.5 },
    { heading: "p99", samples: fresh, quantile: 0.99 },
  ];
  const rows = [FLOOR, ours.name, ...peers.map(({ name }) => name), empty.name, BARE_FREE, BARE_SHELL];
  const measured = rows.filter((row) => kept.has(row));
  const [keptMedian, keptLast, freshMedian, freshLast] = columns;
  const against = (column: Column | undefined, row: string) => (column ? ratioOf(column, ours.name, row) : Number.NaN);
  const running = peers.filter((peer) => peer.runsCommand);
  /** Against the fastest of them: the ratio is the largest there. NaN where there is none. */
  const best = (column: Column | undefined) =>
    running.length > 0 ? Math.max(...running.map(({ name }) => against(column, name))) : Number.NaN;
  return {
    title: "One scraper",
    how: `Latency; ratios to a bare posix_spawn of \`free -b -w\` plus a request to an empty server. ${PER_ROUND} scrapes a round, the first ${DROPPED} dropped; p99 of all rounds together.`,
    table: ratioTable(measured, measured[0] ?? ours.name, columns),
    aims: [
      aim("scrape p50, keep-alive : best peer that runs a command", 0.75, best(keptMedian)),
      aim("scrape p50, fresh : the same", 0.75, best(freshMedian)),
      aim("scrape p99, keep-alive : the same", 1.2, best(keptLast)),
      aim("scrape p99, fresh : the same", 1.2, best(freshLast)),
      aim("scrape p50, keep-alive : bare spawn + empty request", 1.4, against(keptMedian, FLOOR)),
      aim("scrape p50, fresh : bare spawn + empty request", 1.4, against(freshMedian, FLOOR)),
    ],
  };
}

function aim(what: string, bound: number, value: number): Aim {
  return { what, bound, value, unit: "x" };
}
