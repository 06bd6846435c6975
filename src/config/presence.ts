import { accessSync, constants, statSync } from "node:fs";
import { findProgram } from "../command/environment.ts";
import { programsOf } from "../presets/line_faults.ts";
import { isPattern } from "../source.ts";
import { reasonOf } from "../system_error.ts";
import { quote } from "../text.ts";
import type { CommandSection } from "./command_schema.ts";
import type { Step } from "./yaml.ts";

/** Something that a command needs and this machine doesn't have. The configuration may be for another machine. */
export type Missing = { readonly message: string; readonly path: readonly Step[] };

/** Words with a meaning in a shell, which a list of arguments passes to the program unchanged. */
const OPERATORS = /^(?:\||\|\||&&|<|(?:[12]|&)?>>?(?:&[12]|\/dev\/null)?)$/;

/**
 * The programs, files and directories of a section that don't exist on this machine, and shell syntax in lists and paths, where it
 * has no effect. @param usual PATH of commands
 */
export function missingHere({ command, file, cwd, env = {} }: CommandSection, usual = ""): readonly Missing[] {
  const search = typeof env.PATH === "string" ? env.PATH : usual;
  const line = typeof command === "string" ? programsOf(command) : [];
  const first = Array.isArray(command) ? command[0] : undefined;
  return [
    ...line.flatMap((program) => missingProgram(program, search, ["command"])),
    ...(typeof first === "string" ? missingProgram(first, search, ["command", 0]) : []),
    ...(Array.isArray(command) ? operatorsIn(command) : []),
    ...(file === undefined || isPattern(file) ? [] : missing("file", file, ["file"], () => statSync(file))),
    ...(file === undefined ? [] : wildcardsIn(file)),
    ...(cwd === undefined ? [] : missing("directory", cwd, ["cwd"], () => statSync(`${cwd}/.`))),
  ];
}

function operatorsIn(command: readonly unknown[]): readonly Missing[] {
  // After an option it may be its value: `awk -F '|'`.
  const index = command.findIndex(
    (word, i) => i > 0 && OPERATORS.test(String(word)) && !/^-/.test(String(command[i - 1])),
  );
  if (index < 0) return [];
  const message = `found ${quote(String(command[index]))} as an argument, since a list is run without a shell, wanted one text for a shell line`;
  return [{ message, path: ["command", index] }];
}

function wildcardsIn(file: string): readonly Missing[] {
  const [found] = /\*\*|\?|\[(?!0-9\])[^/]*\]|\{[^/]*,[^/]*\}/.exec(file) ?? [];
  const way = "wanted * for any characters within a name";
  return found === undefined
    ? []
    : [{ message: `found ${quote(found)}, which is no pattern here, ${way}`, path: ["file"] }];
}

function missingProgram(program: string, search: string, path: readonly Step[]): readonly Missing[] {
  if (program.includes("/")) {
    // A relative path counts from the command's directory, which may not exist here.
    if (!program.startsWith("/")) return [];
    return missing("program", program, path, () => accessSync(program, constants.X_OK));
  }
  if (findProgram(program, search) !== undefined) return [];
  if (/\s/.test(program) && path.length > 1) {
    const words = program.trim().split(/\s+/).join(", ");
    return [{ message: `found ${quote(program)} as the program, wanted each word by itself: [${words}]`, path }];
  }
  return [{ message: `found no program ${quote(program)} in PATH, wanted it where the exporter runs`, path }];
}

function missing(kind: string, name: string, path: readonly Step[], find: () => unknown): readonly Missing[] {
  try {
    find();
    return [];
  } catch (error) {
    const message = `found no ${kind} ${quote(name)} (${reasonOf(error)}), wanted it where the exporter runs`;
    return [{ message, path }];
  }
}
