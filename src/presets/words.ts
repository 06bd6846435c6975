import { basename, passes, WRAPPERS } from "./wrappers.ts";

/** A command as it is seen through what starts it. */
export type Command = {
  /** Last part of the program's path, without `.exe`: `free`. */
  readonly program: string;
  /** The command's own words, `program` first. */
  readonly words: readonly string[];
  /** Names of what it is started through, outermost first: `["sudo", "busybox"]`. */
  readonly through: readonly string[];
};

/**
 * The program that a command line runs in the end: through paths, assignments, `env`, `sudo`, `nice`, `timeout`, `sh -c`,
 * `busybox`, `docker exec`, `ssh` and the like (see wrappers.ts). Undefined where that isn't certain: no program, an
 * option that is not known, a wrapper that only prints something of its own.
 * @param words argv, or what {@link shellWords} gave.
 */
export function programOf(words: readonly string[]): Command | undefined {
  return throughWrappers(words, []);
}

function throughWrappers(words: readonly string[], through: readonly string[]): Command | undefined {
  const start = words.findIndex((word) => !isAssignment(word));
  const path = words[start];
  if (path === undefined || path === "" || path.startsWith("-")) return undefined;
  const program = basename(path);
  const rest = words.slice(start + 1);
  const unwrap = WRAPPERS.get(program);
  if (unwrap === undefined) return { program, words: [program, ...rest], through };
  const inner = unwrap(rest);
  if (inner === undefined) return undefined;
  return throughWrappers(typeof inner === "string" ? shellWords(inner) : inner, [...through, program]);
}

/** A word of a shell line. An open one may stand for any number of words: it has an expansion outside of quotes. */
type Word = { readonly text: string; readonly open: boolean };

/** Its words, and whether what it prints goes into the next one. */
type Simple = { readonly words: readonly Word[]; readonly piped: boolean };

/** Commands that print nothing of a report: a list may hold them beside the one command that it is about. */
const ASIDES = new Set(
  ": [ cd clear echo exit export false hash printf pwd readonly set shopt sleep test trap true type ulimit umask unset wait which".split(
    " ",
  ),
);
const KEYWORDS = new Set(
  "if then elif else fi for while until do done case esac select function coproc [[ eval . source".split(" "),
);

/**
 * The words of the command that a line for `/bin/sh -c` is about, without quotes and redirections: of a pipeline the
 * first command, if all others pass on what they read (`grep`, `tee` …); of a list the one that isn't a `cd`, `export`
 * or the like. None where that isn't certain: two commands, a loop, a substitution, words from a variable.
 */
export function shellWords(line: string): string[] {
  const commands = simpleCommands(line);
  if (commands === undefined) return [];
  const subjects: (readonly Word[])[] = [];
  let piped = false;
  for (const command of commands) {
    const words = command.words.filter(
      (word, i) => i > 0 || (word.text !== "!" && word.text !== "{" && word.text !== "}"),
    );
    const name = words.find((word) => !isAssignment(word.text))?.text;
    if (name !== undefined && KEYWORDS.has(name)) return [];
    if (piped) {
      if (name === undefined || !passes(basename(name))) return [];
    } else if (name !== undefined && (command.piped || !ASIDES.has(basename(name)))) {
      subjects.push(words);
    }
    piped = command.piped;
  }
  const [subject, ...others] = subjects;
  if (subject === undefined || others.length > 0) return [];
  if (subject.some((word) => word.open && !isAssignment(word.text))) return [];
  return subject.map((word) => word.text);
}

function isAssignment(word: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(word);
}

const BLANK = /(?:[^\S\n]|\\\r?\n)+|#[^\n]*/y;
const REDIRECTION = /(?:\d*|&)(?:>>|>\||>&|<>|<&|[<>])/y;
const OPERATOR = /\|\||&&|\|&|[|;&\n()]/y;

/** The simple commands of a line in order, or undefined for a line with parts that are beyond this reader. */
function simpleCommands(line: string): Simple[] | undefined {
  const commands: Simple[] = [];
  let words: Word[] = [];
  let isTarget = false;
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(line)?.[0];
    if (match !== undefined) at += match.length;
    return match;
  };
  while (at < line.length) {
    if (take(BLANK) !== undefined) continue;
    const redirection = take(REDIRECTION);
    if (redirection !== undefined) {
      if (line[at] === "<" && redirection.endsWith("<")) return undefined;
      isTarget = true;
      continue;
    }
    const operator = take(OPERATOR);
    if (operator !== undefined) {
      if (isTarget) return undefined;
      if (words.length > 0) commands.push({ words, piped: operator === "|" || operator === "|&" });
      words = [];
      continue;
    }
    const word = readWord(line, at);
    if (word === undefined) return undefined;
    at = word.end;
    if (!isTarget) words.push(word);
    isTarget = false;
  }
  if (words.length > 0) commands.push({ words, piped: false });
  return commands;
}

const PLAIN = /[^\s'"\\$`|&;()<>]+/y;
const ESCAPED = /\\(?:\r?\n|[\s\S])/y;
const SINGLE = /'[^']*'/y;
const DOUBLE = /"(?:[^"\\]|\\[\s\S])*"/y;
const VARIABLE = /\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|[0-9#?*@$!-])/y;

/** The word at this place and where it ends; undefined for an open quote or a substitution outside of quotes. */
function readWord(line: string, start: number): (Word & { readonly end: number }) | undefined {
  let text = "";
  let open = false;
  let end = start;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = end;
    const match = pattern.exec(line)?.[0];
    if (match !== undefined) end += match.length;
    return match;
  };
  for (;;) {
    const plain = take(PLAIN);
    const escaped = take(ESCAPED);
    const single = take(SINGLE);
    const double = take(DOUBLE);
    const variable = take(VARIABLE);
    if (double !== undefined && /\$[({]|`/.test(double)) return undefined;
    if (plain !== undefined) text += plain;
    if (escaped !== undefined) text += escaped.replace(/^\\(?:\r?\n)?/, "");
    if (single !== undefined) text += single.slice(1, -1);
    if (double !== undefined) text += double.slice(1, -1).replace(/\\(\r?\n|["$`\\])/g, (_, c: string) => c.trim());
    if (variable !== undefined) {
      text += variable;
      open = true;
    }
    if (plain ?? escaped ?? single ?? double ?? variable) continue;
    const isEnd = end === line.length || /[\s|&;()<>]/.test(line[end] ?? "");
    return isEnd ? { text, open, end } : undefined;
  }
}
