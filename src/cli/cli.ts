import { type CommandDef, defineCommand, runCommand } from "citty";
import { ConfigError, linesOf } from "../config/problem.ts";
import { didYouMean } from "../nearest.ts";
import type { Command } from "../print/program.ts";
import { quote } from "../text.ts";
import { buildInfo, versionText } from "../version.ts";
import { type CommandLine, type Flag, OperationError, splitArguments, UsageError } from "./flags.ts";
import { helpText } from "./help.ts";
import { EXIT, type Host } from "./host.ts";
import { ABOUT, DEFAULT, program, SUBCOMMANDS, type Subcommand } from "./subcommands.ts";
import { helpFlag, versionFlag } from "./tables.ts";
import { requireKnownVariables } from "./variables.ts";

/** Runs a command line. Resolves to the exit status. A user's mistake is one line on stderr. */
export async function runCli(host: Host): Promise<number> {
  try {
    return await dispatch(host);
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const problem of linesOf(error)) host.writeError(`memory_exporter: error: ${problem}\n`);
      return EXIT.failed;
    }
    if (!(error instanceof UsageError || error instanceof OperationError)) throw error;
    const advice = error instanceof UsageError ? ", try --help" : "";
    host.writeError(`memory_exporter: error: ${error.message}${advice}\n`);
    return EXIT.failed;
  }
}

async function dispatch(host: Host): Promise<number> {
  const line = splitArguments(host.argv, allFlags());
  const asked = actionOf(line);
  if (asked.version) return print(host, `${versionText(buildInfo())}\n`);
  if (asked.help) return print(host, helpOf(asked.word));
  requireKnownVariables(host.environment, allFlags());
  const tokens = line.tokens.filter(({ flag }) => flag !== helpFlag && flag !== versionFlag);
  if (subcommand(asked.word ?? DEFAULT).runs && host.unsafe !== undefined) throw new OperationError(host.unsafe);
  return runNamed(asked.word ?? DEFAULT, { ...line, tokens }, host);
}

/** The action of a command line: a subcommand, its help, or the version. @throws UsageError */
function actionOf(line: CommandLine) {
  const [first, second] = line.words;
  const isHelp = first === "help";
  const isVersion = first === "version";
  const word = isHelp ? second : isVersion ? undefined : first;
  const { operands = [], meant }: Partial<Subcommand> = word === undefined || isHelp ? {} : subcommand(word);
  const stray = line.words[1 + (isHelp ? 1 : operands.length)];
  if (stray !== undefined)
    throw new UsageError(`unexpected argument ${quote(stray)}${meant ? ` (did you mean '--${meant}'?)` : ""}`);
  if (word !== undefined) subcommand(word);
  const has = (flag: Flag<unknown>) => line.tokens.some((token) => token.flag === flag && token.text === "true");
  const help = isHelp || has(helpFlag);
  return { word, help, version: !help && (isVersion || has(versionFlag)) };
}

/** @throws UsageError for an unknown subcommand. */
function subcommand(name: string): Subcommand {
  const found = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (found !== undefined) return found;
  const meant = didYouMean(name, [...Object.keys(SUBCOMMANDS), "help", "version"]);
  throw new UsageError(`unexpected argument ${quote(name)}${meant}`);
}

function allFlags(): readonly Flag<unknown>[] {
  return [
    ...new Set([helpFlag, versionFlag, ...Object.values(SUBCOMMANDS).flatMap(({ flags }) => Object.values(flags))]),
  ];
}

async function print(host: Host, text: string): Promise<number> {
  await host.writeOut(text);
  return EXIT.ok;
}

function helpOf(word: string | undefined): string {
  const { commands } = program();
  const [first, command = first] = [commands[0], commands.find(({ name }) => name === word)];
  const { about = "", flags = [], operands = [] }: Partial<Command> = command ?? {};
  if (word === undefined) {
    return helpText({
      words: "[<command>] [<flags>]",
      about: `${ABOUT} The flags below are those of serve; help once shows those of once.`,
      flags,
      lists: { Commands: commands.map((one) => [one.name, one.about]) },
    });
  }
  const choices = operands.flatMap(({ placeholder, choices = {} }) => {
    const rows = Object.entries(choices).map(([name, one]) => [name, one.about] as const);
    return rows.length > 0 ? [[placeholder, rows] as const] : [];
  });
  const words = [word, ...operands.map(({ placeholder }) => placeholder), "[<flags>]"].join(" ");
  return helpText({ words, about, flags, lists: Object.fromEntries(choices) });
}

/** citty finds and loads the subcommand. It gets no arguments, since its parser is too lenient. */
async function runNamed(name: string, line: CommandLine, host: Host): Promise<number> {
  let exitCode: number = EXIT.ok;
  const subCommands = Object.fromEntries(
    Object.entries(SUBCOMMANDS).map(([key, { about, load }]): [string, CommandDef] => [
      key,
      defineCommand({
        meta: { name: key, description: about },
        run: async () => {
          exitCode = await (await load())(line, host);
        },
      }),
    ]),
  );
  await runCommand(defineCommand({ meta: { name: "memory_exporter", description: ABOUT }, subCommands }), {
    rawArgs: [name],
  });
  return exitCode;
}
