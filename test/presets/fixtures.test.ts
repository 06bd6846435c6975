import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Family } from "../../src/metric.ts";
import { ParseError } from "../../src/parsers/text.ts";
import { presetFor } from "../../src/presets/table.ts";
import { shellWords } from "../../src/presets/words.ts";
import { type MemoryCase, memoryCases } from "../memory_cases.ts";

/** What the README of the cases says besides. */
type Case = MemoryCase & {
  readonly program: string;
  readonly optional?: Readonly<Record<string, unknown>>;
  readonly absent?: readonly string[];
  readonly may_reject?: string;
  readonly needs?: string;
};

/** Metrics of `free` by row and column. */
const FREE_METRICS: Readonly<Record<string, string>> = {
  "mem.total": "memory_total_bytes",
  "mem.used": "memory_used_bytes",
  "mem.free": "memory_free_bytes",
  "mem.shared": "memory_shared_bytes",
  "mem.buffers": "memory_buffers_bytes",
  "mem.cached": "memory_cache_bytes",
  "mem.buff_cache": "memory_buff_cache_bytes",
  "mem.available": "memory_available_bytes",
  "swap.total": "memory_swap_total_bytes",
  "swap.used": "memory_swap_used_bytes",
  "swap.free": "memory_swap_free_bytes",
  "total.total": "memory_with_swap_total_bytes",
  "total.used": "memory_with_swap_used_bytes",
  "total.free": "memory_with_swap_free_bytes",
  "low.total": "memory_low_total_bytes",
  "low.used": "memory_low_used_bytes",
  "low.free": "memory_low_free_bytes",
  "high.total": "memory_high_total_bytes",
  "high.used": "memory_high_used_bytes",
  "high.free": "memory_high_free_bytes",
  "committed.total": "memory_commit_limit_bytes",
  "committed.used": "memory_committed_bytes",
  "committed.free": "memory_uncommitted_bytes",
  "buffers_cache.used": "memory_used_without_cache_bytes",
  "buffers_cache.free": "memory_free_with_cache_bytes",
};

type Check = (one: Case, families: readonly Family[]) => void;

/** How each family of cases is held to what it expects. */
const CHECKS: Readonly<Record<string, Check>> = {
  "procps-free": justTheMetricsOfFree,
  "procps-old": justTheMetricsOfFree,
  "procps-locale": justTheMetricsOfFree,
  "busybox-free": justTheMetricsOfFree,
  "toybox-free": justTheMetricsOfFree,
  "proc-meminfo": everyFigure,
  "vmstat-s": everyFigure,
  "proc-swaps": everyFigure,
  "swapon-show": everyFigure,
  zramctl: everyFigure,
  numastat: everyFigure,
  cgroup: everyFigure,
  pressure: everyFigure,
  macos: everyFigure,
  freebsd: everyFigure,
  windows: everyFigure,
  aix: everyFigure,
  solaris: everyFigure,
  bad: justTheMetricsOfFree,
};

/** Rows of figures by name: `mem.total`. */
function figuresOf(expected: Case["expect"]): [string, number][] {
  return Object.entries(expected ?? {}).flatMap(([group, figures]) =>
    [figures]
      .flat()
      .flatMap((record) => (record && typeof record === "object" ? Object.entries(record) : []))
      .flatMap(([name, figure]) =>
        typeof figure === "number" ? [[`${group}.${name}`, figure] as [string, number]] : [],
      ),
  );
}

function justTheMetricsOfFree(one: Case, families: readonly Family[]): void {
  const optional = new Map(figuresOf(one.optional).map(([place, figure]) => [FREE_METRICS[place], figure]));
  const wanted = new Map(figuresOf(one.expect).map(([place, figure]) => [FREE_METRICS[place], figure]));
  const given = new Map(families.map(({ name, samples }) => [name, samples[0]?.value ?? Number.NaN]));
  for (const [name, bytes] of optional) {
    const value = given.get(name ?? "");
    if (value !== undefined) assert.is(value, bytes, `${one.name}: ${name}`);
    given.delete(name ?? "");
  }
  assert.equal([...given.keys()].sort(), [...wanted.keys()].sort(), `${one.name}: names`);
  for (const [name, bytes] of wanted) {
    assert.ok(
      Math.abs((given.get(name ?? "") ?? Number.NaN) - bytes) <= 1,
      `${one.name}: ${name} is ${given.get(name ?? "")}, wanted ${bytes}`,
    );
  }
}

/** Every figure that is expected is the value of a sample. */
function everyFigure(one: Case, families: readonly Family[]): void {
  const values = families.flatMap((family) => family.samples.map((sample) => sample.value));
  for (const [place, figure] of figuresOf(one.expect)) {
    const wanted = inBaseUnits(place, figure);
    const isGiven = values.some((value) => Math.abs(value - wanted) <= 1e-9 * Math.abs(wanted));
    if (!one.absent?.includes(place)) assert.ok(isGiven, `${one.name}: ${place} ${figure}`);
  }
}

/** Shares instead of percentages, seconds instead of microseconds. */
function inBaseUnits(place: string, figure: number): number {
  if (/(?:percentage|\.avg\d+)$/.test(place)) return figure / 100;
  return /^numbers\.(?:some|full)\.total$/.test(place) ? figure / 1e6 : figure;
}

/** What a line of shell or an argv makes of a case, or why it is refused. */
function outcome(one: Case, words: readonly string[], version: string | undefined): readonly Family[] | string {
  const preset = presetFor(words);
  if (preset === undefined) return "no preset";
  try {
    return preset.read({ stdout: one.stdout, words, ...(version !== undefined && { version }) });
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

function check(one: Case, result: readonly Family[] | string, allowed: boolean): void {
  if (typeof result === "string") assert.ok(allowed, `${one.name} is refused: ${result}`);
  else if (one.reject) assert.unreachable(`${one.name} is read, though it is one with ${one.reject}`);
  else CHECKS[one.family]?.(one, result);
}

const CASES = memoryCases() as Case[];

for (const family of Object.keys(CHECKS)) {
  const cases = CASES.filter((one) => one.family === family);

  test(`${cases.length} cases of ${family} come out right, with the version and without`, () => {
    assert.ok(cases.length > 0);
    for (const one of cases) {
      const mayRefuse = one.reject !== undefined || one.may_reject !== undefined;
      check(one, outcome(one, one.argv, one.program), mayRefuse);
      check(one, outcome(one, one.argv, undefined), mayRefuse || one.needs !== undefined);
    }
  });
}

test("Every case belongs to a family that is checked", () => {
  assert.equal(
    CASES.filter((one) => !(one.family in CHECKS)).map((one) => one.name),
    [],
  );
});

test("Cases that need a version are refused without it, unless the report tells it", () => {
  const refused = CASES.filter((one) => one.needs && typeof outcome(one, one.argv, undefined) === "string");
  assert.equal(
    refused.map((one) => one.name),
    ["procps400-si-alone", "procps402-si-alone"],
  );
});

test("Cases come out the same by a line for the shell", () => {
  const quoted = (argv: readonly string[]) =>
    argv.map((word) => (/[^\w/.:=,-]/.test(word) ? `'${word}'` : word)).join(" ");
  for (const one of CASES) {
    const line = `LC_ALL=C ${quoted(one.argv)} 2>/dev/null | cat`;
    assert.equal(outcome(one, shellWords(line), one.program), outcome(one, one.argv, one.program), one.name);
  }
});

test.run();
