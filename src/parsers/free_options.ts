import { ParseError, quote } from "../text.ts";
import type { FreeRow } from "./free_table.ts";

/** Options of a `free` command line. Source: free(1) of procps, and the sources of BusyBox and toybox. */
export type FreeOptions = {
  /** Unit: 0 is the default of the program, 1 bytes, 2 kilo, 3 mega … 6 peta. The base may be 1000 or 1024. */
  readonly power: number;
  /** The unit is given as `--kilo`, `--mega`, …, whose base depends on the version. */
  readonly decimalName: boolean;
  readonly si: boolean;
  readonly human: boolean;
  readonly wide: boolean;
  readonly line: boolean;
  readonly lohi: boolean;
  readonly total: boolean;
  readonly committed: boolean;
  readonly repeated: boolean;
  /** Without the row "-/+ buffers/cache". */
  readonly old: boolean;
  /** Letter of the first option, the only one that BusyBox reads. Empty without options. */
  readonly firstLetter: string;
};

const LETTERS: Readonly<Record<string, string>> = {
  a: "available",
  b: "bytes",
  c: "count",
  g: "gibi",
  h: "human",
  k: "kibi",
  l: "lohi",
  L: "line",
  m: "mebi",
  o: "old",
  s: "seconds",
  t: "total",
  v: "committed",
  w: "wide",
};

const POWERS: Readonly<Record<string, number>> = {
  bytes: 1,
  kilo: 2,
  mega: 3,
  giga: 4,
  tera: 5,
  peta: 6,
  kibi: 2,
  mebi: 3,
  gibi: 4,
  tebi: 5,
  pebi: 6,
};

const DECIMAL_NAMES = ["kilo", "mega", "giga", "tera", "peta"];
const VALUED = ["count", "seconds"];
const LONG_NAMES = [...new Set([...Object.values(LETTERS), ...Object.keys(POWERS), "si"])].filter(
  (name) => name !== "available",
);

/**
 * Parses the words of a `free` command line, beginning with the program, as getopt_long(3) does.
 * @throws ParseError for unknown or contradicting options.
 */
export function freeOptions(words: readonly string[]): FreeOptions {
  const asked = optionNames(words.slice(1));
  const units = Object.keys(POWERS).filter((name) => asked.has(name));
  if (units.length > 1)
    throw new ParseError(`found --${units.join(" and --")} in the command line of free, wanted one unit`);
  const unit = units[0] ?? "";
  return {
    power: POWERS[unit] ?? 0,
    decimalName: DECIMAL_NAMES.includes(unit),
    si: asked.has("si"),
    human: asked.has("human"),
    wide: asked.has("wide"),
    line: asked.has("line"),
    lohi: asked.has("lohi"),
    total: asked.has("total"),
    committed: asked.has("committed"),
    repeated: asked.has("seconds") || asked.has("count"),
    old: asked.has("old"),
    firstLetter: words[1]?.[1] ?? "",
  };
}

/** The rows that procps from 3.3.10 prints with these options, in order. */
export function procpsRows(options: FreeOptions): FreeRow[] {
  const lohi: FreeRow[] = options.lohi ? ["low", "high"] : [];
  const total: FreeRow[] = options.total ? ["total"] : [];
  const committed: FreeRow[] = options.committed ? ["committed"] : [];
  return ["mem", ...lohi, "swap", ...total, ...committed];
}

/** The options, by their long names. */
function optionNames(words: readonly string[]): Set<string> {
  const asked = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const names = word.startsWith("--") ? longOption(word) : letterOptions(word);
    for (const { name, hasValue } of names) {
      asked.add(name);
      if (VALUED.includes(name) && !hasValue) i += 1;
    }
  }
  return asked;
}

type Option = { readonly name: string; readonly hasValue: boolean };

function longOption(word: string): Option[] {
  const given = word.slice(2).split("=", 1)[0] ?? "";
  const names = LONG_NAMES.filter((name) => name === given || (given !== "" && name.startsWith(given)));
  const [name] = names.includes(given) ? [given] : names;
  if (name === undefined || (names.length > 1 && name !== given)) throw unknown(word);
  return [{ name, hasValue: word.includes("=") }];
}

/** Short options. `s` and `c` take the rest of the word as their value. */
function letterOptions(word: string): Option[] {
  if (!word.startsWith("-")) throw unknown(word);
  const options: Option[] = [];
  for (let i = 1; i < word.length; i++) {
    const name = LETTERS[word[i] ?? ""];
    if (name === undefined) throw unknown(word);
    const isValued = VALUED.includes(name);
    options.push({ name, hasValue: isValued && i + 1 < word.length });
    if (isValued) break;
  }
  if (options.length === 0) throw unknown(word);
  return options;
}

function unknown(word: string): ParseError {
  return new ParseError(`found ${quote(word)} in the command line of free, wanted options that give a report`);
}
