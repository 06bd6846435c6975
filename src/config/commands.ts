import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../text.ts";
import type { Blame } from "./command_env.ts";
import { commandSchema, fileSchema, standIn } from "./command_schema.ts";
import { type ConfiguredCommand, type Defaults, readCommand } from "./command_source.ts";
import { checkConflicts, declaredMetrics, type Placed, placeText } from "./metric_conflicts.ts";
import { missingHere } from "./presence.ts";
import { type Checked, type Problem, unreadable, wholeFile } from "./problem.ts";
import { checkRest } from "./rest.ts";
import { checkTree } from "./schema.ts";
import { parseYaml, type Step, type YamlFile } from "./yaml.ts";

/** The content of all files of `--config.file`. */
export type Commands = {
  readonly commands: readonly ConfiguredCommand[];
  /** Maximum number of commands that run at the same time. Undefined means no limit. */
  readonly maxConcurrent: number | undefined;
  /** The files that were read. */
  readonly files: readonly string[];
};

export type CommandsContext = Defaults & {
  readonly namespace: string;
  /** Takes warnings about programs, files and directories that are missing on this machine. */
  readonly warn?: (problem: Problem) => void;
};

/** Reads files and directories of `*.yml`, checks all of them together, and reports all mistakes. Never rejects. */
export async function readCommands(paths: readonly string[], context: CommandsContext): Promise<Checked<Commands>> {
  const problems: Problem[] = [];
  const files = await filesOf(paths, problems);
  const read = await Promise.all(files.map((file) => readFile(file, context, problems)));
  const placed = read.flatMap((one) => one?.placed ?? []);
  checkNames(
    read.flatMap((one) => one?.names ?? []),
    problems,
  );
  checkConflicts(placed, context.namespace);
  const limits = read.flatMap((one) => one?.limit ?? []);
  for (const { problem } of limits.slice(1))
    problems.push(problem(`found max_concurrent again, wanted it in one file (${limits[0]?.place})`));
  if (problems.length > 0) return { kind: "bad", problems: sorted(problems, files) };
  const commands = read.flatMap((one) => one?.commands ?? []);
  return { kind: "ok", value: { commands, maxConcurrent: limits[0]?.value, files } };
}

async function filesOf(paths: readonly string[], problems: Problem[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const inside = await filesIn(path);
    if (inside?.length === 0)
      problems.push(wholeFile(path, "found no file *.yml in this directory, wanted one at least"));
    files.push(...(inside ?? [path]));
  }
  return [...new Set(files)];
}

/** The files of a directory, in the order of their names; undefined for anything else. */
async function filesIn(path: string): Promise<readonly string[] | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return undefined;
    const names = await readdir(path);
    return names
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch {
    // Reading it says why it can't be read.
    return undefined;
  }
}

type Named = { readonly name: string; readonly problem: Problem };
type Limit = { readonly value: number; readonly place: string; readonly problem: (message: string) => Problem };
type OneFile = {
  readonly commands: readonly ConfiguredCommand[];
  readonly placed: readonly Placed[];
  readonly names: readonly Named[];
  readonly limit?: Limit;
};

async function readFile(file: string, context: CommandsContext, problems: Problem[]): Promise<OneFile | undefined> {
  const read = await context.readText(file).catch((error: unknown) => {
    problems.push(unreadable(file, error));
  });
  if (read === undefined) return undefined;
  const yaml = parseYaml(read, file);
  const checked = yaml.kind === "bad" ? yaml : checkTree(fileSchema, yaml.value);
  if (checked.kind === "bad") problems.push(...checked.problems);
  if (yaml.kind === "bad") return undefined;
  const sections = checked.kind === "ok" ? checked.value.commands : sectionsOf(yaml.value);
  if (checked.kind === "ok" && sections.length === 0)
    problems.push(yaml.value.problem("found no command, wanted one at least", ["commands"]));
  const commands: ConfiguredCommand[] = [];
  const placed: Placed[] = [];
  const names: Named[] = [];
  for (const index of sections.keys()) {
    const part = partOf(yaml.value, index);
    const name = nameOf(part);
    if (name !== undefined) names.push({ name, problem: part.problem("", ["name"]) });
    const { problems: bad, value: section, isLost } = checkRest(commandSchema, part, standIn);
    problems.push(...bad);
    const blame: Blame = (message, path, at) =>
      void problems.push(part.problem(path.length > 0 ? `${path.join(".")}: ${message}` : message, path, at));
    if (section === undefined) continue;
    const { command, preset } = await readCommand(section, context, { blame, isLost });
    if (command) commands.push(command);
    for (const { message, path } of context.warn ? missingHere(section, context.environment.PATH) : [])
      if (!isLost(...path)) context.warn?.(part.problem(`${path.join(".")}: ${message}`, path));
    const presetMetrics = context.names === "memory" ? (preset?.metrics ?? []) : [];
    placed.push({
      name: section.name,
      metrics: declaredMetrics(section, presetMetrics, isLost),
      isScraped: Object.values(section.parameters ?? {}).every((one) => one.default !== undefined),
      blame,
      placeOf: (at) => placeText(part.problem("", ["metrics", at, "name"])),
    });
  }
  const limit = checked.kind === "ok" ? checked.value.max_concurrent : undefined;
  if (limit === undefined) return { commands, placed, names };
  const problem = (message: string) => yaml.value.problem(message, ["max_concurrent"], "key");
  return { commands, placed, names, limit: { value: limit, place: placeText(problem("")), problem } };
}

/** The commands of a file whose other keys have mistakes. */
function sectionsOf({ tree }: YamlFile): readonly unknown[] {
  const commands = tree instanceof Map ? tree.get("commands") : undefined;
  return Array.isArray(commands) ? commands : [];
}

/** One command of a file, in the form of a file of its own. */
function partOf(file: YamlFile, index: number): YamlFile {
  const sections = sectionsOf(file);
  const problem = (message: string, path: readonly Step[], at?: "key" | "value") =>
    file.problem(message, ["commands", index, ...path], at);
  return { tree: sections[index] as YamlFile["tree"], problems: [], problem };
}

function nameOf({ tree }: YamlFile): string | undefined {
  const name = tree instanceof Map ? tree.get("name") : undefined;
  return typeof name?.text === "string" ? name.text : undefined;
}

function checkNames(names: readonly Named[], problems: Problem[]): void {
  const first = new Map<string, Problem>();
  for (const { name, problem } of names) {
    const before = first.get(name);
    if (before === undefined) first.set(name, problem);
    else {
      const message = `name: found ${quote(name)} twice, wanted a name of its own (the first is at ${placeText(before)})`;
      problems.push({ ...problem, message });
    }
  }
}

/** By file in the order in which they were given, then by place. */
function sorted(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const rank = ({ file }: Problem) => (files.includes(file) ? files.indexOf(file) : files.length);
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}
