import { parseArgs } from "node:util";
import { didYouMean } from "../nearest.ts";
import type { ShownFlag } from "../print/program.ts";
import { quote } from "../text.ts";
import { ValueError } from "./values.ts";

/** A user's mistake on the command line or in the environment; the message is one line. */
export class UsageError extends Error {}

/** An error of a valid command line, such as a missing file. The message is one line, without the advice to try `--help`. */
export class OperationError extends Error {}

/** One flag. Every flag can also be set by an environment variable. */
export type Flag<T> = ShownFlag & {
  /** Removes secrets from a value before it is shown. */
  readonly redact?: (text: string) => string;
  /** Makes the value from all given texts, in order, or from none. Throws a ValueError. */
  readonly read: (texts: readonly string[]) => T;
};

/** The value types of a table of flags. */
export type Values<Table extends Record<string, Flag<unknown>>> = {
  readonly [Key in keyof Table]: Table[Key] extends Flag<infer T> ? T : never;
};

/** Reads one text. */
type Reader<T> = ((text: string) => T) & { readonly choices?: readonly string[] };

type More = Pick<Flag<unknown>, "aliases" | "redact">;

/** Functions that create flags of one group of `--help`. A usage is a name and the placeholder of its value: `web.max-requests=N`. */
export function flagsOf(group: string) {
  const shownAs = (usage: string, help: string, { choices }: Pick<Reader<unknown>, "choices">, more: object) => {
    const [, name = "", placeholder = ""] = /^([^=]+)=(.*)$/.exec(usage) ?? [];
    return { name, placeholder, group, help, ...(choices && { choices }), ...more };
  };
  return {
    /** A switch: `--name`, `--no-name`, `--name=true|false`. */
    toggle: (name: string, help: string, more: More = {}): Flag<boolean> => ({
      ...{ name, group, help, shown: "false", ...more },
      read: ([text]) => text === "true",
    }),
    /** A flag with one value and a default. */
    value: <T>(usage: string, shown: string, help: string, read: Reader<T>, more: More = {}): Flag<T> => ({
      ...shownAs(usage, help, read, { shown, ...more }),
      read: ([text = shown]) => read(text),
    }),
    /** A flag with one value and no default. */
    optional: <T>(usage: string, help: string, read: Reader<T>, more: More = {}): Flag<T | undefined> => ({
      ...shownAs(usage, help, read, more),
      read: ([text]) => (text === undefined ? undefined : read(text)),
    }),
    /** A repeatable flag with a default. In its environment variable, values are separated by commas. */
    list: <T>(usage: string, shown: string, help: string, read: Reader<T>): Flag<readonly T[]> => ({
      ...shownAs(usage, help, read, { shown, repeatable: true }),
      read: (texts) => (texts.length > 0 ? texts : [shown]).map(read),
    }),
    /** A repeatable flag without a default. `shown` describes in `--help` what happens without it. */
    many: <T>(usage: string, help: string, read: Reader<T>, more: { shown?: string } = {}): Flag<readonly T[]> => ({
      ...shownAs(usage, help, read, { repeatable: true, ...more }),
      read: (texts) => texts.map(read),
    }),
  };
}

/** The environment variable of a flag: `web.listen-address` is MEMORY_EXPORTER_WEB_LISTEN_ADDRESS. */
export function environmentName(flag: string): string {
  return `MEMORY_EXPORTER_${flag.toUpperCase().replace(/[.-]/g, "_")}`;
}

const isSwitch = (flag: Flag<unknown>) => flag.placeholder === undefined;

type Token = { readonly flag: Flag<unknown>; readonly text: string };

/** A command line: the flags with their texts in order, and the other words. */
export type CommandLine = { readonly tokens: readonly Token[]; readonly words: readonly string[] };

/**
 * Splits a command line by a table of flags: `--name=value`, `--name value`, `--[no-]switch`, and the same with one dash.
 * @throws UsageError for an unknown flag or a missing value.
 */
export function splitArguments(args: readonly string[], flags: readonly Flag<unknown>[]): CommandLine {
  const byName = new Map(flags.flatMap((flag) => [flag.name, ...(flag.aliases ?? [])].map((name) => [name, flag])));
  const options = Object.fromEntries(
    [...byName].map(([name, flag]) => [name, { type: isSwitch(flag) ? "boolean" : "string" } as const]),
  );
  const doubled = args.map((arg) => (/^-[a-zA-Z]/.test(arg) ? `-${arg}` : arg));
  const parsed = parseArgs({ args: doubled, options, strict: false, allowPositionals: true, tokens: true });
  const tokens: Token[] = [];
  const words: string[] = [];
  for (const token of parsed.tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind === "option") tokens.push(readToken(token, byName));
  }
  return { tokens, words };
}

