import { filtersLines, movesFigures, passes } from "./filters.ts";
import { type Simple, simpleCommands, type Word } from "./shell_words.ts";
import { basename } from "./wrapper_options.ts";
import { WRAPPERS } from "./wrappers.ts";

/** A command without its wrappers. */
export type Command = {
  /** Last part of the program's path, without `.exe`: `free`. Empty if the program isn't certain. */
  readonly program: string;
  /** The command's own words, `program` first. */
  readonly words: readonly string[];
  /** Names of the wrappers, outermost first: `["sudo", "busybox"]`. */
  readonly through: readonly string[];
  /** Whether the command line filters lines: `vmstat -s | head -15`, `grep Swap /proc/meminfo`. */
  readonly partial: boolean;
  /** Whether the command line moves words out of their columns: `free | tr -s ' '`. */
  readonly respaced: boolean;
};

/** What the pipelines around a command do to its output. */
type Treatment = Pick<Command, "partial" | "respaced">;
const AS_IT_IS: Treatment = { partial: false, respaced: false };

/**
 * The program that a command line runs in the end: through paths, assignments, `env`, `sudo`, `nice`, `timeout`, `sh -c`,
 * `busybox`, `docker exec`, `ssh` and the like (see wrappers.ts). Undefined if that isn't certain: without a program, with an
 * unknown option, with a wrapper that only prints something itself, and for lines that shellCommand() doesn't support.
 * @param words argv; a line for the shell is `["/bin/sh", "-c", line]`.
 */
export function programOf(words: readonly string[]): Command | undefined {
  return throughWrappers(words, [], AS_IT_IS);
}

/** Like `programOf`. If that isn't certain, the unchanged words without a program. */
export function commandOf(words: readonly string[]): Command {
  return programOf(words) ?? { program: "", words, through: [], ...AS_IT_IS };
}

function throughWrappers(
  words: readonly string[],
  through: readonly string[],
  treatment: Treatment,
): Command | undefined {
  const start = words.findIndex((word) => !isAssignment(word));
  const path = words[start];
  if (path === undefined || path === "" || path.startsWith("-")) return undefined;
  const program = basename(path);
  const rest = words.slice(start + 1);
  const unwrap = WRAPPERS.get(program);
  if (unwrap === undefined) {
    const own = [program, ...rest];
    return { program, words: own, through, ...treatedBy(own, treatment) };
  }
  const inner = unwrap(rest);
  if (inner === undefined) return undefined;
  const further = [...through, program];
  if (typeof inner !== "string") return throughWrappers(inner, further, treatment);
  const command = shellCommand(inner);
  if (command === undefined) return undefined;
  const { partial, respaced } = command;
  return throughWrappers(command.words, further, {
    partial: treatment.partial || partial,
    respaced: treatment.respaced || respaced,
  });
}

function treatedBy(filter: readonly string[], { partial, respaced }: Treatment): Treatment {
  return { partial: partial || filtersLines(filter), respaced: respaced || movesFigures(filter) };
}

/** Auxiliary commands that may be in a list together with the command whose output is read. */
export const ASIDES: ReadonlySet<string> = new Set(
  ": [ cd clear echo exit export false hash pagesize printf pwd readonly set shopt sleep test trap true type ulimit umask unset wait which".split(
    " ",
  ),
);
const KEYWORDS = new Set(
  "if then elif else fi for while until do done case esac select function coproc [[ eval . source".split(" "),
);

/**
 * The command of a shell line whose output is read, without quotes and redirections. In a pipeline it is the first command, if all
 * others only copy or filter lines (`grep`, `tee` …). In a list it is the command that isn't an auxiliary one, such as `cd` or
 * `export`, and whose stdout isn't redirected. Undefined if that isn't certain: two commands, a loop, a substitution, words from
 * a variable.
 */
export function shellCommand(line: string): (Treatment & Pick<Command, "words">) | undefined {
  const subjects: Simple[] = [];
  let piped = false;
  let treatment = AS_IT_IS;
  for (const command of simpleCommands(line) ?? []) {
    const words = ownWords(command);
    const name = words.find((word) => !isAssignment(word.text))?.text;
    if (name !== undefined && KEYWORDS.has(name)) return undefined;
    if (piped) {
      const filter = programOf(words.map((word) => word.text))?.words ?? [];
      if (!passes(filter)) return undefined;
      treatment = treatedBy(filter, treatment);
    } else if (name !== undefined && (command.piped || !ASIDES.has(basename(name)))) {
      subjects.push({ ...command, words });
    }
    piped = command.piped;
  }
  const audible = subjects.filter(({ silent }) => !silent);
  const [subject, ...others] = audible.length > 0 ? audible : subjects;
  if (subject === undefined || others.length > 0) return undefined;
  if (subject.words.some((word) => word.open && !isAssignment(word.text))) return undefined;
  return { words: subject.words.map((word) => word.text), ...treatment };
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

/** The inverse of `lineWords`. For other command lines, the words separated by spaces. */
export function writtenLine(words: readonly string[]): string {
  const isLine = words.length === SHELL.length + 1 && SHELL.every((word, i) => words[i] === word);
  return isLine ? (words.at(-1) ?? "") : words.join(" ");
}

export function isAssignment(word: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(word);
}
