import type { Preset } from "../../src/presets/preset.ts";
import { type Seed, seedsByPreset } from "./seeds.ts";

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

/** An output of a preset that can be made as long as wanted in a certain way. */
export type Growing = {
  readonly name: string;
  readonly preset: Preset;
  readonly words: readonly string[];
  /** One character for each byte. */
  readonly grown: (length: number) => string;
};

/** Every way to make so many outputs of each preset longer. */
export function growingOutputs(mostStarts: number): readonly Growing[] {
  return [...seedsByPreset()].flatMap(([preset, seeds]) =>
    startsOf(seeds, mostStarts).flatMap((start) =>
      growths(start).map(([name, grown]) => {
        const begin = JSON.stringify(start.text.slice(0, 40));
        return { name: `${preset.name}, ${begin}, ${name}`, preset, words: start.words, grown };
      }),
    ),
  );
}
