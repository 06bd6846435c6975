import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Commands, type CommandsContext, readCommands } from "../../src/config/commands.ts";
import { createTextReader } from "../../src/config/file.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { withFolder } from "../stand_in.ts";

/** What configurations are read in: a Linux on which cgroups can't be had. */
export const CONTEXT: CommandsContext = {
  timeoutMs: 5000,
  maxOutputBytes: 2 ** 20,
  isolate: "none",
  diesWithExporter: false,
  names: "memory",
  namespace: "memory",
  readText: createTextReader(),
  own: { PATH: "/bin", LANG: "de_DE", SECRET: "hunter2" },
  environment: { PATH: "/bin", LC_ALL: "C" },
  containmentOf: (isolation) => (isolation === "none" ? undefined : `no ${isolation} on this machine`),
};

/** Reads files of some contents, by name; what is wrong is told without the folder. */
export async function readFiles(
  contents: Readonly<Record<string, string>>,
  context: Partial<CommandsContext> = {},
): Promise<Commands | string> {
  return withFolder(async (folder) => {
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
    const files = Object.keys(contents).map((name) => join(folder, name));
    const read = await readCommands(files, { ...CONTEXT, ...context });
    if (read.kind === "ok") return read.value;
    return read.problems.map(formatProblem).join("\n").replaceAll(`${folder}/`, "");
  });
}

/** As `readFiles`, of a file that must be good. */
export async function good(content: string, context: Partial<CommandsContext> = {}): Promise<Commands> {
  const read = await readFiles({ "a.yml": content }, context);
  if (typeof read === "string") throw new Error(read);
  return read;
}
