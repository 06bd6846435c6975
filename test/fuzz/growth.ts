import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { Output, Read } from "../../src/source.ts";
import { type Seed, seedsByPreset } from "./seeds.ts";

/** Characters of the shorter text, and how much longer the other one is. */
export const LENGTH = 2 ** 14;
export const FACTOR = 8;
/** The most that the time may grow by then. */
export const MOST_GROWTH = 10;
/** Others that use the machine's caches slow down the longer text more, for a while. */
const ATTEMPTS = 12;
/** Quicker than this with the longer text is linear: time that grows faster would show in seconds. */
const QUICK_MS = 40;
const LOOKS = 3;
const TOO_LONG_MS = 250;
/** The clock of a thread may tick as seldom as every 10 ms. */
const MEASURED_MS = 100;
const LEAST_RUNS = 3;

/** What a text is made long with. */
const SHAPES: Readonly<Record<string, string>> = {
  letters: "a",
  digits: "1",
  spaces: " ",
  tabs: "\t",
  returns: "\r",
  "zero bytes": "\0",
  colons: ":",
  quotes: '"',
  backslashes: "\\",
  "escaped quotes": '\\"',
  braces: "{",
  brackets: "[",
  points: ".",
  slashes: "/",
  dashes: "-",
  "equals signs": "=",
  "words of a letter": "a ",
  "figures of a digit": "1 ",
  "figures with a suffix": "1.5Gi ",
  "letters and colons": "a: ",
  "pairs of a name": "a=1 ",
  "members of an object": '"a":1,',
  colours: "\x1b[0m",
  "colours and words": "\x1b[0m a ",
  "octal escapes": "\\040",
  "no-break spaces": "\xc2\xa0",
  "broken UTF-8": "\xc3",
  "empty lines": "\n",
  "lines of a digit": "1\n",
  "lines of a name": "a 1\n",
};

/** A filler of so many characters. */
function fill(shape: string, length: number): string {
  return shape.repeat(Math.ceil(length / shape.length)).slice(0, length);
}

/** Ways to put a long filler into an output. */
const PLACES: Readonly<Record<string, (text: string, filler: string) => string>> = {
  alone: (_, filler) => filler,
  "at the end of the first line": (text, filler) => text.replace("\n", `${filler}\n`),
  "in the first space of the last line": (text, filler) => {
    const start = text.trimEnd().lastIndexOf("\n") + 1;
    return text.slice(0, start) + text.slice(start).replace(/[ \t:=]/, (blank) => `${blank}${filler}`);
  },
  "in the first figure of the last line": (text, filler) => {
    const start = text.trimEnd().lastIndexOf("\n") + 1;
    return text.slice(0, start) + text.slice(start).replace(/\d/, (digit) => `${digit}${filler}`);
  },
  "as a line behind": (text, filler) => `${text}${filler}\n`,
};

/** Outputs that are long by themselves: a line again and again, with another name each time where it has one. */
function manyLines(text: string, length: number): string {
  const lines = text.trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  const count = Math.ceil(length / (last.length + 8));
  const more = Array.from({ length: count }, (_, i) => last.replace(/[A-Za-z]+/, (name) => `${name}x${i}`));
  return `${[...lines, ...more].join("\n")}\n`;
}

/** A few outputs of a preset that differ in what begins them, so that each of its parsers gets its share. */
function startsOf(seeds: readonly Seed[], most: number): readonly Seed[] {
  const kinds = Map.groupBy(seeds, ({ words, text }) => `${words.includes("-L")} ${/^\s*[^\s\d:=]*/.exec(text)?.[0]}`);
  const chosen = [...kinds.values()].flatMap(([seed]) => seed ?? []);
  return chosen.filter(({ text }) => text.trim() !== "").slice(0, most);
}

/** Every way to make an output as long as wanted. */
function growths({ text }: Seed): readonly (readonly [name: string, grown: (length: number) => string])[] {
  const filled = Object.entries(SHAPES).flatMap(([shape, piece]) =>
    Object.entries(PLACES).map(([place, put]) => {
      return [`${shape} ${place}`, (length: number) => put(text, fill(piece, length))] as const;
    }),
  );
  const reports = (length: number) => text.repeat(Math.ceil(length / text.length));
  return [["many lines", (length) => manyLines(text, length)], ["many reports", reports], ...filled];
}

/** What grows faster than its input: nothing, or how it does. */
export function growthOf(read: Read, words: readonly string[], grown: (length: number) => string): string | undefined {
  const output = (length: number) => ({ stdout: Buffer.from(grown(length), "latin1"), words });
  const [short, long] = [output(LENGTH), output(LENGTH * FACTOR)];
  const first = wallMs(read, short);
  if (first > TOO_LONG_MS) return `${first.toFixed(0)} ms for ${LENGTH} characters`;
  for (let look = 0; look < LOOKS; look += 1) if (wallMs(read, long) < QUICK_MS) return undefined;
  for (let attempt = 1; ; attempt += 1) {
    const before = cpuMs(read, short);
    const after = cpuMs(read, long);
    if (after <= before * MOST_GROWTH) return undefined;
    if (attempt === ATTEMPTS) return `${before.toFixed(1)} ms become ${after.toFixed(1)} ms`;
  }
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

/**
 * The same by the time of this thread, the mean of as many runs as it takes to measure it: what takes longer by the
 * clock is interrupted more often by other work of the machine.
 */
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

/** All that grows too fast, of so many outputs of each preset. */
function work(mostStarts: number): string[] {
  const faults: string[] = [];
  for (const [preset, seeds] of seedsByPreset()) {
    for (const start of startsOf(seeds, mostStarts)) {
      for (const [name, grown] of growths(start)) {
        const fault = growthOf(preset.read, start.words, grown);
        if (fault) faults.push(`${preset.name}, ${JSON.stringify(start.text.slice(0, 40))}, ${name}: ${fault}`);
      }
    }
  }
  return faults;
}

if (!isMainThread) parentPort?.postMessage(work(Number(workerData)));
