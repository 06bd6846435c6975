import { isAbsolute, resolve } from "node:path";
import { quote } from "../text.ts";
import { type Simple, simpleCommands } from "./shell_words.ts";
import { ASIDES, isAssignment } from "./words.ts";
import { basename, WRAPPERS } from "./wrappers.ts";

/** Why a shell line would fail in every run, as far as the line itself tells. */

/** Programs that run a file that is named by an argument. */
const INTERPRETERS = /^(?:python|perl|ruby|node|deno|php|lua)[\d.]*$/;
/** Asides that print something. */
const PRINTS = new Set(["echo", "printf", "pwd", "which"]);

type Place = {
  /** Where the line runs; undefined for the default, /. */
  readonly directory?: string | undefined;
  /** Where the user is, for the advice. */
  readonly here: string;
};

/** What is wrong with a line, and the way out; undefined where nothing is, or it can't be told. */
export function faultOfLine(line: string, { directory, here }: Place): string | undefined {
  const commands = simpleCommands(line) ?? [];
  if (isSilent(commands)) return "found its stdout redirected, wanted it left to the exporter, which reads it";
  const movesElsewhere = directory !== undefined || commands.some(({ words }) => words[0]?.text === "cd");
  const relative = movesElsewhere ? undefined : commands.map(relativeProgram).find((path) => path !== undefined);
  return relative === undefined ? undefined : relativeFault(relative, here);
}

/** Words at the start of a command that a shell itself knows, besides asides. */
const SHELL_WORDS = new Set(
  "} fi for done case esac select function . alias bg break command continue eval exec fg getopts jobs kill let local read return shift source times unalias".split(
    " ",
  ),
);
/** Those after which a command begins. */
const BEFORE_COMMANDS = new Set("{ ! if then elif else while until do time".split(" "));

/** The programs that a line runs by itself, as far as that is certain; those that wrappers start are not among them. */
export function programsOf(line: string): readonly string[] {
  const commands = /\(\s*\)/.test(line) ? [] : (simpleCommands(line) ?? []);
  const names = commands.flatMap(({ words }) => {
    const word = words.find(({ text }) => !isAssignment(text) && !BEFORE_COMMANDS.has(text));
    return word === undefined || word.open || SHELL_WORDS.has(word.text) || ASIDES.has(word.text) ? [] : [word.text];
  });
  return [...new Set(names)];
}

/** That a program is named by a path which counts from the directory of the command. */
export function relativeFault(path: string, here: string): string {
  return `found ${quote(path)}, which is looked for in / where commands run, wanted an absolute path like ${resolve(here, path)}`;
}

/** Whether a path is relative and not a name that is searched in PATH. */
export function isRelativePath(path: string): boolean {
  return path.includes("/") && !isAbsolute(path) && !path.startsWith("~");
}

/** Whether no command prints to the stdout of the line. */
function isSilent(commands: readonly Simple[]): boolean {
  const last = commands.filter(({ piped }) => !piped);
  const telling = last.filter(({ words }) => {
    const name = programOf(words.map(({ text }) => text))[0] ?? "";
    return !ASIDES.has(basename(name)) || PRINTS.has(basename(name));
  });
  return telling.length > 0 && telling.every(({ silent }) => silent);
}

function programOf(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !isAssignment(word));
  return start < 0 ? [] : words.slice(start);
}

/** The relative path of a command's program, or of what a wrapper or interpreter starts. */
function relativeProgram({ words }: Simple): string | undefined {
  const [path = "", ...rest] = programOf(words.map(({ text }) => text));
  if (isRelativePath(path)) return path;
  const name = basename(path);
  if (!WRAPPERS.has(name) && !INTERPRETERS.test(name)) return undefined;
  return rest.find((word) => /^\.{1,2}\//.test(word));
}
