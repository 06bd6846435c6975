import type { Command, Operand, Program } from "../print/program.ts";
import type { CommandLine, Flag } from "./flags.ts";
import type { Host } from "./host.ts";
import { PRINTED } from "./print_kinds.ts";
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

/** A subcommand. */
export type Subcommand = {
  readonly about: string;
  readonly flags: Readonly<Record<string, Flag<unknown>>>;
  /** The words that can follow its name; none by default. */
  readonly operands?: readonly Operand[];
  /** The flag that a word too many is most likely meant for. */
  readonly meant?: string;
  /** Whether it runs memory commands. */
  readonly runs?: boolean;
  /** Loads the modules of the subcommand. */
  readonly load: () => Promise<(line: CommandLine, host: Host) => Promise<number>>;
};

/** The subcommand if none is named. */
export const DEFAULT = "serve";

export const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
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
    about: "Run the commands and push their metrics to a Pushgateway, by remote write, or by OTLP.",
    flags: pushFlags,
    meant: "push.url",
    runs: true,
    load: async () => (await import("./push.ts")).push,
  },
  textfile: {
    about: "Run the commands and write their metrics to a file, for node_exporter's textfile collector.",
    flags: textfileFlags,
    meant: "textfile.path",
    runs: true,
    load: async () => (await import("./textfile.ts")).textfile,
  },
  parse: {
    about: "Parse a command's output, from stdin or a file, and print its metrics. Exits 2 if it can't be parsed.",
    flags: parseFlags,
    meant: "file",
    load: async () => (await import("./parse.ts")).parse,
  },
  try: {
    about: "Run one command of --config.file once, and show its output and its metrics. Exits 2 if it failed.",
    operands: [{ placeholder: "[NAME]" }],
    flags: tryFlags,
    runs: true,
    load: async () => (await import("./try.ts")).tryOne,
  },
  print: {
    about: "Print files that belong to the program: systemd units, shell completion, the manual page and more.",
    operands: [{ placeholder: "KIND", choices: PRINTED }, { placeholder: "[WHICH]" }],
    flags: printFlags,
    load: async () => {
      const { print } = await import("./print.ts");
      return (line, host) => print(line, host, program());
    },
  },
  check: {
    about:
      "Validate --config.file, --web.config.file and --push.config.file. Every problem is reported with its line and column. Exits 1 if there is one.",
    flags: checkFlags,
    meant: "config.file",
    load: async () => (await import("./check.ts")).check,
  },
};

export const ABOUT = "Runs the memory command (free) safely, and exports its output as Prometheus metrics.";

/** Commands that are also flags. */
const WORDS: readonly Command[] = [
  { name: "version", about: "Show the version.", operands: [], flags: [] },
  {
    name: "help",
    about: "Show this help, or that of a command, as in help once.",
    operands: [
      {
        placeholder: "[COMMAND]",
        choices: Object.fromEntries(Object.entries(SUBCOMMANDS).map(([name, { about }]) => [name, { about }])),
      },
    ],
    flags: [],
  },
];

/** The whole program, for help, manual and completions. */
export function program(): Program {
  const commands = Object.entries(SUBCOMMANDS).map(
    ([name, { about, flags, operands = [] }]): Command => ({
      name,
      about,
      operands,
      flags: [...Object.values(flags), helpFlag, versionFlag],
    }),
  );
  return { name: "memory_exporter", about: ABOUT, commands: [...commands, ...WORDS] };
}
