import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, withExporter } from "../exporter.ts";
import { form } from "../forms.ts";
import { ask, type Reply, scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";
import { ATTACKS, type Attack } from "./attacks.ts";
import { besiege, DESCRIPTORS_MORE, type Siege, whileAttacked } from "./siege.ts";

const HOLD_MS = 3000;
const MEBIBYTE = 2 ** 20;
/** A run from the sources has a compiler of types in its memory besides. */
const RESIDENT_MORE_BYTES = (form.startsWith("source") ? 60 : 20) * MEBIBYTE;
/** At least so many probes are asked in the time of an attack, of the sixty that a machine with nothing else to do asks. */
const PROBES = 10;
/** What the executable has built in: what V8 takes besides would hide what is lost. */
const HEAP = { NODE_OPTIONS: "--max-semi-space-size=1", DENO_V8_FLAGS: "--max-semi-space-size=1" };

const FREE = { free: PRINT_FREE };

/** Scrapes until the heap has its usual size. */
async function warmUp({ url }: Exporter): Promise<void> {
  for (let i = 0; i < 150; i += 1) {
    await scrape(url);
    await ask(`${url}/-/healthy`);
  }
}

/** Whether an attack took memory that the exporter has kept. */
function keepsMemory({ before, after }: Siege): boolean {
  return after.residentBytes - before.residentBytes > RESIDENT_MORE_BYTES;
}

/** What an exporter did wrong while it was attacked, and after. */
function faultsOf(attack: Attack, { probed, scrapes, recovered, before, after, tally }: Siege): string[] {
  const faults: string[] = [];
  if (probed.failures.length > 0) faults.push(`/-/healthy fails: ${[...new Set(probed.failures)].join("; ")}`);
  // How fast they are is bench's question: each probe of a healthy exporter is answered while the attack goes on.
  if (probed.asked < PROBES) faults.push(`/-/healthy was asked ${probed.asked} times only`);
  // An attack that scrapes may take all places for as long as a busy machine lets it: then the answer is 503.
  if (scrapes.some((status) => status !== 200 && !(attack.scrapes && status === 503)))
    faults.push(`/metrics answers ${scrapes.join(", ")}`);
  if (recovered !== 200) faults.push(`/metrics answers ${recovered} after the attack`);
  if (after.descriptors > before.descriptors + DESCRIPTORS_MORE) {
    faults.push(`it keeps ${after.descriptors - before.descriptors} descriptors`);
  }
  if (tally.opened < tally.connections) faults.push(`${tally.opened} of ${tally.connections} connections came about`);
  return faults;
}

/** Lines of a log that aren't whole lines of our own, in printable ASCII. */
function strangeLines(log: string): string[] {
  const lines = log.split("\n").slice(0, -1);
  return lines.filter((line) => !/^time=\S+ level=(?:DEBUG|INFO|WARN) msg=[\x20-\x7e]+$/.test(line));
}

function row(name: string, { probed, floor, before, during, after, tally }: Siege): string {
  const resident = [before, during, after]
    .map(({ residentBytes }) => (residentBytes / MEBIBYTE).toFixed(0))
    .join(" / ");
  const answers = Object.entries(tally.statuses).map(([status, count]) => `${count} × ${status}`);
  return `${form} | ${name} | worst ${probed.worstMs.toFixed(0)} ms, floor ${floor.worstMs.toFixed(0)} ms | ${resident} MiB | ${tally.opened} connections, ${tally.closed} closed, ${answers.join(", ")}`;
}

async function withstand(exporter: Exporter, attack: Attack): Promise<void> {
  const siege = await besiege(exporter, attack, HOLD_MS);
  console.log(row(attack.name, siege));
  if (siege.tally.connections < attack.connections) {
    console.log(`skipped: ${attack.connections - siege.tally.connections} connections, for want of open files`);
  }
  assert.equal(faultsOf(attack, siege), []);
  if (!keepsMemory(siege)) return;
  // Once the heap grows into what such a crowd takes. What is lost is lost again by the next one.
  const again = await besiege(exporter, attack, HOLD_MS);
  console.log(row(`${attack.name}, again`, again));
  assert.equal(faultsOf(attack, again), []);
  assert.not(keepsMemory(again), "it keeps memory each time");
}

for (const attack of ATTACKS) {
  test(`${attack.name}: /-/healthy and /metrics answer, and nothing is kept`, () =>
    withPrograms(FREE, (env) =>
      withExporter({ env: { ...env, ...HEAP }, args: ["--log.level=debug"] }, async (exporter) => {
        await warmUp(exporter);
        await withstand(exporter, attack);
        assert.equal(strangeLines(exporter.log()), []);
      }),
    ));
}

const CROWD = 500;
/** A run that is counted, and takes longer than it takes a crowd to come. */
const COUNTED = { free: `echo run >> "$HOME/runs"; sleep 4; ${PRINT_FREE}` };

/** Sends a crowd of scrapes at once, when a first run is over; gives the answers as they come, and how many runs it took. */
function crowdOfScrapes(maxRequests: number): Promise<{ answers: Reply[]; runs: number }> {
  return withPrograms(COUNTED, (programs, folder) => {
    const runs = () => readFileSync(join(folder, "runs"), "utf8").split("\n").length - 1;
    const env = { ...programs, HOME: folder };
    const args = [`--web.max-requests=${maxRequests}`, "--command.timeout=30s"];
    return withExporter({ env, args }, async ({ url }) => {
      await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
      const before = runs();
      const answers: Reply[] = [];
      const asked = Array.from({ length: CROWD }, async () => answers.push(await ask(`${url}/metrics`)));
      await Promise.all(asked);
      return { answers, runs: runs() - before };
    });
  });
}

test(`${CROWD} simultaneous scrapes without a limit share one run, and all answer`, async () => {
  const { answers, runs } = await crowdOfScrapes(0);
  assert.equal([...new Set(answers.map(({ status }) => status))], [200]);
  assert.is(answers.length, CROWD);
  assert.is(runs, 1);
  for (const { text } of answers) assert.match(text, /^memory_up 1\n/m);
});

test("with a limit, those past it get 503 at once, before the others have their answer", async () => {
  const { answers, runs } = await crowdOfScrapes(40);
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses, [...Array(CROWD - 40).fill(503), ...Array(40).fill(200)]);
  assert.is(runs, 1);
});

for (const name of ["slow headers", "half-open sockets", "pipelining, answers unread"]) {
  test(`it stops in the middle of: ${name}`, async () => {
    const attack = ATTACKS.find((one) => one.name === name);
    if (attack === undefined) throw new Error(`There is no attack ${name}`);
    await withPrograms(FREE, (env) =>
      withExporter({ env }, async (exporter) => {
        const { used } = await whileAttacked(new URL(exporter.url).port, attack, async () => {
          exporter.kill("SIGTERM");
          return await exporter.ended;
        });
        assert.equal(used, { code: 0, signal: null });
      }),
    );
  });
}

test.run();
