import { isAbsolute, resolve } from "node:path";
import { quote } from "../text.ts";
import { type Simple, simpleCommands } from "./shell_words.ts";
import { ASIDES, isAssignment, lineWords, programOf } from "./words.ts";
import { basename } from "./wrapper_options.ts";
import { WRAPPERS } from "./wrappers.ts";

/** Detects shell lines that would fail in every run. */

/** Programs that execute a file given as argument. */
const INTERPRETERS = /^(?:python|perl|ruby|node|deno|php|lua)[\d.]*$/;
/** Commands of ASIDES that print something. */
const PRINTS = new Set(["echo", "pagesize", "printf", "pwd", "which"]);

type Place = {
  /** Working directory of the line. Undefined means the default, /. */
  readonly directory?: string | undefined;
  /** The user's working directory, for advice. */
  readonly here: string;
};

/** What is wrong with a line, with advice. Undefined if it is right, or if it can't be known. */
export function faultOfLine(line: string, { directory, here }: Place): string | undefined {
  const commands = simpleCommands(line) ?? [];
  if (programOf(lineWords(line))?.program === "watch")
    return "found watch, which never ends, wanted the command alone: it is run again for each scrape";
  if (isSilent(commands)) return "found its stdout redirected, wanted it left to the exporter, which reads it";
  const movesElsewhere = directory !== undefined || commands.some(({ words }) => words[0]?.text === "cd");
  const relative = movesElsewhere ? undefined : commands.map(relativeProgram).find((path) => path !== undefined);
  return relative === undefined ? undefined : relativeFault(relative, here);
}

/** Builtins and keywords of a shell that are not in ASIDES. */
const SHELL_WORDS = new Set(
  "} fi for done case esac select function . alias bg break command continue eval exec fg getopts jobs kill let local read return shift source times unalias".split(
    " ",
  ),
);
/** Keywords that are followed by a command. */
const BEFORE_COMMANDS = new Set("{ ! if then elif else while until do time".split(" "));

/** The programs that a line runs for certain, without those that wrappers start. */
export function programsOf(line: string): readonly string[] {
  const commands = /\(\s*\)/.test(line) ? [] : (simpleCommands(line) ?? []);
  const names = commands.flatMap(({ words }) => {
    const word = words.find(({ text }) => !isAssignment(text) && !BEFORE_COMMANDS.has(text));
    return word === undefined || word.open || SHELL_WORDS.has(word.text) || ASIDES.has(word.text) ? [] : [word.text];
  });
  return [...new Set(names)];
}

/** The message about a relative path of a program. */
export function relativeFault(path: string, here: string): string {
  return `found ${quote(path)}, a path relative to /, where commands run, wanted an absolute path like ${resolve(here, path)}`;
}

/** Whether a program is a relative path, not a name that is searched in PATH. */
export function isRelativePath(path: string): boolean {
  return path.includes("/") && !isAbsolute(path) && !path.startsWith("~");
}

/** Whether no command of the line prints to its stdout. */
function isSilent(commands: readonly Simple[]): boolean {
  const last = commands.filter(({ piped }) => !piped);
  const telling = last.filter(({ words }) => {
    const name = withoutAssignments(words.map(({ text }) => text))[0] ?? "";
    return !ASIDES.has(basename(name)) || PRINTS.has(basename(name));
  });
  return telling.length > 0 && telling.every(({ silent }) => silent);
}

function withoutAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !isAssignment(word));
  return start < 0 ? [] : words.slice(start);
}

/** The relative path of a command's program, or of what a wrapper or interpreter starts. */
function relativeProgram({ words }: Simple): string | undefined {
  const [path = "", ...rest] = withoutAssignments(words.map(({ text }) => text));
  if (isRelativePath(path)) return path;
  const name = basename(path);
  if (!WRAPPERS.has(name) && !INTERPRETERS.test(name)) return undefined;
  return rest.find((word) => /^\.{1,2}\//.test(word));
}
