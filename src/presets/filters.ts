import { basename } from "./wrapper_options.ts";

/** Programs that copy or filter lines. Source: the manual page of each. */

type Filter = {
  /** Whether it filters lines. */
  readonly chooses: boolean;
  /** Whether these arguments change spaces, so that figures aren't below their headings any more. */
  readonly respaces?: (rest: readonly string[]) => boolean;
  /** Whether the lines that are printed with these arguments are unchanged. */
  readonly isFaithful: (rest: readonly string[]) => boolean;
};

/** Faithful unless an argument is one of these options. */
function without(options: RegExp): Filter["isFaithful"] {
  return (rest) => !rest.some((word) => options.test(word));
}

const always = () => true;

const GREP: Filter = {
  chooses: true,
  isFaithful: without(/^-[^-ef]*[cblLnoTZ]|^--(?:count|files|line-n|only|byte|initial|null)/),
};
const HEAD: Filter = { chooses: true, isFaithful: without(/^-[^-n]*[cv]|^--(?:bytes|verbose)/) };

/** An awk program that only selects lines: `/Mem/`, `NR <= 5`, `$1 == "Mem:" {print}`. */
const AWK_CHOICE =
  /^(?:[\s!,()]|&&|\|\||\/(?:[^/\\]|\\.)*\/|(?:NR|\$\d+)\s*(?:[<>]=?|[!=]=|!?~)\s*(?:\d+|"[^"\\]*"|\/(?:[^/\\]|\\.)*\/))+(?:\{\s*print(?:\s+\$0)?\s*;?\s*\})?\s*$/;
const AWK: Filter = { chooses: true, isFaithful: ([program = ""]) => AWK_CHOICE.test(program) };

/** The commands of a sed script that only select lines: `2p`, `1d`, `/Mem/,$p`, `5q`, `/Swap/!d`. */
const SED_ADDRESS = String.raw`(?:\d+|\$|/(?:[^/\\\n]|\\.)*/I?)`;
const SED_CHOICE = new RegExp(String.raw`^(?:${SED_ADDRESS}(?:,\s*(?:[+~]\d+|${SED_ADDRESS}))?)?\s*!?\s*[pdq]$`);
/** Commands that remove spaces at an end of the line, or squeeze spaces. */
const BLANK = String.raw`(?: |\\[rts]|\[\[:(?:space|blank):\]\]|\[ \\t\])`;
const BLANKS = String.raw`${BLANK}(?:${BLANK}|\*|\\?\+)*`;
const SED_BLANKS = new RegExp(String.raw`^s/(?:\^${BLANKS}//|${BLANKS}\$//|(?!${BLANK}\*)${BLANKS}/ +/)g?$`);

function isFaithfulSed(rest: readonly string[]): boolean {
  const options = rest.filter((word) => word.startsWith("-"));
  if (!options.every((word) => /^-[nErsu]*e?$|^--(?:quiet|silent|regexp-extended|unbuffered|posix)$/.test(word)))
    return false;
  const operands = rest.filter((word, i) => !word.startsWith("-") && !/^-[nErsu]*e$/.test(rest[i - 1] ?? ""));
  const given = rest.filter((_, i) => /^-[nErsu]*e$/.test(rest[i - 1] ?? ""));
  const scripts = given.length > 0 ? given : operands.slice(0, 1);
  const commands = scripts.flatMap((script) => script.split(/;|\n/)).map((one) => one.trim());
  return scripts.length > 0 && commands.every((one) => one === "" || SED_CHOICE.test(one) || SED_BLANKS.test(one));
}

/** A set of tr(1) that has only spaces and control characters. */
const BLANK_SET = /^(?:\s|\\[trn0]|\\0\d\d?|\[:(?:blank|space|cntrl):\])+$/;

/** Whether tr changes only spaces, and keeps words separate. */
function isFaithfulTr(rest: readonly string[]): boolean {
  const sets = rest.filter((word) => !word.startsWith("-"));
  const options = rest.filter((word) => word.startsWith("-"));
  const deletes = options.some((word) => /d/.test(word));
  return (
    options.every((word) => /^(?:-[ds]+|--squeeze-repeats|--delete)$/.test(word)) &&
    sets.every((set) => BLANK_SET.test(set)) &&
    (!deletes || sets.every((set) => /^(?:\\[r0n]|\\0\d\d?)+$/.test(set)))
  );
}

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ...["grep", "egrep", "fgrep"].map((name): [string, Filter] => [name, GREP]),
  ...["head", "tail"].map((name): [string, Filter] => [name, HEAD]),
  ...["awk", "gawk", "mawk", "nawk"].map((name): [string, Filter] => [name, AWK]),
  [
    "sed",
    { chooses: true, respaces: (rest) => rest.some((word) => /(?:^|[;\n])\s*s/.test(word)), isFaithful: isFaithfulSed },
  ],
  ["uniq", { chooses: true, isFaithful: without(/^-[^-fsw]*[cD]|^--(?:count|all|group)/) }],
  ["cat", { chooses: false, isFaithful: without(/^-[^-]*[AbeEntTv]|^--(?:show|number)/) }],
  ["tr", { chooses: false, respaces: (rest) => !rest.includes("-d"), isFaithful: isFaithfulTr }],
  ["column", { chooses: false, respaces: always, isFaithful: without(/^-[^-]*[JxcnRHT]|^--json/) }],
  ["sort", { chooses: false, isFaithful: without(/^-[^-kotST]*[uc]|^--(?:unique|check)/) }],
  ...["tee", "expand", "iconv", "dos2unix", "less", "more"].map((name): [string, Filter] => [
    name,
    { chooses: false, isFaithful: always },
  ]),
  ["unexpand", { chooses: false, respaces: (rest) => rest.length > 0, isFaithful: always }],
]);

function filterOf([path = "", ...rest]: readonly string[]): Filter | undefined {
  const filter = FILTERS.get(basename(path));
  return filter?.isFaithful(rest) ? filter : undefined;
}

/** Whether a command only copies or filters lines. @param words program first */
export function passes(words: readonly string[]): boolean {
  return filterOf(words) !== undefined;
}

/** Whether a command filters lines. @param words program first */
export function filtersLines(words: readonly string[]): boolean {
  const [path = "", ...rest] = words;
  const printsAll = path.endsWith("grep") && rest.find((word) => !word.startsWith("-")) === "";
  return FILTERS.get(basename(path))?.chooses === true && !printsAll;
}

/** Whether a command may move the figures of a table out of their columns. @param words program first */
export function movesFigures([path = "", ...rest]: readonly string[]): boolean {
  return FILTERS.get(basename(path))?.respaces?.(rest) === true;
}
