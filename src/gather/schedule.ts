import type { Schedule } from "../source.ts";

/** The second run comes after half an interval to a whole one, so that sources, and exporters, don't run all at once. */
const EARLIEST = 0.5;

/**
 * Runs something at once, and then once per interval, from start to start. A run that takes longer than the interval is
 * followed by the next one at once; two never run at a time. Returns what ends the schedule.
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
