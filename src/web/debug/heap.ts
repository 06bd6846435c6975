import type { HeapProfiler, Runtime } from "node:inspector";
import type { Sampled, Sampling, Unit } from "./pprof.ts";

/** How it was sampled. */
export type HeapSampling = {
  /** `["inuse_space", "bytes"]` where what was freed is left out, `["alloc_space", "bytes"]` where it isn't. */
  readonly unit: Unit;
  readonly intervalBytes: number;
  /** Since the epoch. */
  readonly beganMs: number;
  readonly durationMs: number;
};

/** What V8's sampling heap profiler found: bytes by the stack that allocated them, scaled up from the sample to all. */
export function readHeapProfile({ head }: HeapProfiler.SamplingHeapProfile, sampling: HeapSampling): Sampling {
  const { unit, intervalBytes, beganMs, durationMs } = sampling;
  const period = { unit: ["space", "bytes"], value: intervalBytes } as const;
  // The head is V8's frame around all others.
  const samples = head.children.flatMap((child) => samplesBelow(child, []));
  return { units: [unit], samples, period, beganMs, durationMs };
}

function samplesBelow(node: HeapProfiler.SamplingHeapProfileNode, outer: readonly Runtime.CallFrame[]): Sampled[] {
  const stack = [node.callFrame, ...outer];
  const own = node.selfSize > 0 ? [{ stack, values: [Math.round(node.selfSize)] }] : [];
  return [...own, ...node.children.flatMap((child) => samplesBelow(child, stack))];
}
