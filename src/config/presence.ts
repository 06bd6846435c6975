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

/** The programs, files and directories of a section that don't exist on this machine. @param usual PATH of commands */
export function missingHere({ command, file, cwd, env = {} }: CommandSection, usual = ""): readonly Missing[] {
  const search = typeof env.PATH === "string" ? env.PATH : usual;
  const line = typeof command === "string" ? programsOf(command) : [];
  const first = Array.isArray(command) ? command[0] : undefined;
  return [
    ...line.flatMap((program) => missingProgram(program, search, ["command"])),
    ...(typeof first === "string" ? missingProgram(first, search, ["command", 0]) : []),
    ...(file === undefined || isPattern(file) ? [] : missing("file", file, ["file"], () => statSync(file))),
    ...(cwd === undefined ? [] : missing("directory", cwd, ["cwd"], () => statSync(`${cwd}/.`))),
  ];
}

function missingProgram(program: string, search: string, path: readonly Step[]): readonly Missing[] {
  if (program.includes("/")) {
    // A relative path counts from the command's directory, which may not exist here.
    if (!program.startsWith("/")) return [];
    return missing("program", program, path, () => accessSync(program, constants.X_OK));
  }
  if (findProgram(program, search) !== undefined) return [];
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
