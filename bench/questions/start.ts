import { rmSync, writeFileSync } from "node:fs";
import type { Report } from "../report.ts";
import { withServer } from "../server.ts";
import { addRound, type Column, ratioOf, ratioTable, type Samples } from "../table.ts";
import type { Target, Targets } from "../targets.ts";

/** Time from the start of the program to the first answered scrape. */
export async function start(targets: Targets, rounds: number): Promise<Report> {
  const { ours, peers, empty, emptyExecutable } = targets;
  const floor = emptyExecutable ?? empty;
  const config = `${ours.argv(0)[0]}.start.yml`;
  writeFileSync(config, "commands: [{name: own, command: [/bin/echo, own_metric 1], parser: {format: prometheus}}]\n");
  const ownCommand: Target = {
    ...ours,
    name: `${ours.name}, a command of one's own`,
    argv: (port) => [...ours.argv(port), `--config.file=${config}`],
  };
  const all = [...new Set([floor, ours, ownCommand, empty, ...peers])];
  const samples: Samples = new Map();
  for (let round = -1; round < rounds; round++) {
    for (const target of all) {
      const startMs = await withServer(target, async (server) => server.startMs);
      // The first start reads the program from the disk.
      if (round >= 0) addRound(samples, target.name, [startMs]);
    }
  }
  rmSync(config);
  const column: Column = { heading: "first scrape after, ms", samples, quantile: 0.5 };
  return {
    title: "Start",
    how: "From the start of the program to the end of the first scrape, asked for every millisecond.",
    table: ratioTable(
      all.map(({ name }) => name),
      floor.name,
      [column],
    ),
    aims: [
      { what: `first scrape : ${floor.name}`, bound: 1.6, value: ratioOf(column, ours.name, floor.name), unit: "x" },
    ],
  };
}
