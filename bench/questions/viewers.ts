import { setTimeout as sleep } from "node:timers/promises";
import { open } from "../client.ts";
import { cpuMs } from "../process.ts";
import type { Report } from "../report.ts";
import { type Server, withServer } from "../server.ts";
import { addRound, type Column, ratioOf, ratioTable, type Samples } from "../table.ts";
import type { Targets } from "../targets.ts";

const VIEWERS = 50;
/** Minimum update interval of src/web/page/browser/page.js. */
const POLL_MS = 5200;
/** Each third update also requests the JSON. */
const CHARTS_EACH = 3;
/** Time until the update interval is stable. */
const SETTLED_MS = 30_000;
const SECONDS = 30;

/** CPU time of viewers of the page, compared with one scrape per second. */
export async function viewers({ ours }: Targets, rounds: number): Promise<Report> {
  const samples: Samples = new Map();
  const names = { scrape: "a scrape a second", view: `${VIEWERS} viewers`, none: "nobody" };
  await withServer(ours, async (server) => {
    for (let round = 0; round < rounds; round++) {
      addRound(samples, names.scrape, [await cost(server, () => scrapes(server))]);
      let isOver = false;
      const viewed = view(server, () => isOver);
      await sleep(SETTLED_MS);
      addRound(samples, names.view, [await cost(server, () => sleep(SECONDS * 1000))]);
      isOver = true;
      await viewed;
      addRound(samples, names.none, [await cost(server, () => sleep(SECONDS * 1000))]);
    }
  });
  const column: Column = { heading: "CPU a second, ms", samples, quantile: 0.5 };
  return {
    title: "Viewers of the live page",
    how: `User and system time of the process and of its reaped children over ${SECONDS} s. Each viewer asks for the page as often as the page says, and for the JSON each third time, on a connection of its own.`,
    table: ratioTable(Object.values(names), names.scrape, [column]),
    aims: [
      {
        what: `${VIEWERS} viewers : a scrape a second`,
        bound: 1,
        value: ratioOf(column, names.view, names.scrape),
        unit: "x",
      },
    ],
  };
}

async function cost({ pid }: Server, during: () => Promise<unknown>): Promise<number> {
  const before = cpuMs(pid);
  await during();
  return (cpuMs(pid) - before) / SECONDS;
}

async function scrapes({ port, path }: Server): Promise<void> {
  const connection = await open(port);
  for (let second = 0; second < SECONDS; second++) {
    await connection.get(path);
    await sleep(1000);
  }
  connection.close();
}

/** A viewer that updates at the interval of the page until `isOver`. */
async function view({ port }: Server, isOver: () => boolean): Promise<void> {
  let paceMs = POLL_MS;
  const watch = async () => {
    while (!isOver()) {
      const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      paceMs = Number(/ data-pace="(\d+)"/.exec(page)?.[1]);
      await sleep(POLL_MS);
    }
  };
  const one = async (_: unknown, index: number) => {
    const connection = await open(port);
    await sleep((index * POLL_MS) / VIEWERS);
    for (let poll = 0; !isOver(); poll++) {
      await connection.get("/");
      if (poll % CHARTS_EACH === 0) await connection.get(`/api/v1/live?since=${Math.floor(Date.now() / 1000) - 60}`);
      const until = performance.now() + paceMs;
      while (!isOver() && performance.now() < until) await sleep(500);
    }
    connection.close();
  };
  await Promise.all([watch(), ...Array.from({ length: VIEWERS - 1 }, one)]);
}
