/** The program as its own tables describe it: what the man page and the completions are made from. */
export type Program = {
  readonly name: string;
  readonly about: string;
  /** All commands; the first one is run where none is named. */
  readonly commands: readonly Command[];
};

export type Command = {
  readonly name: string;
  readonly about: string;
  /** The words that it takes behind its name. */
  readonly operands: readonly Operand[];
  readonly flags: readonly ShownFlag[];
};

/** A word behind a command. */
export type Operand = {
  /** As usage lines show it: `KIND`, `[NAME]`. */
  readonly placeholder: string;
  /** The words that it can be and what each means; without them, it can be any. */
  readonly choices?: Readonly<Record<string, Choice>>;
};

export type Choice = {
  readonly about: string;
  /** The words that can come behind this one, none of which has to. */
  readonly followers?: readonly string[];
};

/** What people are shown of a flag. */
export type ShownFlag = {
  /** Long name, without dashes: `web.listen-address`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Heading in `--help`. */
  readonly group: string;
  readonly help: string;
  /** Placeholder of the value in `--help`; none for a switch. */
  readonly placeholder?: string;
  /** The default as `--help` shows it. */
  readonly shown?: string;
  /** Whether it may be given more than once. */
  readonly repeatable?: boolean;
  /** Its allowed values, if they are fixed. */
  readonly choices?: readonly string[];
};

/** What stands for what may be a secret. */
export const SECRET = "<secret>";

/** Placeholders of values that are paths of files and directories of this machine. */
export const FILE_PLACEHOLDERS: readonly string[] = ["PATH", "DIR"];

/** Every flag once, with the names of the commands that take it, in the order of the tables. */
export function flagsOf({ commands }: Program): readonly (readonly [ShownFlag, readonly string[]])[] {
  const flags = new Map<ShownFlag, string[]>();
  for (const command of commands) {
    for (const flag of command.flags) flags.set(flag, [...(flags.get(flag) ?? []), command.name]);
  }
  return [...flags];
}

/** The names by which a flag is given, with dashes: its own, its aliases, and for a switch the one that turns it off. */
export function spellingsOf({ name, aliases = [], placeholder }: ShownFlag): readonly string[] {
  const long = [name, ...aliases.filter((alias) => alias.length > 1)].map((one) => `--${one}`);
  const short = aliases.filter((alias) => alias.length === 1).map((one) => `-${one}`);
  const isSwitch = placeholder === undefined && name !== "help" && name !== "version";
  return [...long, ...short, ...(isSwitch ? [`--no-${name}`] : [])];
}

/** The first sentence of a text, without its point. */
export function firstSentence(text: string): string {
  return text.replace(/\.(?: .*)?$/s, "").replace(/[:;] .*$/s, "");
}
