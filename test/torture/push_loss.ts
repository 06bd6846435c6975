import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Controlled, PROMETHEUS_KINDS, query, withControlled, withPushing } from "../push_scene.ts";
import { createRandom, type Random } from "../random.ts";
import { PRINT_FREE, until, withFolder } from "../stand_in.ts";

/** Pushes once a second to a Prometheus that is killed, stopped and started again at random, and counts what is lost. */

export type Trial = {
  readonly seconds: number;
  readonly seed: number;
  readonly version: keyof typeof PROMETHEUS_KINDS;
  readonly remoteWrite: "1" | "2";
  readonly spool: boolean;
  /** How often the exporter is killed by SIGKILL and started again. */
  readonly kills: number;
};

/** One life of the exporter, from its start to its end. */
export type Life = {
  /** Runs of the command that began. */
  readonly runs: number;
  /** Which of them Prometheus has, in order of time, as the exporter counted them. */
  readonly stored: readonly number[];
};

export type Loss = {
  readonly lives: readonly Life[];
  readonly serverKills: number;
  readonly serverStops: number;
  /** Series of which Prometheus has another number of samples than of the others. */
  readonly uneven: readonly string[];
};

const RUNS = 'memory_exporter_command_runs_total{outcome="ok"}';
/** Series that are there in every page. */
const EVEN = ["memory_up", "memory_total_bytes", "memory_exporter_push_attempts_total"];

export function measureLoss(trial: Trial): Promise<Loss> {
  return withFolder((folder) =>
    withControlled(PROMETHEUS_KINDS[trial.version], async (server) => {
      const random = createRandom(trial.seed);
      const harm = startHarm(server, random);
      const runs: number[] = [];
      for (let life = 0; life <= trial.kills; life++) {
        const isLast = life === trial.kills;
        const end = isLast ? () => harm.stop() : undefined;
        runs.push(await live(trial, { folder, url: server.url, end }));
      }
      return { ...(await countStored(server.url, runs)), serverKills: harm.kills(), serverStops: harm.stops() };
    }),
  );
}

type Surroundings = {
  readonly folder: string;
  readonly url: string;
  /** Lets the server be again, where the exporter is ended cleanly. */
  readonly end: (() => Promise<void>) | undefined;
};

/** Runs the exporter for its part of the time. Resolves to the runs that it began. */
async function live(trial: Trial, { folder, url, end }: Surroundings): Promise<number> {
  const counter = join(folder, "runs");
  rmSync(counter, { force: true });
  const args = [
    ...["--push.protocol=remote-write", `--push.remote-write-version=${trial.remoteWrite}`],
    ...[`--push.url=${url}/api/v1/write`, "--push.interval=1s", "--push.timeout=3s", "--command=free -b -w"],
    ...(trial.spool ? [`--push.spool=${folder}/spool`] : []),
  ];
  const free = `[ "$1" = -b ] && echo run >> '${counter}'; ${PRINT_FREE}`;
  await withPushing(
    args,
    async (pushing) => {
      await sleep((trial.seconds / (trial.kills + 1)) * 1000);
      if (end === undefined) {
        await pushing.end("SIGKILL");
        return;
      }
      await end();
      await until("the queue is empty", () => isCaughtUp(url), 60_000);
      await pushing.end("SIGTERM");
    },
    free,
  );
  return readFileSync(counter, "utf8").split("\n").length - 1;
}

/** Whether the last page that Prometheus has was gathered with nothing waiting. */
async function isCaughtUp(url: string): Promise<boolean> {
  const [length] = await query(url, "memory_exporter_push_queue_length").catch(() => []);
  return length?.value?.[1] === "0";
}

function startHarm(server: Controlled, random: Random) {
  let [kills, stops, going] = [0, 0, true];
  const ended = (async () => {
    while (going) {
      await sleep(3000 + random.below(10_000));
      if (!going) return;
      if (random.below(2) === 0) {
        kills += 1;
        await server.kill();
        await sleep(random.below(10_000));
        await server.start();
      } else {
        stops += 1;
        server.signal("SIGSTOP");
        await sleep(random.below(10_000));
        server.signal("SIGCONT");
      }
    }
  })();
  const stop = () => {
    going = false;
    return ended;
  };
  return { kills: () => kills, stops: () => stops, stop };
}

async function countStored(url: string, runs: readonly number[]): Promise<Pick<Loss, "lives" | "uneven">> {
  const valuesOf = async (series: string) => {
    const [found] = await query(url, `${series}[1h]`);
    return (found?.values ?? []).map(([, value]) => Number(value)).filter((value) => !Number.isNaN(value));
  };
  const lives: number[][] = [];
  for (const value of await valuesOf(RUNS)) {
    if (value === 1 || lives.length === 0) lives.push([]);
    lives.at(-1)?.push(value);
  }
  const all = lives.flat().length;
  const uneven: string[] = [];
  for (const series of EVEN) if ((await valuesOf(series)).length !== all) uneven.push(series);
  return { lives: runs.map((count, index) => ({ runs: count, stored: lives[index] ?? [] })), uneven };
}
