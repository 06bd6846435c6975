import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { productOf } from "../forms.ts";
import { ask } from "../http.ts";
import { until, withPrograms } from "../stand_in.ts";
import { type Holding, holdingOf, killMarked, marked, zombiesOf } from "./watch.ts";

/** How a run behaves, what is counted for it, and how often it comes: in each 400 runs. The others are good. */
const MIX = [
  { how: "hangs", outcome: "timeout", times: 8 },
  { how: "escapes", outcome: "timeout", times: 2 },
  { how: "holds", outcome: "ok", times: 1 },
  { how: "floods", outcome: "overflow", times: 8 },
  { how: "floods-stderr", outcome: "overflow", times: 4 },
  { how: "fails", outcome: "exit", times: 12 },
  { how: "dies", outcome: "signal", times: 12 },
] as const;
const GOOD = { how: "good", outcome: "ok" } as const;
const PERIOD = 400;

type Behaviour = { readonly how: string; readonly outcome: string };

/** The behaviours of one period, spread evenly. */
function schedule(): readonly Behaviour[] {
  const period: Behaviour[] = Array.from({ length: PERIOD }, () => GOOD);
  for (const one of MIX) {
    for (let i = 0; i < one.times; i += 1) {
      let at = Math.floor((i * PERIOD) / one.times);
      while (period[at] !== GOOD) at = (at + 1) % PERIOD;
      period[at] = one;
    }
  }
  return period;
}

/** Does what the file beside it says. What it prints is test/golden/free.txt, without a program that would print it. */
const AS_TOLD = `
read -r how < "$0.how"
case $how in
  good | holds) echo '${readFileSync(new URL("../golden/free.txt", import.meta.url), "utf8").trimEnd()}' ;;
esac
case $how in
  holds) sleep 60 & ;;
  hangs) sleep 60 & exec sleep 60 ;;
  escapes) setsid sleep 60 </dev/null >/dev/null 2>&1 & exec sleep 60 ;;
  floods) exec yes ;;
  floods-stderr) exec yes >&2 ;;
  fails) exit 3 ;;
  dies) kill -KILL $$ ;;
esac`;
/** What a run that doesn't end is given. */
const SHORT = { "X-Prometheus-Scrape-Timeout-Seconds": "0.04" };
const DESCRIPTORS_MORE = 3;
const RESIDENT_MORE_BYTES = 5 * 2 ** 20;
/** Resident memory goes up and down with each collection of garbage: what is compared is the middle of so many samples. */
const SAMPLES = 40;
const SAMPLED = 25;

/** What was seen at the half of a soak and at its end. */
export type Soaked = { readonly runs: number; readonly seconds: number; readonly half: Holding; readonly end: Holding };

/** How long a soak is. `say` gets a line now and then. */
type Length = { readonly runs: number; readonly say: (line: string) => void };

/**
 * Lets the executable do some thousands of runs of every kind, one after the other, and checks that nothing is left of them
 * and that the second half took no memory that the first had not.
 */
export async function soak(length: Length): Promise<Soaked> {
  const mark = `torture-${randomUUID()}`;
  const args = ["--command=exec free -b -w", "--command.timeout=10s", "--timeout-offset=0"];
  try {
    return await withPrograms({ free: AS_TOLD }, (env, folder) => {
      const tell = (how: string) => writeFileSync(join(folder, "free.how"), `${how}\n`);
      tell("good");
      const product = productOf("executable");
      return withExporter({ product, args, env: { ...env, LOGNAME: mark } }, (exporter) =>
        soakOne({ exporter, mark, tell }, length),
      );
    });
  } finally {
    killMarked(mark);
  }
}

type Soak = {
  readonly exporter: Exporter;
  readonly mark: string;
  readonly tell: (how: string) => void;
};

async function soakOne({ exporter, mark, tell }: Soak, { runs, say }: Length): Promise<Soaked> {
  const { url, pid, kill, ended } = exporter;
  await until("the first run", async () => (await ask(`${url}/-/ready`)).status === 200);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const period = schedule();
  const expected = new Map([["ok", 1]]);
  const samples: Holding[] = [];
  const began = performance.now();
  let page = "";
  let run = 0;
  const before = holdingOf(pid);
  while (run < runs) {
    run += 1;
    const { how, outcome } = period[run % PERIOD] ?? GOOD;
    tell(how);
    page = (await ask(`${url}/metrics`, { agent, headers: outcome === "timeout" ? SHORT : {} })).text;
    assert.is(sampleOf(page, "memory_up"), outcome === "ok" ? 1 : 0, `run ${run}, which ${how}`);
    expected.set(outcome, (expected.get(outcome) ?? 0) + 1);
    if (run % SAMPLED === 0) samples.push(holdingOf(pid));
    if (run % Math.floor(runs / 10) === 0) say(`${run} runs: ${describe(middle(samples))}`);
  }
  agent.destroy();
  await sleep(1000);
  const half = middle(samples.slice(0, samples.length / 2));
  const end = middle(samples);
  const seconds = (performance.now() - began) / 1000;
  for (const [outcome, count] of expected) {
    const series = `memory_exporter_command_runs_total{command="free",outcome="${outcome}"}`;
    assert.is(sampleOf(page, series), count, outcome);
  }
  assert.equal(zombiesOf(pid), []);
  assert.equal(marked(mark, [pid]), []);
  const { descriptors } = holdingOf(pid);
  assert.ok(Math.abs(descriptors - before.descriptors) <= DESCRIPTORS_MORE, `${before.descriptors} → ${descriptors}`);
  const moreBytes = end.residentBytes - half.residentBytes;
  // In the first ten thousand runs the runtime still grows into its heap: a soak has twice as many or more.
  assert.ok(moreBytes <= RESIDENT_MORE_BYTES, `${moreBytes} bytes more are resident than at the half`);
  kill("SIGTERM");
  assert.equal(await ended, { code: 0, signal: null });
  return { runs: run, seconds, half, end };
}

/** The latest samples, in the middle of them. */
function middle(samples: readonly Holding[]): Holding {
  const latest = samples.slice(-SAMPLES);
  const of = (key: keyof Holding) => latest.map((one) => one[key]).sort((a, b) => a - b)[latest.length >> 1] ?? 0;
  return { descriptors: of("descriptors"), threads: of("threads"), residentBytes: of("residentBytes") };
}

/** One line for people. */
export function summaryOf({ runs, seconds, half, end }: Soaked): string {
  return `${runs} runs in ${seconds.toFixed(0)} s; at the half ${describe(half)}; at the end ${describe(end)}`;
}

function describe({ descriptors, threads, residentBytes }: Holding): string {
  return `${(residentBytes / 2 ** 20).toFixed(1)} MiB, ${descriptors} descriptors, ${threads} threads`;
}
