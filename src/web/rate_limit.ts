import type { RateLimit } from "../config/web_config.ts";

/** Whether one more request may pass now. The bucket is full at first; a burst of 0 lets nothing through. */
export function createRateLimit({ intervalMs, burst }: RateLimit, now: () => number): () => boolean {
  let tokens = burst;
  let counted = now();
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + (time - counted) / intervalMs);
    counted = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
