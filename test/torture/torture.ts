import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { until, withPrograms } from "../stand_in.ts";
import { type Holding, holdingOf, killMarked, marked, type Seen, zombiesOf } from "./watch.ts";

/** One nasty command, and what must come of it. */
export type Row = {
  /** A program under test/torture/programs. It gets a mark as its argument, which its remains are found by. */
  readonly program: string;
  /** The outcome that is counted; `memory_up` is 1 for `ok` and 0 for every other. */
  readonly outcome: string;
  /** When the answer comes: of itself, or as the deadline passes. */
  readonly ends: "at once" | "at the deadline";
  /** How many processes are left, as children of the exporter: 0, but for daemons of a command that ended well. */
  readonly left?: number;
  /** Further flags of the exporter. */
  readonly args?: readonly string[];
};

const PROGRAMS = join(import.meta.dirname, "programs");
/** Within it a command has done what it does, on a busy machine too. */
const DEADLINE_MS = 2000;
/** For commands that end by themselves: no test waits so long, so it can't be the deadline that ended them. */
const FAR_DEADLINE_MS = 3_600_000;
const AT_A_TIME = 4;
const DESCRIPTORS_MORE = 2;
const THREADS_MORE = 2;
/** Half of the longest line. What a run loses, the next one loses again; what the heap grows into, it has grown into. */
const LOST_BYTES = 8 * 2 ** 20;
const RUNS_MORE = 5;

/** What was seen of one row. */
type Measured = {
  readonly status: number;
  readonly page: string;
  readonly answerMs: number;
  readonly left: readonly Seen[];
  /** Resident bytes before the run, after it, and after each further one. */
  readonly resident: readonly number[];
  readonly healthy: number;
  readonly end: { readonly code: number | null; readonly signal: string | null };
};

/** Registers a test for each row of a file. Some are run at a time, since they mostly wait. */
export function torture(rows: readonly Row[]): void {
  const measure = limited(AT_A_TIME, measured);
  for (const [row, result] of rows.map((row) => [row, measure(row)] as const)) {
    result.catch(() => {});
    test([row.program, ...(row.args ?? [])].join(" "), async () => check(row, await result));
  }
}

/** The same work, with some of it under way at most. */
function limited<A, R>(atATime: number, work: (input: A) => Promise<R>): (input: A) => Promise<R> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (input) => {
    if (running >= atATime) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work(input);
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

async function measured(row: Row): Promise<Measured> {
  const mark = `torture-${randomUUID()}`;
  const args = [
    "--command=exec free -b -w",
    `--command.timeout=${row.ends === "at once" ? FAR_DEADLINE_MS : DEADLINE_MS}ms`,
    ...(row.args ?? []),
  ];
  try {
    return await withPrograms({ free: `exec '${join(PROGRAMS, row.program)}' ${mark}` }, (env) =>
      withExporter({ args, env: { ...env, LOGNAME: mark } }, (exporter) => scrapeAndLook(exporter, row, mark)),
    );
  } finally {
    killMarked(mark);
  }
}

async function scrapeAndLook(exporter: Exporter, row: Row, mark: string): Promise<Measured> {
  const { url, pid, kill, ended } = exporter;
  // The run that the start brings is the first of two; its remains are not those of the second.
  await until("the first run", async () => (await ask(`${url}/-/ready`)).status === 200);
  killMarked(mark, [pid]);
  const before = holdingOf(pid);
  const began = performance.now();
  const { status, text } = await ask(`${url}/metrics`);
  const answerMs = performance.now() - began;
  const left = await remains(row, mark, pid);
  const after = await settled(pid, before);
  const resident = [before.residentBytes, after.residentBytes];
  const grown = () => (resident.at(-1) ?? 0) - (resident.at(-2) ?? 0);
  for (let more = 0; more < RUNS_MORE && grown() > LOST_BYTES; more += 1) {
    await ask(`${url}/metrics`);
    resident.push(holdingOf(pid).residentBytes);
  }
  const healthy = (await ask(`${url}/-/healthy`)).status;
  kill("SIGTERM");
  return { status, page: text, answerMs, left, resident, healthy, end: await ended };
}

/** What is left of a command. What was killed is gone a moment after the answer, and reaped: that is waited for. */
async function remains(row: Row, mark: string, pid: number): Promise<readonly Seen[]> {
  const left = () => marked(mark, [pid]);
  const wanted = row.left ?? 0;
  await until(`${row.program}: ${wanted} left and no zombies`, () => {
    return left().length === wanted && zombiesOf(pid).length === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${JSON.stringify({ left: left(), zombies: zombiesOf(pid) })}`);
  });
  return left();
}

/** What an exporter holds once it has closed what the run took. */
async function settled(pid: number, before: Holding): Promise<Holding> {
  const isBack = ({ descriptors, threads }: Holding) =>
    descriptors <= before.descriptors + DESCRIPTORS_MORE && threads <= before.threads + THREADS_MORE;
  await until("the descriptors and threads of before", () => isBack(holdingOf(pid))).catch((error: Error) => {
    throw new Error(`${error.message}\n${JSON.stringify({ before, after: holdingOf(pid) })}`);
  });
  return holdingOf(pid);
}

function check(row: Row, seen: Measured): void {
  const counted = countedIn(seen.page);
  console.log(`${row.program}: ${counted}, ${seen.answerMs.toFixed(0)} ms, ${seen.left.length} left`);
  assert.is(seen.status, 200);
  assert.is(sampleOf(seen.page, "memory_up"), row.outcome === "ok" ? 1 : 0);
  assert.equal(counted, `${row.outcome} 2`);
  assert.is(sampleOf(seen.page, "memory_exporter_zombie_processes"), 0);
  // That it came, before the far deadline or by the near one, is told by the outcome; a busy machine makes nothing earlier.
  if (row.ends === "at the deadline") assert.ok(seen.answerMs > DEADLINE_MS - 50, `answered after ${seen.answerMs} ms`);
  const [last = 0, secondLast = 0] = seen.resident.toReversed();
  assert.ok(last - secondLast <= LOST_BYTES, `each run makes more bytes resident: ${seen.resident.join(", ")}`);
  assert.is(seen.healthy, 200);
  assert.equal(seen.end, { code: 0, signal: null });
}

/** The outcomes that were counted so far, with their numbers. */
function countedIn(page: string): string {
  const counts = page.matchAll(/^memory_exporter_command_runs_total\{command="free",outcome="(\w+)"\} ([1-9]\d*)$/gm);
  return [...counts].map(([, outcome, count]) => `${outcome} ${count}`).join(", ");
}
