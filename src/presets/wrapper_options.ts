/** Parsing of the options of programs that start other programs. */

/** Gives the words of the started command, or a shell line. Undefined if there is none, or if it isn't certain. */
export type Unwrap = (rest: readonly string[]) => readonly string[] | string | undefined;

/** The options of a wrapper. With any other option, the end of the options isn't certain. */
export type Options = {
  /** Letters of options without a value. */
  readonly flags?: string;
  /** Letters of options with a value, in the same word or the next. */
  readonly values?: string;
  /** Letters of options that take the rest of their word as their value, if there is any. */
  readonly attached?: string;
  /** Long options without a value, or with one after `=`. */
  readonly longFlags?: string;
  /** Long options with a value in the next word, unless it stands after `=`. */
  readonly longValues?: string;
  /** Number of words between the options and the command. */
  readonly operands?: number;
};

/** Parsed options: values by letter or long name, and the other words. */
export type Given = { readonly values: ReadonlyMap<string, string>; readonly rest: readonly string[] };

/** Last part of a path of Unix or Windows, without `.exe`. */
export function basename(path: string): string {
  const isWindows = /^[A-Za-z]:\\|\.exe$/i.test(path);
  const last = path.slice(Math.max(path.lastIndexOf("/"), isWindows ? path.lastIndexOf("\\") : -1) + 1);
  return isWindows ? last.toLowerCase().replace(/\.exe$/, "") : last;
}

/**
 * Parses options as getopt_long(3) does.
 * @param mixed whether options can follow other words. Otherwise the first other word ends them.
 * @returns undefined if there is an unknown option.
 */
export function givenOptions(words: readonly string[], options: Options, mixed = false): Given | undefined {
  const longFlags = options.longFlags?.split(" ") ?? [];
  const longValues = options.longValues?.split(" ") ?? [];
  const values = new Map<string, string>();
  const others: string[] = [];
  let at = 0;
  for (;;) {
    const word = words[at];
    if (word === undefined) return { values, rest: others };
    if (word === "-" || !word.startsWith("-")) {
      if (!mixed) return { values, rest: words.slice(at) };
      others.push(word);
      at += 1;
      continue;
    }
    at += 1;
    if (word === "--") return { values, rest: [...others, ...words.slice(at)] };
    const long = word.startsWith("--");
    const found = long ? longOption(word, longFlags, longValues) : letterOption(word.slice(1), options);
    if (found === undefined) return undefined;
    const [name, attached] = found;
    if (name === "") continue;
    values.set(name, attached ?? words[at] ?? "");
    if (attached === undefined) at += 1;
  }
}

/** Name and value of an option. The value is undefined if it is the next word. */
type Found = readonly [name: string, value: string | undefined];

function longOption(word: string, flags: readonly string[], values: readonly string[]): Found | undefined {
  const [name = ""] = word.slice(2).split("=", 1);
  const hasValue = word.includes("=");
  if (values.includes(name)) return [name, hasValue ? word.slice(name.length + 3) : undefined];
  return flags.includes(name) ? ["", ""] : undefined;
}

function letterOption(letters: string, { flags = "", values = "", attached = "" }: Options): Found | undefined {
  const valued = [...letters].findIndex((letter) => !flags.includes(letter));
  const letter = letters[valued];
  if (letter === undefined || attached.includes(letter)) return ["", ""];
  if (!values.includes(letter)) return undefined;
  return [letter, valued === letters.length - 1 ? undefined : letters.slice(valued + 1)];
}

/** A program with options, a number of operands, and the command. */
export function wrapper(options: Options): Unwrap {
  return (words) => givenOptions(words, options)?.rest.slice(options.operands ?? 0);
}

/** The same for a command that is joined by spaces and passed to a shell. */
export function shellWrapper(options: Options): Unwrap {
  return (words) => {
    const given = givenOptions(words, options);
    const line = given?.rest.slice(options.operands ?? 0).join(" ");
    return line === "" ? undefined : line;
  };
}

/** A program whose option is a shell line. @param names the letter and the long name */
export function lineOption(names: readonly string[], options: Options): Unwrap {
  return (words) => {
    const values = givenOptions(words, options, true)?.values;
    return names.map((name) => values?.get(name)).find((line) => line !== undefined);
  };
}
