import type { Random } from "../random.ts";
import { FIGURES, PIECES } from "./pieces.ts";

/** Changes a text, one character for each byte, at a place of its own choice. `other` is a text to take parts from. */
type Mutator = (text: string, random: Random, other: string) => string;

/** A place in a text, its end included. */
const place = (text: string, random: Random) => random.below(text.length + 1);

/** Where the line around a place begins, and where the next one does. */
function lineAround(text: string, at: number): readonly [number, number] {
  const start = at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return [start, end < 0 ? text.length : end + 1];
}

const someLine = (text: string, random: Random) => lineAround(text, random.below(Math.max(1, text.length)));

const SPACE = /\s/;
const isSpace = (char: string | undefined) => char === undefined || SPACE.test(char);

/** Where a word begins and ends: the one at or after a place, empty at the end of the text. */
function someWord(text: string, random: Random): readonly [number, number] {
  let start = random.below(Math.max(1, text.length));
  while (start < text.length && isSpace(text[start])) start += 1;
  while (start > 0 && !isSpace(text[start - 1])) start -= 1;
  let end = start;
  while (end < text.length && !isSpace(text[end])) end += 1;
  return [start, end];
}

const replaced = (text: string, start: number, end: number, by: string) => text.slice(0, start) + by + text.slice(end);
const inserted = (text: string, at: number, piece: string) => replaced(text, at, at, piece);

/** The text with a part of it and a part behind it in each other's place. */
function swapped(text: string, one: readonly [number, number], two: readonly [number, number]): string {
  const [[a, b], [c, d]] = one[0] <= two[0] ? [one, two] : [two, one];
  return b > c ? text : text.slice(0, a) + text.slice(c, d) + text.slice(b, c) + text.slice(a, b) + text.slice(d);
}

function changedDigit(text: string, random: Random, _other: string): string {
  const from = place(text, random);
  for (let i = 0; i < text.length; i += 1) {
    const at = (from + i) % text.length;
    if (/\d/.test(text[at] ?? "")) return replaced(text, at, at + 1, String(random.below(10)));
  }
  return text;
}

/** Lines of two texts in turns. */
function interleaved(text: string, _random: Random, other: string): string {
  const [ours, others] = [text.split("\n"), other.split("\n")];
  return ours.flatMap((line, i) => (others[i] === undefined ? [line] : [line, others[i]])).join("\n");
}

/** Every way of damage, by name. */
export const MUTATORS: Readonly<Record<string, Mutator>> = {
  cut: (text, random) => text.slice(0, place(text, random)),
  "cut front": (text, random) => text.slice(place(text, random)),
  "cut out": (text, random) => replaced(text, ...inOrder(place(text, random), place(text, random)), ""),
  splice: (text, random, other) => text.slice(0, place(text, random)) + other.slice(place(other, random)),
  "splice lines": (text, random, other) =>
    text.slice(0, someLine(text, random)[0]) + other.slice(someLine(other, random)[0]),
  "add a line of another": (text, random, other) =>
    inserted(text, someLine(text, random)[0], other.slice(...someLine(other, random))),
  append: (text, _random, other) => text + other,
  interleave: interleaved,
  "double a line": (text, random) => {
    const [start, end] = someLine(text, random);
    return inserted(text, end, text.slice(start, end));
  },
  "drop a line": (text, random) => replaced(text, ...someLine(text, random), ""),
  "swap lines": (text, random) => swapped(text, someLine(text, random), someLine(text, random)),
  "move a line": (text, random) => {
    const [start, end] = someLine(text, random);
    const rest = replaced(text, start, end, "");
    return inserted(rest, someLine(rest, random)[0], text.slice(start, end));
  },
  "double a word": (text, random) => {
    const [start, end] = someWord(text, random);
    return inserted(text, end, ` ${text.slice(start, end)}`);
  },
  "drop a word": (text, random) => replaced(text, ...someWord(text, random), ""),
  "swap words": (text, random) => swapped(text, someWord(text, random), someWord(text, random)),
  "put a figure in place of a word": (text, random) => replaced(text, ...someWord(text, random), random.oneOf(FIGURES)),
  "put a figure in place, set in its column": (text, random) => {
    const [start, end] = someWord(text, random);
    const figure = random.oneOf(FIGURES);
    const room = /^ *$/.exec(text.slice(Math.max(0, end - figure.length), start)) ? end - figure.length : start;
    return replaced(text, Math.max(0, room), end, figure.padStart(end - room));
  },
  "double a byte": (text, random) => {
    const at = place(text, random);
    return inserted(text, at, text.charAt(at));
  },
  "drop a byte": (text, random) => {
    const at = place(text, random);
    return replaced(text, at, at + 1, "");
  },
  "swap bytes": (text, random) => {
    const at = place(text, random);
    return replaced(text, at, at + 2, text.charAt(at + 1) + text.charAt(at));
  },
  "change a byte": (text, random) => {
    const at = place(text, random);
    return replaced(text, at, at + 1, String.fromCharCode(random.below(256)));
  },
  "change a digit": changedDigit,
  insert: (text, random) => inserted(text, place(text, random), random.oneOf(PIECES)),
  "insert at a line": (text, random) => inserted(text, someLine(text, random)[0], random.oneOf(PIECES)),
  "insert at a word": (text, random) => {
    const [start, end] = someWord(text, random);
    return inserted(text, random.oneOf([start, end]), random.oneOf(PIECES));
  },
  "change the case of a word": (text, random) => {
    const [start, end] = someWord(text, random);
    const word = text.slice(start, end);
    return replaced(text, start, end, random.below(2) === 0 ? word.toUpperCase() : word.toLowerCase());
  },
  "repeat it all": (text, random) => text.repeat(2 + random.below(3)),
  "repeat a block": (text, random) => {
    const [start, end] = inOrder(place(text, random), place(text, random));
    return text.slice(0, end) + text.slice(start, end).repeat(1 + random.below(4)) + text.slice(end);
  },
  "join lines": (text, random) => {
    const [, end] = someLine(text, random);
    return replaced(text, end - 1, end, random.oneOf(["", " ", "\t"]));
  },
  "change all line ends": (text, random) =>
    text.replaceAll("\n", random.oneOf(["\r\n", "\r", "\n\n", " \n", "\r\r\n"])),
  "change all blanks": (text, random) => text.replaceAll(" ", random.oneOf(["\t", "  ", "\xc2\xa0", "."])),
};

function inOrder(a: number, b: number): readonly [number, number] {
  return a < b ? [a, b] : [b, a];
}

const ALL = Object.values(MUTATORS);
const MOST_CHARACTERS = 20_000;

/** A text after some damage: mostly once, seldom often. */
export function mutate(text: string, random: Random, other: string): string {
  let mutated = text;
  do {
    mutated = random.oneOf(ALL)(mutated, random, other).slice(0, MOST_CHARACTERS);
  } while (random.below(5) < 2);
  return mutated;
}
