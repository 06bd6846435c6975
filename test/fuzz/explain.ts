import type { Labels } from "../../src/metric.ts";

/** A sample, its family, and what the preset's table says that it comes from; empty for a metric that isn't in it. */
export type FoundSample = {
  readonly name: string;
  readonly from: string;
  readonly labels: Labels;
  readonly value: number;
};

/** An output, and all that a preset made of it. */
export type Seen = {
  /** Decoded, without spaces at the ends of lines. */
  readonly lines: readonly string[];
  readonly words: readonly string[];
  readonly samples: readonly FoundSample[];
};

/**
 * The values that the text can explain for a sample: figures that are printed where the sample says that it comes from, in
 * the units that they can have there. Found by other means than the preset's, and wider where the preset is strict:
 * a sample with another value is one that isn't in the text.
 */
export type Explain = (seen: Seen) => (sample: FoundSample) => readonly number[];

const NO_MEMORY = 2 ** 63;

/** The value of a word that is a whole number and nothing else, in a unit; none if it is no size of memory. */
export function plain(word: string | undefined, unit: number): number[] {
  if (word === undefined || !/^\d{1,20}$/.test(word)) return [];
  const value = Number(word) * unit;
  return value < NO_MEMORY ? [value] : [];
}

/** The value of a word that is a count. */
export function count(word: string | undefined): number[] {
  return word !== undefined && /^\d{1,20}$/.test(word) && BigInt(word) < 2n ** 64n ? [Number(word)] : [];
}

const LETTERS = "BKMGTPE";

/** The values of a word that is a figure with a suffix: letters count in powers of 1024, or in what is given for them. */
export function suffixed(word: string | undefined, others: (power: number) => readonly number[] = () => []): number[] {
  const [, figure = "", letter = "", binary] = /^(\d{1,6}(?:[.,]\d{1,2})?)([BKMGTPE])(iB?)?$/.exec(word ?? "") ?? [];
  if (letter === "" || (letter === "B" && binary)) return [];
  const power = LETTERS.indexOf(letter);
  const factors = [1024 ** power, ...(binary || power === 0 ? [] : others(power))];
  return factors.map((factor) => Math.round(Number(figure.replace(",", ".")) * factor));
}

/** The words of a line. */
export function wordsOf(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== "");
}

/** Words of a table's rows that begin or end where the heading of a column does. */
export function wordsBelow(head: string, line: string, column: string): string[] {
  if (column === "") return [];
  const isPlace = (text: string, word: string, at: number) =>
    !/\S/.test(text.charAt(at - 1)) && !/\S/.test(text.charAt(at + word.length));
  const starts = [...placesOf(head, column)].filter((at) => isPlace(head, column, at));
  const found: string[] = [];
  for (const match of line.matchAll(/\S+/g)) {
    const ends = match.index + match[0].length;
    if (starts.some((start) => match.index === start || ends === start + column.length)) found.push(match[0]);
  }
  return found;
}

function* placesOf(text: string, part: string): Generator<number> {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) yield at;
}
