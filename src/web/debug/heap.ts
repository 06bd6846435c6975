import type { HeapProfiler, Runtime } from "node:inspector";
import type { Sampled, Sampling, Unit } from "./pprof.ts";

/** How it was sampled. */
export type HeapSampling = {
  /** `["inuse_space", "bytes"]` without freed memory, `["alloc_space", "bytes"]` with it. */
  readonly unit: Unit;
  readonly intervalBytes: number;
  /** Since the epoch. */
  readonly beganMs: number;
  readonly durationMs: number;
};

/** Converts a profile of V8's sampling heap profiler: bytes by allocating stack, extrapolated from the samples. */
export function readHeapProfile({ head }: HeapProfiler.SamplingHeapProfile, sampling: HeapSampling): Sampling {
  const { unit, intervalBytes, beganMs, durationMs } = sampling;
  const period = { unit: ["space", "bytes"], value: intervalBytes } as const;
  // The head is the outermost frame of V8.
  const samples = head.children.flatMap((child) => samplesBelow(child, []));
  return { units: [unit], samples, period, beganMs, durationMs };
}

function samplesBelow(node: HeapProfiler.SamplingHeapProfileNode, outer: readonly Runtime.CallFrame[]): Sampled[] {
  const stack = [node.callFrame, ...outer];
  const own = node.selfSize > 0 ? [{ stack, values: [Math.round(node.selfSize)] }] : [];
  return [...own, ...node.children.flatMap((child) => samplesBelow(child, stack))];
}
