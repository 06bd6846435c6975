/** Description of the program, from which the manual and the completions are generated. */
export type Program = {
  readonly name: string;
  readonly about: string;
  /** All commands. The first one is the default. */
  readonly commands: readonly Command[];
};

export type Command = {
  readonly name: string;
  readonly about: string;
  /** The words that can follow its name. */
  readonly operands: readonly Operand[];
  readonly flags: readonly ShownFlag[];
};

/** A word after a command. */
export type Operand = {
  /** Placeholder in usage lines: `KIND`, `[NAME]`. */
  readonly placeholder: string;
  /** The allowed words and their descriptions. Undefined allows any word. */
  readonly choices?: Readonly<Record<string, Choice>>;
};

export type Choice = {
  readonly about: string;
  /** The words that can follow this one. */
  readonly followers?: readonly string[];
};

/** Description of a flag. */
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

/** Replacement for secrets. */
export const SECRET = "<secret>";

/** Placeholders of values that are paths on this machine. */
export const FILE_PLACEHOLDERS: readonly string[] = ["PATH", "DIR"];

/** All flags with the names of the commands that accept them, in the order of the tables. */
export function flagsOf({ commands }: Program): readonly (readonly [ShownFlag, readonly string[]])[] {
  const flags = new Map<ShownFlag, string[]>();
  for (const command of commands) {
    for (const flag of command.flags) flags.set(flag, [...(flags.get(flag) ?? []), command.name]);
  }
  return [...flags];
}

/** The spellings of a flag, with dashes: its name, its aliases, and the negated form of a switch. */
export function spellingsOf({ name, aliases = [], placeholder }: ShownFlag): readonly string[] {
  const long = [name, ...aliases.filter((alias) => alias.length > 1)].map((one) => `--${one}`);
  const short = aliases.filter((alias) => alias.length === 1).map((one) => `-${one}`);
  const isSwitch = placeholder === undefined && name !== "help" && name !== "version";
  return [...long, ...short, ...(isSwitch ? [`--no-${name}`] : [])];
}

/** The first sentence of a text, without its full stop. */
export function firstSentence(text: string): string {
  return text.replace(/\.(?: .*)?$/s, "").replace(/[:;] .*$/s, "");
}
