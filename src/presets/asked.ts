import { ParseError, quote } from "../text.ts";

/** The words of a command line; one that is a whole line for a shell is taken apart, and programs lose their folder. */
export function bareWords(words: readonly string[]): Set<string> {
  const bare = words.flatMap((word) => word.split(/[\s;|&(),'"]+/));
  return new Set(bare.map((word) => word.slice(word.lastIndexOf("/") + 1)));
}

/**
 * Holds that what the command line asks for by name came out: an output that was cut between two lines looks whole otherwise.
 * @throws ParseError for the first of `known` that is among the words and didn't come out.
 */
export function requireAsked(
  words: readonly string[],
  known: Iterable<string>,
  cameOut: (name: string) => boolean,
): void {
  const asked = bareWords(words);
  for (const name of known) {
    if (asked.has(name) && !cameOut(name))
      throw new ParseError(`found no ${quote(name)}, which the command line asks for`);
  }
}

/** As `requireAsked`, for names of sysctl(8). With `-i` it leaves unknown names out without a word. */
export function requireAskedOfSysctl(
  words: readonly string[],
  known: Iterable<string>,
  cameOut: (name: string) => boolean,
): void {
  if (![...bareWords(words)].some((word) => /^-[a-zA-Z]*i/.test(word))) requireAsked(words, known, cameOut);
}
