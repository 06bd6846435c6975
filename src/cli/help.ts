import type { ShownFlag } from "../print/program.ts";
import { environmentName } from "./flags.ts";

const WIDTH = 100;
const COLUMN = 34;

type Usage = {
  /** Behind the program's name on the usage line. */
  readonly words: string;
  readonly about: string;
  readonly flags: readonly ShownFlag[];
  /** Lists of words and what they mean, by heading: the commands, or what a command takes. */
  readonly lists?: Readonly<Record<string, readonly (readonly [string, string])[]>>;
};

/** The text of `--help`: flags by group, at most 100 columns wide. */
export function helpText({ words, about, flags, lists = {} }: Usage): string {
  const groups = [...new Set(flags.map((flag) => flag.group))];
  const sections = [
    `usage: memory_exporter ${words}`,
    wrap(about, "").join("\n"),
    ...Object.entries(lists).map(([title, rows]) =>
      section(
        title,
        rows.flatMap(([name, text]) => row(name, text)),
      ),
    ),
    ...groups.map((group) => section(group, flags.filter((flag) => flag.group === group).flatMap(flagRow))),
    wrap(
      `Every flag can be set by environment, as ${environmentName("log.level")} for --log.level. A flag wins over the environment. The values of a repeatable flag are separated by commas there.`,
      "",
    ).join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines].join("\n");
}

function flagRow(flag: ShownFlag): string[] {
  const isSwitch = flag.placeholder === undefined;
  const name =
    flag.name === "help" ? "-h, --help" : `--${isSwitch && flag.name !== "version" ? "[no-]" : ""}${flag.name}`;
  const aliases = (flag.aliases ?? []).filter((alias) => alias.length > 1).map((alias) => `--${alias}`);
  const notes = [
    ...(isSwitch || flag.shown === undefined ? [] : [`Default: ${flag.shown}.`]),
    ...(aliases.length > 0 ? [`Also ${aliases.join(", ")}.`] : []),
  ];
  return row(isSwitch ? name : `${name}=${flag.placeholder}`, [flag.help, ...notes].join(" "));
}

function row(name: string, text: string): string[] {
  const [first = "", ...more] = wrap(text, " ".repeat(COLUMN));
  const head = `  ${name}`;
  if (head.length + 2 > COLUMN) return [head, first, ...more];
  return [head.padEnd(COLUMN) + first.trimStart(), ...more];
}

/** Breaks a text at spaces into lines that begin with `indent`. */
function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(indent + line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
