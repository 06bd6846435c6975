import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Exporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { until } from "../stand_in.ts";
import type { Tally } from "./attack.ts";
import type { Attack } from "./attacks.ts";
import type { Probed } from "./prober.ts";
import { type Holding, holdingOf } from "./watch.ts";

/** What an attack did to an exporter. */
export type Siege = {
  readonly tally: Tally;
  readonly probed: Probed;
  /** The same of a server that does nothing, asked at the same time and not attacked. */
  readonly floor: Probed;
  /** Statuses of /metrics meanwhile. */
  readonly scrapes: readonly number[];
  /** Status of a scrape when the attack is over. */
  readonly recovered: number;
  readonly before: Holding;
  /** When it held most memory. */
  readonly during: Holding;
  readonly after: Holding;
};

/** A script of this folder that runs until its stdin ends. */
type Helper = { readonly line: () => Promise<string>; readonly end: () => void; readonly child: ChildProcess };

/** The soft limit of open files of a shell is often 1024; what it starts may go up to the hard one. */
const RAISE_LIMIT = 'ulimit -S -n "$(ulimit -H -n)"; exec "$0" "$@"';

function startHelper(script: string, ...args: readonly string[]): Helper {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn("/bin/sh", ["-c", RAISE_LIMIT, process.execPath, path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value } = await lines.next();
    if (typeof value !== "string") throw new Error(`${script} ${args.join(" ")} ended too early`);
    return value;
  };
  return { line, end: () => child.stdin.end(), child };
}

/** Runs `use` while an attack is under way, all of its clients there; gives what came of it, and of `use`. */
export async function whileAttacked<T>(
  port: string,
  attack: Attack,
  use: () => Promise<T>,
): Promise<{ readonly tally: Tally; readonly used: T }> {
  const attacker = startHelper("attack.ts", attack.name, port);
  try {
    await attacker.line();
    const used = await use();
    attacker.end();
    return { tally: JSON.parse(await attacker.line()), used };
  } finally {
    attacker.child.kill("SIGKILL");
  }
}

const SCRAPE_EVERY_MS = 250;

/** Attacks an exporter for so long after all clients have come, and tells what came of it. */
export async function besiege(exporter: Exporter, attack: Attack, holdMs: number): Promise<Siege> {
  const port = new URL(exporter.url).port;
  const before = holdingOf(exporter.pid);
  let during = before;
  const floorServer = startHelper("floor.ts");
  const prober = startHelper("prober.ts", port, await floorServer.line());
  try {
    const { tally, used } = await whileAttacked(port, attack, async () => {
      const scrapes: number[] = [];
      const end = performance.now() + holdMs;
      while (performance.now() < end) {
        scrapes.push((await ask(`${exporter.url}/metrics`)).status);
        const now = holdingOf(exporter.pid);
        if (now.residentBytes > during.residentBytes) during = now;
        await sleep(SCRAPE_EVERY_MS);
      }
      return scrapes;
    });
    prober.end();
    const [probed, floor]: Probed[] = JSON.parse(await prober.line());
    if (!probed || !floor) throw new Error("The prober told nothing");
    const after = await settled(exporter, before);
    const recovered = (await ask(`${exporter.url}/metrics`)).status;
    return { tally, probed, floor, scrapes: used, recovered, before, during, after };
  } finally {
    for (const helper of [floorServer, prober]) helper.child.kill("SIGKILL");
  }
}

/** What comes and goes with the connections of those who look. */
export const DESCRIPTORS_MORE = 2;
const LOOKS = 10;

/** What an exporter holds at least once it has closed what the attack took. Scrapes go on, as they would. */
async function settled(exporter: Exporter, before: Holding): Promise<Holding> {
  const isBack = () => holdingOf(exporter.pid).descriptors <= before.descriptors + DESCRIPTORS_MORE;
  await until("the descriptors of before", isBack);
  let least = holdingOf(exporter.pid);
  for (let look = 0; look < LOOKS; look += 1) {
    await ask(`${exporter.url}/metrics`);
    await sleep(SCRAPE_EVERY_MS);
    const now = holdingOf(exporter.pid);
    if (now.residentBytes < least.residentBytes) least = { ...now, descriptors: least.descriptors };
  }
  return least;
}
