import { type Simple, simpleCommands, type Word } from "./shell_words.ts";
import { basename, leavesLinesOut, passes, WRAPPERS } from "./wrappers.ts";

/** A command behind its wrappers. */
export type Command = {
  /** Last part of the program's path, without `.exe`: `free`. Empty if the program isn't certain. */
  readonly program: string;
  /** The command's own words, `program` first. */
  readonly words: readonly string[];
  /** Names of the wrappers, outermost first: `["sudo", "busybox"]`. */
  readonly through: readonly string[];
  /** Whether the command line filters lines: `vmstat -s | head -15`, `grep Swap /proc/meminfo`. */
  readonly partial: boolean;
};

/**
 * The program that a command line runs in the end: through paths, assignments, `env`, `sudo`, `nice`, `timeout`, `sh -c`,
 * `busybox`, `docker exec`, `ssh` and the like (see wrappers.ts). Undefined if that isn't certain: without a program, with an
 * unknown option, with a wrapper that only prints something itself, and for lines that shellCommand() doesn't support.
 * @param words argv; a line for the shell is `["/bin/sh", "-c", line]`.
 */
export function programOf(words: readonly string[]): Command | undefined {
  return throughWrappers(words, [], false);
}

/** Like `programOf`. If that isn't certain, the unchanged words without a program. */
export function commandOf(words: readonly string[]): Command {
  return programOf(words) ?? { program: "", words, through: [], partial: false };
}

function throughWrappers(words: readonly string[], through: readonly string[], partial: boolean): Command | undefined {
  const start = words.findIndex((word) => !isAssignment(word));
  const path = words[start];
  if (path === undefined || path === "" || path.startsWith("-")) return undefined;
  const program = basename(path);
  const rest = words.slice(start + 1);
  const unwrap = WRAPPERS.get(program);
  if (unwrap === undefined) {
    const own = [program, ...rest];
    return { program, words: own, through, partial: partial || leavesLinesOut(own) };
  }
  const inner = unwrap(rest);
  if (inner === undefined) return undefined;
  const further = [...through, program];
  if (typeof inner !== "string") return throughWrappers(inner, further, partial);
  const command = shellCommand(inner);
  return command && throughWrappers(command.words, further, partial || command.partial);
}

/** Auxiliary commands, which may stand in a list beside the command whose output is read. */
export const ASIDES: ReadonlySet<string> = new Set(
  ": [ cd clear echo exit export false hash printf pwd readonly set shopt sleep test trap true type ulimit umask unset wait which".split(
    " ",
  ),
);
const KEYWORDS = new Set(
  "if then elif else fi for while until do done case esac select function coproc [[ eval . source".split(" "),
);

/**
 * The command of a shell line whose output is read, without quotes and redirections. In a pipeline it is the first command, if all
 * others only copy or filter lines (`grep`, `tee` …). In a list it is the command that isn't an auxiliary one, such as `cd` or
 * `export`. Undefined if that isn't certain: two commands, a loop, a substitution, words from a variable.
 */
export function shellCommand(line: string): Pick<Command, "words" | "partial"> | undefined {
  const subjects: (readonly Word[])[] = [];
  let piped = false;
  let partial = false;
  for (const command of simpleCommands(line) ?? []) {
    const words = ownWords(command);
    const name = words.find((word) => !isAssignment(word.text))?.text;
    if (name !== undefined && KEYWORDS.has(name)) return undefined;
    if (piped) {
      const filter = words.map((word) => word.text);
      if (!passes(filter)) return undefined;
      partial ||= leavesLinesOut(filter);
    } else if (name !== undefined && (command.piped || !ASIDES.has(basename(name)))) {
      subjects.push(words);
    }
    piped = command.piped;
  }
  const [subject, ...others] = subjects;
  if (subject === undefined || others.length > 0) return undefined;
  if (subject.some((word) => word.open && !isAssignment(word.text))) return undefined;
  return { words: subject.map((word) => word.text), partial };
}

/** Without the signs around a command: `!`, `{`, `}`. */
function ownWords({ words }: Simple): readonly Word[] {
  return words.filter(({ text }, i) => i > 0 || !["!", "{", "}"].includes(text));
}

const SHELL = ["/bin/sh", "-c"];

/** A shell line as argv. {@link programOf} finds the program in it. */
export function lineWords(line: string): readonly string[] {
  return [...SHELL, line];
}

/** A command line as it was written: the inverse of `lineWords`, or the words with blanks between. */
export function writtenLine(words: readonly string[]): string {
  const isLine = words.length === SHELL.length + 1 && SHELL.every((word, i) => words[i] === word);
  return isLine ? (words.at(-1) ?? "") : words.join(" ");
}

export function isAssignment(word: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(word);
}
