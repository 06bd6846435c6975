import { type Attempt, type Files, type Source, wordsOf } from "../source.ts";

const HIDDEN = "…";

/**
 * The words of an attempt that may be shown. Of a user's command line these are only the program and the names of options, since
 * any other word may be a secret.
 */
export function shownWords(attempt: Attempt, { showsWords }: Pick<Source, "showsWords">): readonly string[] {
  if ("files" in attempt) return attempt.words ?? (attempt.apart ? pathsOf(attempt) : wordsOf(attempt));
  return showsWords ? attempt.argv : attempt.argv.map((word, index) => (index === 0 ? word : shownOption(word)));
}

function pathsOf({ files }: Files): readonly string[] {
  return typeof files === "function" ? [] : files;
}

/** `--token=x` becomes `--token=…`, `-px` becomes `-p…`, and other words become `…`. */
function shownOption(word: string): string {
  const [name = "", value] = /^--[\w.-]+(?==)|^--[\w.-]+$|^-\w/.exec(word) ?? [];
  if (name === "") return HIDDEN;
  if (name === word) return word;
  return value === undefined && name.startsWith("--") ? `${name}=${HIDDEN}` : `${name}${HIDDEN}`;
}

/** Maximum length of a command line in the log. */
const BRIEF_LENGTH = 100;

/** A command line for the log. Long ones, such as scripts of presets, are shortened. */
export function brief(words: readonly string[]): string {
  const line = words.join(" ").replace(/\s+/g, " ");
  return line.length > BRIEF_LENGTH ? `${line.slice(0, BRIEF_LENGTH).toWellFormed()}…` : line;
}
