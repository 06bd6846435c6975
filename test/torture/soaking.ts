import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
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
  holds) sleep 600 & ;;
  hangs) sleep 600 & exec sleep 600 ;;
  escapes) setsid sleep 600 </dev/null >/dev/null 2>&1 & exec sleep 600 ;;
  floods) exec yes ;;
  floods-stderr) exec yes >&2 ;;
  fails) exit 3 ;;
  dies) kill -KILL $$ ;;
esac`;
/** What ends by itself has all the time that a busy machine takes; what doesn't is another source, with little. */
const CONFIG = `commands:
  - {name: ends, command: [free, -b, -w], timeout: 1h}
  - {name: stays, command: [free, -b, -w], timeout: 100ms, parser: {format: prometheus}}
`;
/** What the start has run: each source once, both with good output, which only one of them reads. */
const FIRST: readonly (readonly [outcome: string, runs: number])[] = [["ok", 1]];
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
  try {
    return await withPrograms({ free: AS_TOLD }, (env, folder) => {
      const config = join(folder, "config.yml");
      writeFileSync(config, CONFIG);
      const args = [`--config.file=${config}`];
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
  const expected = new Map(FIRST);
  const samples: Holding[] = [];
  const began = performance.now();
  let page = "";
  let run = 0;
  const before = holdingOf(pid);
  while (run < runs) {
    run += 1;
    const { how, outcome } = period[run % PERIOD] ?? GOOD;
    tell(how);
    const command = outcome === "timeout" ? "stays" : "ends";
    page = (await ask(`${url}/metrics?collect[]=${command}`, { agent })).text;
    const count = (expected.get(outcome) ?? 0) + 1;
    expected.set(outcome, count);
    const series = `memory_exporter_command_runs_total{command="${command}",outcome="${outcome}"}`;
    assert.is(sampleOf(page, series), count, `run ${run}, which ${how}`);
    assert.is(sampleOf(page, "memory_up"), outcome === "ok" ? 1 : 0, `run ${run}, which ${how}`);
    if (run % SAMPLED === 0) samples.push(holdingOf(pid));
    if (run % Math.floor(runs / 10) === 0) say(`${run} runs: ${describe(middle(samples))}`);
  }
  agent.destroy();
  const half = middle(samples.slice(0, samples.length / 2));
  const end = middle(samples);
  const seconds = (performance.now() - began) / 1000;
  await until("no process left", () => zombiesOf(pid).length === 0 && marked(mark, [pid]).length === 0);
  const isBack = () => Math.abs(holdingOf(pid).descriptors - before.descriptors) <= DESCRIPTORS_MORE;
  await until("the descriptors of before", isBack);
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
