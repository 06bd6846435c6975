import { open } from "../client.ts";
import { memoryMebibytes } from "../process.ts";
import type { Report } from "../report.ts";
import { type Server, withServer } from "../server.ts";
import { addRound, type Column, cellValue, ratioTable, type Samples } from "../table.ts";
import type { Target, Targets } from "../targets.ts";

const SCRAPES = [1, 1_000, 5_000, 10_000] as const;
/** Programs in Go are only for comparison, and 10,000 scrapes take half a minute. */
const SCRAPES_OF_PEERS = [1, 1_000] as const;

/** Private memory of the exporter on Node 24, which forked. */
const BEFORE_MIB = 70.25;

/** Memory after a number of scrapes by one scraper. */
export async function memory(targets: Targets): Promise<Report> {
  const { ours, peers, empty, emptyExecutable } = targets;
  const floor = emptyExecutable ?? empty;
  const own = SCRAPES.map((): Samples => new Map());
  const resident: Samples = new Map();
  const all = [...new Set([floor, ours, empty, ...peers])];
  for (const target of all) {
    const counts = peers.includes(target) ? SCRAPES_OF_PEERS : SCRAPES;
    for (const [i, one] of (await memoryAfter(target, counts)).entries()) {
      addRound(own[i] ?? new Map(), target.name, [one.own]);
      if (i === counts.length - 1) addRound(resident, target.name, [one.resident]);
    }
  }
  const columns: readonly Column[] = [
    ...own.map((samples, i) => ({ heading: `own after ${SCRAPES[i]}, MiB`, samples, quantile: 0.5 })),
    { heading: "resident at the end", samples: resident, quantile: 0.5 },
  ];
  const [, afterThousand, , atEnd] = columns;
  const of = (column: Column | undefined, target: Target) => (column ? cellValue(column, target.name) : Number.NaN);
  return {
    title: "Memory",
    how: "Private memory (smaps_rollup) after so many scrapes by one scraper, and resident memory after the last of them. A script shares the pages of Node with this benchmark, an executable has them for itself.",
    table: ratioTable(
      all.map(({ name }) => name),
      floor.name,
      columns,
    ),
    aims: [
      {
        what: `own memory after 10,000 scrapes, 1.1 × ${floor.name} + 4 MiB`,
        bound: 1.1 * of(atEnd, floor) + 4,
        value: of(atEnd, ours),
        unit: " MiB",
      },
      {
        what: "own memory after 10,000 scrapes : after 1,000",
        bound: 1.05,
        value: of(atEnd, ours) / of(afterThousand, ours),
        unit: "x",
      },
      {
        what: `own memory after 10,000 scrapes : ${BEFORE_MIB} MiB before there was posix_spawn`,
        bound: 1,
        value: of(atEnd, ours) / BEFORE_MIB,
        unit: "x",
      },
    ],
  };
}

function memoryAfter(target: Target, counts: readonly number[]) {
  return withServer(target, async (server: Server) => {
    const connection = await open(server.port);
    const found: ReturnType<typeof memoryMebibytes>[] = [];
    // One scrape was answered at the start.
    for (let done = 1; found.length < counts.length; ) {
      for (const count = counts[found.length] ?? 0; done < count; done++) await connection.get(server.path);
      found.push(memoryMebibytes(server.pid));
    }
    connection.close();
    return found;
  });
}
