import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { open } from "../client.ts";
import { memoryMebibytes } from "../process.ts";
import type { Report } from "../report.ts";
import { type Server, withServers } from "../server.ts";
import { addRound, type Column, cellValue, ratioOf, ratioTable, type Samples } from "../table.ts";
import type { Target, Targets } from "../targets.ts";

const PAGE = "1 MiB of text passed through";
const HUNDRED = "100 commands in one scrape";
const ONE = "1 command in one scrape";
const BARE = "100 bare spawns";
const WARM_UP = 10;
const PER_ROUND = 5;
/** Runs at the same time: what `max_concurrent` is told. */
const AT_ONCE = 8;

/** What commands of one's own cost: a large page that passes through, and many commands in a scrape. */
export async function passthrough({ ours, floor }: Targets, rounds: number): Promise<Report> {
  const samples: Samples = new Map();
  const folder = `${ours.argv(0)[0]}.passthrough`;
  const page = pageText();
  const path = (name: string) => `${folder}.${name}`;
  writeFileSync(path("page"), page);
  const targets = [
    configured(ours, PAGE, path("page.yml"), [
      { name: "page", file: path("page"), parser: PROMETHEUS, max_series: 100_000, max_output: "2MiB" },
    ]),
    configured(ours, HUNDRED, path("hundred.yml"), commands(100)),
    configured(ours, ONE, path("one.yml"), commands(1)),
  ];
  const memory = new Map<string, number>();
  await withServers(targets, async (servers) => {
    for (const server of servers.values()) await scrapes(server, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) addRound(samples, name, await scrapes(server, PER_ROUND));
      if (floor !== undefined) addRound(samples, BARE, [await bareSpawns(floor)]);
    }
    for (const [name, { pid }] of servers) memory.set(name, memoryMebibytes(pid).own);
  });
  for (const name of ["page", "page.yml", "hundred.yml", "one.yml"]) rmSync(path(name), { force: true });
  const column: Column = { heading: "a scrape p50, ms", samples, quantile: 0.5 };
  const pageMs = cellValue(column, PAGE);
  const perSecond = page.length / 1000 / pageMs;
  return {
    title: "Commands of one's own",
    how: `Keep-alive, ${AT_ONCE} commands at the same time; bare spawns are by posix_spawn(3), their mean time with as many beside each other. The page, compressed as Prometheus asks for it, has ${perSecond.toFixed(1)} MB/s from the request to the end of the answer.`,
    table: ratioTable([...samples.keys()], floor === undefined ? HUNDRED : BARE, [column]),
    aims: [
      { what: "1 MiB of text passed through at 20 MB/s", bound: page.length / 1000 / 20, value: pageMs, unit: " ms" },
      { what: "100 commands : their bare spawns", bound: 1.1, value: ratioOf(column, HUNDRED, BARE), unit: "x" },
      {
        what: "own memory with 100 commands, more than with 1",
        bound: 10,
        value: (memory.get(HUNDRED) ?? Number.NaN) - (memory.get(ONE) ?? Number.NaN),
        unit: " MiB",
      },
    ],
  };
}

const PROMETHEUS = { format: "prometheus" };

function pageText(): string {
  let text = "";
  for (let family = 0; text.length < 2 ** 20; family++) {
    text += `# HELP script_${family}_bytes A figure of a script.\n# TYPE script_${family}_bytes gauge\n`;
    for (let i = 0; i < 100; i++) {
      text += `script_${family}_bytes{device="sd${i}",mountpoint="/data/volume${i}"} ${(i * 7919 + family * 13) * 1024.5}\n`;
    }
  }
  return text;
}

function commands(count: number): readonly object[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `c${i}`,
    command: ["/bin/echo", `own_metric_${i} 1`],
    parser: PROMETHEUS,
  }));
}

function configured(ours: Target, name: string, path: string, all: readonly object[]): Target {
  writeFileSync(path, JSON.stringify({ max_concurrent: AT_ONCE, commands: all }));
  const argv = (port: number): readonly [string, ...string[]] => [...ours.argv(port), `--config.file=${path}`];
  return { name, argv, path: "/metrics", runsCommand: true };
}

async function scrapes({ port, path }: Server, count: number): Promise<readonly number[]> {
  const connection = await open(port);
  return timed(count, () => connection.get(path)).finally(connection.close);
}

async function timed(count: number, work: () => Promise<unknown>): Promise<readonly number[]> {
  const ms: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await work();
    ms.push(performance.now() - began);
  }
  return ms;
}

const RUNS = 25;

/** How long 100 runs of the same program take, as many at the same time: by the bare time of runs beside each other. */
async function bareSpawns(floor: string): Promise<number> {
  const work = () => promisify(execFile)(floor, [String(RUNS), "/bin/echo", "own_metric 1"]);
  const printed = await Promise.all(Array.from({ length: AT_ONCE }, work));
  const ms = printed.flatMap(({ stdout }) => stdout.trim().split("\n").map(Number));
  return (ms.reduce((sum, one) => sum + one, 0) / ms.length) * (100 / AT_ONCE);
}
