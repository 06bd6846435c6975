import { type CommandDef, defineCommand, runCommand } from "citty";
import { ConfigError, formatProblem } from "../config/problem.ts";
import { didYouMean } from "../nearest.ts";
import { quote } from "../text.ts";
import { buildInfo, versionText } from "../version.ts";
import { type CommandLine, type Flag, OperationError, splitArguments, UsageError } from "./flags.ts";
import { helpText } from "./help.ts";
import { EXIT, type Host } from "./host.ts";
import {
  checkFlags,
  helpFlag,
  onceFlags,
  parseFlags,
  printFlags,
  pushFlags,
  serveFlags,
  textfileFlags,
  tryFlags,
  versionFlag,
} from "./tables.ts";
import { requireKnownVariables } from "./variables.ts";

type Subcommand = {
  readonly about: string;
  readonly flags: Readonly<Record<string, Flag<unknown>>>;
  /** What stands for the word behind it in `--help`; without it, it takes none. */
  readonly operand?: string;
  /** Whether it runs memory commands. */
  readonly runs?: boolean;
  /** Loads what the command needs, and no more, when it is run. */
  readonly load: () => Promise<(line: CommandLine, host: Host) => Promise<number>>;
};

const DEFAULT = "serve";

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  serve: {
    about: "Serve metrics over HTTP until SIGTERM or SIGINT (the default).",
    flags: serveFlags,
    runs: true,
    load: async () => (await import("./serve.ts")).serve,
  },
  once: {
    about: "Run every command once and print its metrics. Exits 2 if one failed.",
    flags: onceFlags,
    runs: true,
    load: async () => (await import("./once.ts")).once,
  },
  push: {
    about: "Run the commands and push their metrics: to a Pushgateway, by remote write, or by OTLP.",
    flags: pushFlags,
    runs: true,
    load: async () => (await import("./push.ts")).push,
  },
  textfile: {
    about: "Run the commands and write their metrics to a file, for node_exporter's textfile collector.",
    flags: textfileFlags,
    runs: true,
    load: async () => (await import("./textfile.ts")).textfile,
  },
  parse: {
    about:
      "Read a command's output from stdin or a file and print the metrics that it gives. Exits 2 if it can't be read.",
    flags: parseFlags,
    load: async () => (await import("./parse.ts")).parse,
  },
  try: {
    about:
      "Run one command of --config.file once and show what it printed and what becomes of it. Exits 2 if it failed.",
    operand: "[NAME]",
    flags: tryFlags,
    runs: true,
    load: async () => (await import("./try.ts")).tryOne,
  },
  print: {
    about: "Print what goes with the program: config-schema, a JSON Schema of --config.file.",
    operand: "KIND",
    flags: printFlags,
    load: async () => (await import("./print.ts")).print,
  },
  check: {
    about: "Validate --config.file and --web.config.file, and name every problem with its line and column.",
    flags: checkFlags,
    load: async () => (await import("./check.ts")).check,
  },
};

const ABOUT = "Runs the memory command (free), safely, and serves what it prints as Prometheus metrics.";

/** Runs what a command line asks for. Resolves to the exit code; a user's mistake is one line on stderr. */
export async function runCli(host: Host): Promise<number> {
  try {
    return await dispatch(host);
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const problem of error.problems) host.writeError(`memory_exporter: error: ${formatProblem(problem)}\n`);
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
  const asked = askedFor(line);
  if (asked.version) return print(host, `${versionText(buildInfo())}\n`);
  if (asked.help) return print(host, helpOf(asked.word, subcommand(asked.word ?? DEFAULT)));
  requireKnownVariables(host.environment, allFlags());
  const tokens = line.tokens.filter(({ flag }) => flag !== helpFlag && flag !== versionFlag);
  if (subcommand(asked.word ?? DEFAULT).runs && host.unsafe !== undefined) throw new OperationError(host.unsafe);
  return runNamed(asked.word ?? DEFAULT, { ...line, tokens }, host);
}

/** What a line is about: a subcommand, its help, or the version. `help` and `version` are words and flags. @throws UsageError */
function askedFor(line: CommandLine) {
  const [first, second, third] = line.words;
  const isHelp = first === "help";
  const isVersion = first === "version";
  const word = isHelp ? second : isVersion ? undefined : first;
  const takesOperand = !isHelp && word !== undefined && Object.hasOwn(SUBCOMMANDS, word) && SUBCOMMANDS[word]?.operand;
  const stray = isHelp || takesOperand ? third : second;
  if (stray !== undefined) throw new UsageError(`unexpected argument ${quote(stray)}`);
  if (word !== undefined) subcommand(word);
  const has = (flag: Flag<unknown>) => line.tokens.some((token) => token.flag === flag && token.text === "true");
  const help = isHelp || has(helpFlag);
  return { word, help, version: !help && (isVersion || has(versionFlag)) };
}

/** @throws UsageError for a word that names none. */
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

function helpOf(word: string | undefined, { about, flags }: Subcommand): string {
  const commands = [
    ...Object.entries(SUBCOMMANDS).map(([name, one]) => [name, one.about] as const),
    ["version", "Show the version."] as const,
    ["help", "Show this help, or that of a command: help once."] as const,
  ];
  return helpText({
    words: word === undefined ? "[<command>] [<flags>]" : `${word} [<flags>]`,
    about: word === undefined ? `${ABOUT} The flags below are those of serve; help once shows those of once.` : about,
    flags: [...Object.values(flags), helpFlag, versionFlag],
    ...(word === undefined && { commands }),
  });
}

/** citty knows the tree of commands and loads one; its own reading of arguments is too lenient, so it gets none. */
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
