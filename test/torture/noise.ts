import { spawn } from "node:child_process";
import { once } from "node:events";

const NOISE_MS = 100;

/**
 * Measures what a busy machine adds to a wait: starts a program that sleeps, time and again. What comes out in the end is by
 * how many milliseconds the latest of them was late.
 */
export function measureNoise(): () => Promise<number> {
  let ended = false;
  const measuring = (async () => {
    let worstMs = 0;
    while (!ended) {
      const began = performance.now();
      await once(spawn("sleep", [String(NOISE_MS / 1000)], { stdio: "ignore" }), "exit");
      worstMs = Math.max(worstMs, performance.now() - began - NOISE_MS);
    }
    return worstMs;
  })();
  return () => {
    ended = true;
    return measuring;
  };
}
