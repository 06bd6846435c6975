import { type CpuSampling, readCpuProfile } from "./cpu.ts";
import { type HeapSampling, readHeapProfile } from "./heap.ts";
import { sample } from "./inspector.ts";
import { encodeProfile } from "./pprof.ts";

/** A kind of profile, with default and maximum of its `seconds`. */
export type Profile = {
  readonly name: string;
  readonly about: string;
  readonly defaultSeconds: number;
  readonly maxSeconds: number;
  /** Takes one and encodes it. Ends early when `gone` is aborted. */
  readonly take: (seconds: number, gone: AbortSignal) => Promise<Uint8Array>;
};

/** V8's default interval. Shorter ones give the same result in a profile of seconds, at a higher cost. */
const PROFILE_MICROS = 1000;
const TRACE_MICROS = 100;
/** Go's default of 512 KiB is too large here, since a scrape allocates some hundred KiB. */
const HEAP_BYTES = 4096;

/** All kinds of profiles. */
export const PROFILES: readonly Profile[] = [
  {
    name: "profile",
    about: "CPU time by function",
    defaultSeconds: 30,
    maxSeconds: 60,
    take: (seconds, gone) => takeCpu(seconds, gone, { intervalMicros: PROFILE_MICROS, timed: false }),
  },
  {
    name: "heap",
    about: "memory allocated in this time and still in use at its end",
    defaultSeconds: 5,
    maxSeconds: 60,
    take: (seconds, gone) => takeHeap(seconds, gone, ["inuse_space", "bytes"]),
  },
  {
    name: "allocs",
    about: "memory allocated in this time, in use or not",
    defaultSeconds: 5,
    maxSeconds: 60,
    take: (seconds, gone) => takeHeap(seconds, gone, ["alloc_space", "bytes"]),
  },
  {
    name: "trace",
    about: "CPU time at ten times the resolution, with the time of each sample",
    defaultSeconds: 1,
    maxSeconds: 10,
    take: (seconds, gone) => takeCpu(seconds, gone, { intervalMicros: TRACE_MICROS, timed: true }),
  },
];

async function takeCpu(
  seconds: number,
  gone: AbortSignal,
  sampling: Omit<CpuSampling, "beganMs">,
): Promise<Uint8Array> {
  const beganMs = Date.now();
  const { profile } = await sample(
    { milliseconds: seconds * 1000, gone },
    async (session) => {
      await session.post("Profiler.enable");
      await session.post("Profiler.setSamplingInterval", { interval: sampling.intervalMicros });
      await session.post("Profiler.start");
    },
    (session) => session.post("Profiler.stop"),
  );
  return encodeProfile(readCpuProfile(profile, { ...sampling, beganMs }));
}

async function takeHeap(seconds: number, gone: AbortSignal, unit: HeapSampling["unit"]): Promise<Uint8Array> {
  const beganMs = Date.now();
  const all = unit[0] === "alloc_space";
  const { profile } = await sample(
    { milliseconds: seconds * 1000, gone },
    (session) =>
      session.post("HeapProfiler.startSampling", {
        samplingInterval: HEAP_BYTES,
        includeObjectsCollectedByMajorGC: all,
        includeObjectsCollectedByMinorGC: all,
      }),
    (session) => session.post("HeapProfiler.stopSampling"),
  );
  const durationMs = Date.now() - beganMs;
  return encodeProfile(readHeapProfile(profile, { unit, intervalBytes: HEAP_BYTES, beganMs, durationMs }));
}
