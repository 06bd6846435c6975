import type { TableStyle } from "../parsers/smartcols.ts";

/** The options of a program that define its table. */
type Options = {
  /** The option with the names of columns: `--show`, `--output`. */
  readonly columns: string;
  /** Letters of options with a value. `o` has the names of columns. */
  readonly valued: string;
  readonly defaults: readonly string[];
  /** The columns of `--output-all`. */
  readonly all?: readonly string[];
};

/**
 * The style of the table of a util-linux program, from its command line. Without a heading (`--noheadings`, `-n`), the columns are
 * those of the command line, or the default ones.
 * @param headingIsLost whether the command line filters out the heading (`| grep zram0`).
 */
export function tableStyle(words: readonly string[], options: Options, headingIsLost = false): TableStyle {
  const { named, bare: asked } = readOptions(words, options);
  const bare = asked || headingIsLost;
  const raw = words.includes("--raw");
  if (!bare) return { columns: undefined, raw };
  const defaults = options.all && words.includes("--output-all") ? options.all : options.defaults;
  if (named === undefined) return { columns: defaults, raw };
  const columns = named.replace(/^\+/, "").toUpperCase().split(",");
  return { columns: named.startsWith("+") ? [...defaults, ...columns] : columns, raw };
}

function readOptions(words: readonly string[], options: Options): { named: string | undefined; bare: boolean } {
  let named: string | undefined;
  let bare = words.includes("--noheadings");
  words.forEach((word, i) => {
    if (word.startsWith(`${options.columns}=`)) named = word.slice(options.columns.length + 1);
    if (options.valued === "" || !word.startsWith("-")) return;
    if (word === options.columns) named = words[i + 1];
    if (word.startsWith("--")) return;
    const letters = [...word.slice(1)];
    const valued = letters.findIndex((letter) => options.valued.includes(letter));
    if (letters.slice(0, valued < 0 ? letters.length : valued).includes("n")) bare = true;
    if (letters[valued] === "o") named = word.slice(valued + 2) || words[i + 1];
  });
  return { named, bare };
}
