import type { Schedule } from "../source.ts";

/** The second run starts after half an interval to a whole one, at random, so that sources and exporters don't run at the same time. */
const EARLIEST = 0.5;

/**
 * Calls a function at once, and then once per interval, from start to start. After a run that takes longer than the interval, the
 * next one starts at once. Runs never overlap. Returns a function that ends the schedule.
 */
export function startSchedule({ intervalMs }: Schedule, run: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const next = async (dueMs: number) => {
    await run();
    if (ended) return;
    const now = performance.now();
    timer = setTimeout(next, Math.max(0, dueMs - now), Math.max(now, dueMs) + intervalMs);
  };
  const jitter = EARLIEST + (1 - EARLIEST) * Math.random();
  void next(performance.now() + jitter * intervalMs);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
