import { closestMatch } from "leven";
import { quote } from "./text.ts";

/** Words for which a near one is looked for: of shorter ones any is near, longer ones are no slip of the keys. */
const LENGTHS = { shortest: 3, longest: 40 };

/** The known word that somebody most likely meant by `word`; undefined if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length < LENGTHS.shortest || word.length > LENGTHS.longest) return undefined;
  const maxDistance = Math.floor(word.length / 3);
  return closestMatch(word.toLowerCase(), known, { maxDistance });
}

/** `, did you mean "timeout"?`, or nothing if no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? "" : `, did you mean ${quote(near)}?`;
}
