import { ParseError, quote } from "../text.ts";
import { commandOf, writtenLine } from "./words.ts";

/** The words of a command line. Shell lines are split, and programs are named without their directory. */
export function bareWords(words: readonly string[]): Set<string> {
  const bare = words.flatMap((word) => word.split(/[\s;|&(),'"]+/));
  return new Set(bare.map((word) => word.slice(word.lastIndexOf("/") + 1)));
}

/**
 * Checks that the output has everything that the command line asks for by name. An output that is cut between two lines would
 * look complete otherwise.
 * @throws ParseError for the first of `known` that is asked for and missing
 */
export function requireAsked(
  words: readonly string[],
  known: Iterable<string>,
  isPrinted: (name: string) => boolean,
): void {
  const asked = bareWords(words);
  for (const name of known) {
    if (asked.has(name) && !isPrinted(name))
      throw new ParseError(`found no ${quote(name)}, which the command line asks for`);
  }
}

/** Like `requireAsked`, for names of sysctl(8), which ignores unknown names with `-i`. */
export function requireAskedOfSysctl(
  words: readonly string[],
  known: Iterable<string>,
  isPrinted: (name: string) => boolean,
): void {
  if (![...bareWords(words)].some((word) => /^-[a-zA-Z]*i/.test(word))) requireAsked(words, known, isPrinted);
}

/**
 * Checks a line that certainly runs a program: whether its options give what is read here.
 * @param isAsked decides by the options of the program
 * @throws ParseError
 */
export function requireOptions(
  line: readonly string[],
  program: string,
  isAsked: (options: readonly string[]) => boolean,
  wanted: string,
): void {
  const command = commandOf(line);
  if (command.program === program && !isAsked(command.words.slice(1)))
    throw new ParseError(`found ${quote(writtenLine(line))}, wanted ${wanted}`);
}

/** The same for sysctl(8), which can print values alone. @throws ParseError */
export function requireNames(line: readonly string[]): void {
  const isNamed = (options: readonly string[]) => !options.some((word) => /^-[a-zA-Z]*[nNbod]/.test(word));
  requireOptions(line, "sysctl", isNamed, "names and values of sysctl, without -n");
}
