import type { Profiler, Runtime } from "node:inspector";
import type { Sampled, Sampling, Unit } from "./pprof.ts";

const CPU: Unit = ["cpu", "nanoseconds"];

/** V8's names of the outermost frame and of idle time. */
const ROOT = "(root)";
const IDLE = "(idle)";

/** How it was sampled. */
export type CpuSampling = {
  readonly intervalMicros: number;
  /** Whether samples keep their time. Otherwise those of the same stack are added up. */
  readonly timed: boolean;
  /** Since the epoch. */
  readonly beganMs: number;
};

/**
 * Converts a profile of V8, without idle time. A sample counts for the time until the next one. The time before the first sample
 * is left out, since V8 spends it on starting the profiler.
 */
export function readCpuProfile(profile: Profiler.Profile, { intervalMicros, timed, beganMs }: CpuSampling): Sampling {
  const stacks = stacksOf(profile.nodes);
  const busy = stretchesOf(profile).filter(({ node }) => isBusy(stacks.get(node)));
  const samples = (timed ? busy : sumsOf(busy)).map(
    ({ node, count, micros, atMicros }): Sampled => ({
      stack: stacks.get(node) ?? [],
      values: [count, micros * 1000],
      ...(timed && { timeNanos: atMicros * 1000 }),
    }),
  );
  const durationMs = (profile.endTime - profile.startTime) / 1000;
  const period = { unit: CPU, value: intervalMicros * 1000 };
  return { units: [["samples", "count"], CPU], samples, period, beganMs, durationMs };
}

function isBusy(stack: readonly Runtime.CallFrame[] = []): boolean {
  return stack.length > 0 && stack[0]?.functionName !== IDLE;
}

/** The stack of each node by its id, innermost first. */
function stacksOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, readonly Runtime.CallFrame[]> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const stackOf = (id: number | undefined): readonly Runtime.CallFrame[] => {
    const stack: Runtime.CallFrame[] = [];
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame && frame.functionName !== ROOT) stack.push(frame);
    }
    return stack;
  };
  return new Map(nodes.map((node) => [node.id, stackOf(node.id)]));
}

/** Consecutive samples of the same node. */
type Stretch = { readonly node: number; readonly count: number; readonly micros: number; readonly atMicros: number };

function stretchesOf({ samples = [], timeDeltas = [], startTime, endTime }: Profiler.Profile): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let atMicros = 0;
  for (const [index, node] of samples.entries()) {
    atMicros += timeDeltas[index] ?? 0;
    const micros = Math.max(0, timeDeltas[index + 1] ?? endTime - startTime - atMicros);
    const last = stretches.at(-1);
    if (last?.node === node)
      stretches[stretches.length - 1] = { ...last, count: last.count + 1, micros: last.micros + micros };
    else stretches.push({ node, count: 1, micros, atMicros });
  }
  return stretches;
}

function sumsOf(stretches: readonly Stretch[]): readonly Stretch[] {
  const sums = new Map<number, Stretch>();
  for (const one of stretches) {
    const sum = sums.get(one.node);
    sums.set(one.node, sum ? { ...sum, count: sum.count + one.count, micros: sum.micros + one.micros } : one);
  }
  return [...sums.values()];
}
