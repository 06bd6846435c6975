import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { open } from "../client.ts";
import { cpuMs, memoryMebibytes } from "../process.ts";
import type { Aim, Report } from "../report.ts";
import { type Server, withServers } from "../server.ts";
import { addRound, type Column, cellValue, ratioOf, ratioTable, type Samples } from "../table.ts";
import { NODE, type Target, type Targets } from "../targets.ts";

const PAGE = "1 MiB of gauges passed through";
const HISTOGRAMS = "1 MiB of histograms passed through";
const HUNDRED = "100 commands in one scrape";
const ONE = "1 command in one scrape";
const SPAWNED = "100 spawns by node:child_process";
const BARE = "100 bare spawns";
const WARM_UP = 10;
const PER_ROUND = 5;
/** Runs at the same time: what `max_concurrent` is told. */
const AT_ONCE = 8;

/** Cost of configured commands: a large page that is passed through, and many commands in a scrape. */
export async function passthrough({ ours, floor }: Targets, rounds: number): Promise<Report> {
  const samples: Samples = new Map();
  const folder = `${ours.argv(0)[0]}.passthrough`;
  const pages = { gauges: gaugesText(), histograms: histogramsText() };
  const path = (name: string) => `${folder}.${name}`;
  const passing = (page: keyof typeof pages) => {
    writeFileSync(path(page), pages[page]);
    return { name: "page", file: path(page), parser: PROMETHEUS, max_series: 100_000, max_output: "2MiB" };
  };
  const targets = [
    configured(ours, PAGE, path("gauges.yml"), [passing("gauges")]),
    configured(ours, HISTOGRAMS, path("histograms.yml"), [passing("histograms")]),
    configured(ours, HUNDRED, path("hundred.yml"), commands(100)),
    configured(ours, ONE, path("one.yml"), commands(1)),
    { ...ours, name: SPAWNED, argv: spawningServer },
  ];
  const cpu: Samples = new Map();
  const memory = new Map<string, number>();
  await withServers(targets, async (servers) => {
    for (const server of servers.values()) await scrapes(server, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of servers) {
        const before = cpuMs(server.pid);
        addRound(samples, name, await scrapes(server, PER_ROUND));
        addRound(cpu, name, [(cpuMs(server.pid) - before) / PER_ROUND]);
      }
      if (floor !== undefined) addRound(samples, BARE, [await bareSpawns(floor)]);
    }
    for (const [name, { pid }] of servers) memory.set(name, memoryMebibytes(pid).own);
  });
  for (const name of ["gauges", "gauges.yml", "histograms", "histograms.yml", "hundred.yml", "one.yml"])
    rmSync(path(name), { force: true });
  const column: Column = { heading: "a scrape p50, ms", samples, quantile: 0.5 };
  const cpuColumn: Column = { heading: "CPU, ms", samples: cpu, quantile: 0.5 };
  return {
    title: "Commands of one's own",
    how: `Keep-alive, ${AT_ONCE} commands at the same time. The floor of 100 commands is a server of the same Node that starts as many by node:child_process, keeps what they print until they are closed, and answers with it. Bare spawns are by posix_spawn(3) in C, their mean time with as many beside each other. CPU is that of the process and its reaped children.`,
    table: ratioTable([...samples.keys()], SPAWNED, [column, cpuColumn]),
    aims: [
      rate("1 MiB of gauges passed through at 20 MB/s", pages.gauges, column, PAGE),
      rate("1 MiB of histograms passed through at 20 MB/s", pages.histograms, column, HISTOGRAMS),
      {
        what: "100 commands : as many by node:child_process, time",
        bound: 1.1,
        value: ratioOf(column, HUNDRED, SPAWNED),
        unit: "x",
      },
      { what: "the same, CPU", bound: 1.1, value: ratioOf(cpuColumn, HUNDRED, SPAWNED), unit: "x" },
      {
        what: "100 commands : as many by posix_spawn in C, time",
        bound: 1.1,
        value: floor === undefined ? Number.NaN : ratioOf(column, HUNDRED, BARE),
        unit: "x",
      },
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

/** Time for a page at 20 MB/s. */
function rate(what: string, text: string, column: Column, row: string): Aim {
  return { what, bound: text.length / 1000 / 20, value: cellValue(column, row), unit: " ms" };
}

function spawningServer(port: number): readonly [string, ...string[]] {
  const script = join(import.meta.dirname, "../spawns.mjs");
  return [NODE, script, String(port), "100", String(AT_ONCE), "/bin/echo", "own_metric 1"];
}

const BOUNDS = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

function histogramsText(): string {
  let text = "";
  for (let family = 0; text.length < 2 ** 20; family++) {
    const name = `script_${family}_seconds`;
    text += `# HELP ${name} A figure of a script.\n# TYPE ${name} histogram\n`;
    for (let i = 0; i < 20; i++) {
      const labels = `device="sd${i}",mountpoint="/data/volume${i}"`;
      for (const [at, le] of BOUNDS.entries()) text += `${name}_bucket{${labels},le="${le}"} ${(at + 1) * (i + 3)}\n`;
      text += `${name}_sum{${labels}} ${i * 1.25}\n${name}_count{${labels}} ${BOUNDS.length * (i + 3)}\n`;
    }
  }
  return text;
}

function gaugesText(): string {
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
