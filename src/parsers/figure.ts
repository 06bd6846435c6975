import { ParseError, quote } from "../text.ts";

/** How to convert the figures of an output to bytes. */
export type Scale = {
  /** Bytes per unit for figures without a suffix. */
  readonly unit: number;
  /** The base of K, M, G, T, P and E. The base of Ki, Mi, … is always 1024. */
  readonly base: 1000 | 1024;
  /** Whether figures may have a suffix, and a decimal point or comma. */
  readonly human: boolean;
  /** Bytes of K, M, G, … if they aren't powers of `base`. Then no other suffix is accepted. */
  readonly suffixes?: Readonly<Record<string, number>>;
};

const SUFFIXES = "BKMGTPE";
const LARGEST = 2n ** 64n - 1n;

/**
 * A size of at least this many bytes is a negative number that was printed as unsigned: it wrapped around. No machine has 2^63
 * bytes of memory.
 */
export const NO_MEMORY_BYTES = 2 ** 63;

/** A whole number of at most 64 bits; undefined for anything else. Leading zeros don't mean octal. */
export function wholeNumber(word: string): number | undefined {
  if (!/^\d{1,20}$/.test(word)) return undefined;
  return word.length === 20 && BigInt(word) > LARGEST ? undefined : Number(word);
}

/** A decimal number such as `12` or `0.35`; undefined for anything else. */
export function decimalNumber(word: string): number | undefined {
  return /^\d{1,20}(\.\d{1,9})?$/.test(word) ? Number(word) : undefined;
}

/**
 * A size in bytes, rounded to a whole number. Undefined for a negative number, and for one that wrapped around.
 * @param place where the figure stands, for messages: `in column "used"`.
 * @throws ParseError for anything else, such as a word, an exponent, a thousands separator or an unknown suffix.
 */
export function sizeInBytes(word: string, scale: Scale, line: number, place: string): number | undefined {
  const bytes = word.startsWith("-") ? parseSize(word.slice(1), scale) : parseSize(word, scale);
  if (bytes === undefined) throw new ParseError(`found ${quote(word)} ${place}, wanted ${wanted(scale)}`, line);
  return word.startsWith("-") || bytes >= NO_MEMORY_BYTES ? undefined : bytes;
}

function wanted(scale: Scale): string {
  return scale.human ? "a figure with a suffix" : "a whole number";
}

function parseSize(word: string, scale: Scale): number | undefined {
  const whole = wholeNumber(word);
  if (whole !== undefined) return whole * scale.unit;
  if (!scale.human) return undefined;
  const match = /^(\d{1,6})(?:[.,](\d{1,2}))?([BKMGTPE])(iB?)?$/.exec(word);
  if (!match) return undefined;
  const [, integer = "", fraction = "", letter = "", binary] = match;
  if (letter === "B" && binary) return undefined;
  const factor = suffixInBytes(letter, binary !== undefined, scale);
  return factor === undefined ? undefined : Math.round(Number(`${integer}.${fraction || "0"}`) * factor);
}

function suffixInBytes(letter: string, binary: boolean, { base, suffixes }: Scale): number | undefined {
  const power = SUFFIXES.indexOf(letter);
  if (binary || power === 0) return 1024 ** power;
  return suffixes ? suffixes[letter] : base ** power;
}
