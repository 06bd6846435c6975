import { type Attempt, type Source, wordsOf } from "../source.ts";

const HIDDEN = "…";

/**
 * What people may see of an attempt. Of a command line that a user gave only the program and the names of options are
 * shown: any other word may be a secret, and which one is can't be told.
 */
export function shownWords(attempt: Attempt, { showsWords }: Pick<Source, "showsWords">): readonly string[] {
  if ("files" in attempt) return attempt.words ?? wordsOf(attempt);
  return showsWords ? attempt.argv : attempt.argv.map((word, index) => (index === 0 ? word : shownOption(word)));
}

/** `--token=x` is `--token=…`, `-px` is `-p…`, and a word that is no option is `…`. */
function shownOption(word: string): string {
  const [name = "", value] = /^--[\w.-]+(?==)|^--[\w.-]+$|^-\w/.exec(word) ?? [];
  if (name === "") return HIDDEN;
  if (name === word) return word;
  return value === undefined && name.startsWith("--") ? `${name}=${HIDDEN}` : `${name}${HIDDEN}`;
}

/** Characters of a command line that a line of the log shows. */
const BRIEF_LENGTH = 100;

/** Words as a line of the log shows them: of a script, which some presets have, its beginning. */
export function brief(words: readonly string[]): string {
  const line = words.join(" ").replace(/\s+/g, " ");
  return line.length > BRIEF_LENGTH ? `${line.slice(0, BRIEF_LENGTH).toWellFormed()}…` : line;
}
