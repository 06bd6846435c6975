import { type CommandDef, defineCommand, runCommand } from "citty";
import { quote } from "../text.ts";
import { buildInfo, versionText } from "../version.ts";
import { type CommandLine, type Flag, splitArguments, UsageError } from "./flags.ts";
import { helpText } from "./help.ts";
import { EXIT, type Host } from "./host.ts";
import {
  checkFlags,
  helpFlag,
  onceFlags,
  parseFlags,
  pushFlags,
  serveFlags,
  textfileFlags,
  versionFlag,
} from "./tables.ts";

type Subcommand = {
  readonly about: string;
  readonly flags: Readonly<Record<string, Flag<unknown>>>;
  /** Loads what the command needs, and no more, when it is run. */
  readonly load: () => Promise<(line: CommandLine, host: Host) => Promise<number>>;
};

const DEFAULT = "serve";

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  serve: {
    about: "Serve metrics over HTTP until SIGTERM or SIGINT (the default).",
    flags: serveFlags,
    load: async () => (await import("./serve.ts")).serve,
  },
  once: {
    about: "Run every command once and print its metrics. Exits 2 if one failed.",
    flags: onceFlags,
    load: async () => (await import("./once.ts")).once,
  },
  push: {
    about: "Run the commands and push their metrics: to a Pushgateway, by remote write, or by OTLP.",
    flags: pushFlags,
    load: async () => (await import("./push.ts")).push,
  },
  textfile: {
    about: "Run the commands and write their metrics to a file, for node_exporter's textfile collector.",
    flags: textfileFlags,
    load: async () => (await import("./textfile.ts")).textfile,
  },
  parse: {
    about:
      "Read a command's output from stdin or a file and print the metrics that it gives. Exits 2 if it can't be read.",
    flags: parseFlags,
    load: async () => (await import("./parse.ts")).parse,
  },
  check: {
    about: "Validate --web.config.file, and name every problem with its line and column.",
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
    if (!(error instanceof UsageError)) throw error;
    host.writeError(`memory_exporter: error: ${error.message}, try --help\n`);
    return EXIT.failed;
  }
}

async function dispatch(host: Host): Promise<number> {
  const line = splitArguments(host.argv, allFlags());
  const [word, ...stray] = line.words;
  const name = word ?? DEFAULT;
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) throw new UsageError(`unexpected argument ${quote(name)}`);
  if (stray[0] !== undefined) throw new UsageError(`unexpected argument ${quote(stray[0])}`);
  const asks = (flag: Flag<unknown>) => line.tokens.some((token) => token.flag === flag && token.text === "true");
  if (asks(helpFlag)) return print(host, helpOf(word, subcommand));
  if (asks(versionFlag)) return print(host, `${versionText(buildInfo())}\n`);
  return runNamed(name, { ...line, tokens: line.tokens.filter(({ flag }) => !isOwn(flag)) }, host);
}

const isOwn = (flag: Flag<unknown>) => flag === helpFlag || flag === versionFlag;

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
  const commands = Object.entries(SUBCOMMANDS).map(([name, one]) => [name, one.about] as const);
  return helpText({
    words: word === undefined ? "[<command>] [<flags>]" : `${word} [<flags>]`,
    about: word === undefined ? `${ABOUT} The flags below are those of serve; once --help shows those of once.` : about,
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
