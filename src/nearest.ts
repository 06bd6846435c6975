import leven, { closestMatch } from "leven";
import { quote } from "./text.ts";

/** Length of words for which a similar word is searched. Shorter ones are similar to many words, longer ones aren't typos. */
const LENGTHS = { shortest: 3, longest: 64 };
/** One wrong character is allowed for this number of characters. */
const CHARACTERS_PER_MISTAKE = 3;

/**
 * The known word that `word` most likely stands for: one with the same letters, or with the fewest differences if there are few.
 * Otherwise the only one that begins with it, or ends with it after a dot (`listen-address` for `web.listen-address`). Ignores case.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length < LENGTHS.shortest || word.length > LENGTHS.longest) return undefined;
  const written = word.toLowerCase();
  const folded = known.map((one) => one.toLowerCase());
  const swapped = folded.findIndex((one) => lettersOf(one) === lettersOf(written));
  if (swapped >= 0) return known[swapped];
  const closest = closestMatch(written, folded) ?? "";
  // The limit of closestMatch itself isn't exact.
  const isNear = leven(written, closest) <= Math.ceil(written.length / CHARACTERS_PER_MISTAKE);
  if (closest !== "" && isNear) return known[folded.indexOf(closest)];
  const parts = known.filter((_, i) => folded[i]?.startsWith(written) || folded[i]?.endsWith(`.${written}`));
  return parts.length === 1 ? parts[0] : undefined;
}

function lettersOf(word: string): string {
  return [...word].sort().join("");
}

/** ` (did you mean "timeout"?)`, or nothing if no known word is near. @param show how the word is written. */
export function didYouMean(word: string, known: readonly string[], show: (near: string) => string = quote): string {
  const near = nearest(word, known);
  return near === undefined ? "" : ` (did you mean ${show(near)}?)`;
}

/** The part of a message between an unknown word and what was wanted: `, did you mean "timeout"? Wanted`, or `, wanted`. */
export function orNear(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? ", wanted" : `, did you mean ${quote(near)}? Wanted`;
}