type OptionToken = {
  readonly name: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
};

function readToken({ name, value, inlineValue }: OptionToken, byName: ReadonlyMap<string, Flag<unknown>>): Token {
  const flag = byName.get(name);
  if (flag === undefined) return readNegated(name, value, byName);
  if (isSwitch(flag)) {
    if (value !== undefined && value !== "true" && value !== "false") {
      throw new UsageError(`--${name}: found ${quote(value)}, wanted true or false`);
    }
    return { flag, text: value ?? "true" };
  }
  if (value === undefined || (!inlineValue && /^--?[a-zA-Z]/.test(value))) {
    throw new UsageError(`expected argument for flag '--${name}'`);
  }
  return { flag, text: value };
}

function readNegated(name: string, value: string | undefined, byName: ReadonlyMap<string, Flag<unknown>>): Token {
  const flag = name.startsWith("no-") ? byName.get(name.slice(3)) : undefined;
  if (flag === undefined || !isSwitch(flag)) throw unknownFlag(name, byName);
  if (value !== undefined) throw new UsageError(`--${name}: found ${quote(value)}, wanted no value`);
  return { flag, text: "false" };
}

function unknownFlag(name: string, byName: ReadonlyMap<string, Flag<unknown>>): UsageError {
  const flags = [...new Set(byName.values())];
  const own = flags.flatMap((flag) => (isSwitch(flag) ? [flag.name, `no-${flag.name}`] : [flag.name]));
  const show = (near: string) => `'--${near}'`;
  const meant = didYouMean(name, own, show) || didYouMean(name, [...byName.keys()], show);
  return new UsageError(`unknown long flag '--${quote(name).slice(1, -1)}'${meant}`);
}

/**
 * The values of a table of flags: from the command line, from the environment, or the defaults, in this order.
 * @throws UsageError for a repeated flag, a flag of another command, or a bad value.
 */
export function readFlags<Table extends Record<string, Flag<unknown>>>(
  table: Table,
  line: CommandLine,
  environment: Readonly<Record<string, string | undefined>>,
): Values<Table> {
  const flags = Object.values(table);
  for (const { flag } of line.tokens) {
    if (!flags.includes(flag)) throw new UsageError(`flag '--${flag.name}' doesn't belong to this command`);
  }
  const entries = Object.entries(table).map(([key, flag]) => [key, readFlag(flag, line, environment)]);
  return Object.fromEntries(entries);
}

/** The texts given for a flag, on the command line or in the environment; empty for the default. */
function givenFor(flag: Flag<unknown>, line: CommandLine, environment: Readonly<Record<string, string | undefined>>) {
  const given = line.tokens.filter((token) => token.flag === flag).map((token) => token.text);
  const variable = environmentName(flag.name);
  const text = environment[variable] ?? "";
  if (given.length > 0 || text === "") return { texts: given, source: `--${flag.name}` };
  return { texts: flag.repeatable ? text.split(",").map((one) => one.trim()) : [text], source: variable };
}

function readFlag<T>(flag: Flag<T>, line: CommandLine, environment: Readonly<Record<string, string | undefined>>): T {
  const { texts, source } = givenFor(flag, line, environment);
  const [text = ""] = texts;
  if (texts.length > 1 && !flag.repeatable) throw new UsageError(`flag '${flag.name}' cannot be repeated`);
  if (texts.length === 0) return flag.read([]);
  if (isSwitch(flag) && text !== "true" && text !== "false")
    throw new UsageError(`${source}: found ${quote(text)}, wanted true or false`);
  return readTexts(flag, texts, source);
}

/**
 * The values of flags by name, without secrets: as given, or the default; null without a default. Call it after `readFlags`.
 */
export function shownFlags(
  table: Readonly<Record<string, Flag<unknown>>>,
  line: CommandLine,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> {
  const shownOf = (flag: Flag<unknown>): unknown => {
    const given = givenFor(flag, line, environment).texts.map(flag.redact ?? String);
    const texts = given.length > 0 ? given : flag.shown === undefined ? [] : [flag.shown];
    if (flag.repeatable) return texts;
    return isSwitch(flag) ? texts[0] === "true" : (texts[0] ?? null);
  };
  return Object.fromEntries(Object.values(table).map((flag) => [flag.name, shownOf(flag)]));
}

function readTexts<T>(flag: Flag<T>, texts: readonly string[], source: string): T {
  try {
    return flag.read(texts);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new UsageError(`${source}: found ${quote(texts.join(","))}${error.meant}, wanted ${error.message}`);
  }
}
