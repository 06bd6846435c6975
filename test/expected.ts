import * as assert from "uvu/assert";
import type { MemoryCase } from "./memory_cases.ts";

/** What case.json says for a check besides. */
export type CheckedCase = MemoryCase & {
  readonly program: string;
  readonly optional?: Readonly<Record<string, unknown>>;
  readonly absent?: readonly string[];
  readonly may_reject?: string;
  readonly needs?: string;
};

/** As much of a family as is checked. */
type Given = { readonly name: string; readonly samples: readonly { readonly value: number }[] };

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

type Check = (one: CheckedCase, families: readonly Given[]) => void;

/** How each family of cases is held to what it expects. */
export const CHECKS: Readonly<Record<string, Check>> = {
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
function figuresOf(expected: CheckedCase["expect"]): [string, number][] {
  return Object.entries(expected ?? {}).flatMap(([group, figures]) =>
    [figures]
      .flat()
      .flatMap((record) => (record && typeof record === "object" ? Object.entries(record) : []))
      .flatMap(([name, figure]) =>
        typeof figure === "number" ? [[`${group}.${name}`, figure] as [string, number]] : [],
      ),
  );
}

function justTheMetricsOfFree(one: CheckedCase, families: readonly Given[]): void {
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

/** What the cases of /proc/meminfo call cached is the line `Cached` alone; memory_cache_bytes has SReclaimable in it too. */
const PAGE_CACHE = "memory_meminfo_cached_bytes";

/** Every figure that is expected is the value of a sample; those that free has too are under its names. */
function everyFigure(one: CheckedCase, families: readonly Given[]): void {
  const samples = families.flatMap(({ name, samples }) => samples.map(({ value }) => ({ name, value })));
  for (const [place, figure] of figuresOf(one.expect)) {
    const wanted = inBaseUnits(place, figure);
    const name = one.family === "proc-meminfo" && place === "mem.cached" ? PAGE_CACHE : FREE_METRICS[place];
    const ofPlace = name === undefined ? samples : samples.filter((sample) => sample.name === name);
    const isGiven = ofPlace.some(({ value }) => Math.abs(value - wanted) <= 1e-9 * Math.abs(wanted));
    if (!one.absent?.includes(place)) assert.ok(isGiven, `${one.name}: ${place} ${figure}`);
  }
}

/** Shares instead of percentages, seconds instead of microseconds. */
function inBaseUnits(place: string, figure: number): number {
  if (/(?:percentage|\.avg\d+)$/.test(place)) return figure / 100;
  return /^numbers\.(?:some|full)\.total$/.test(place) ? figure / 1e6 : figure;
}

/**
 * Holds what came out of a case, or the reason why nothing did, to what its case.json expects.
 * @param mayRefuse whether a refusal is right where figures are expected.
 * @throws an error of uvu/assert.
 */
export function check(one: CheckedCase, result: readonly Given[] | string, mayRefuse: boolean): void {
  if (typeof result === "string") assert.ok(mayRefuse, `${one.name} is refused: ${result}`);
  else if (one.reject) assert.unreachable(`${one.name} is read, though it is one with ${one.reject}`);
  else CHECKS[one.family]?.(one, result);
}
