import type { Output, Read } from "../../src/source.ts";
import { growingOutputs } from "../../test/fuzz/growth.ts";
import type { Report } from "../report.ts";
import { markdown } from "../table.ts";

/** Characters of the shorter text, and how much longer the other one is. */
const LENGTH = 2 ** 14;
const FACTOR = 8;
/** Quicker than this with the longer text is linear: time that grows faster would show in seconds. */
const QUICK_MS = 40;
/** The clock of a thread may tick as seldom as every 10 ms. */
const MEASURED_MS = 100;
const LEAST_RUNS = 3;
const SLOWEST_ROWS = 10;

type Growth = { readonly name: string; readonly preset: string; readonly factor: number; readonly longMs: number };

/** How the time of each preset's reader grows with its input, of any shape. */
export async function growth(): Promise<Report> {
  const found = growingOutputs(1).map(({ name, preset, words, grown }): Growth => {
    const output = (length: number) => ({ stdout: Buffer.from(grown(length), "latin1"), words });
    const long = output(LENGTH * FACTOR);
    const wall = Math.min(wallMs(preset.read, long), wallMs(preset.read, long));
    if (wall < QUICK_MS) return { name, preset: preset.name, factor: 0, longMs: wall };
    const [before, after] = [cpuMs(preset.read, output(LENGTH)), cpuMs(preset.read, long)];
    return { name, preset: preset.name, factor: after / before, longMs: after };
  });
  const slowest = found.toSorted((a, b) => b.longMs - a.longMs).slice(0, SLOWEST_ROWS);
  return {
    title: "Readers",
    how: `${found.length} outputs of ${LENGTH * FACTOR} characters; what takes less than ${QUICK_MS} ms isn't compared with ${LENGTH} characters.`,
    table: markdown(
      ["slowest", "ms", `time for ${FACTOR} x the text`],
      slowest.map(({ name, longMs, factor }) => [name, longMs.toFixed(1), factor === 0 ? "" : `${factor.toFixed(1)}x`]),
    ),
    aims: [
      {
        what: `reader: ${FACTOR} x the text`,
        bound: 10,
        value: Math.max(...found.map(({ factor }) => factor)),
        unit: "x",
      },
    ],
  };
}

/** Milliseconds that a reader takes for an output, whatever it says of it. */
function wallMs(read: Read, output: Output): number {
  const began = performance.now();
  try {
    read(output);
  } catch {
    // A refusal takes time as well.
  }
  return performance.now() - began;
}

/** The same by the time of this thread, the mean of as many runs as it takes to measure it. */
function cpuMs(read: Read, output: Output): number {
  const began = process.threadCpuUsage();
  let used = 0;
  let runs = 0;
  while (used < MEASURED_MS || runs < LEAST_RUNS) {
    wallMs(read, output);
    const { user, system } = process.threadCpuUsage(began);
    used = (user + system) / 1000;
    runs += 1;
  }
  return used / runs;
}
