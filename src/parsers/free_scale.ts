import { ParseError, quote } from "../text.ts";
import type { Scale } from "./figure.ts";
import { type FreeOptions, procpsRows } from "./free_options.ts";
import type { Figure, FreeLayout, FreeRow } from "./free_table.ts";

/** A report as printed, before its figures are converted to bytes. */
export type PrintedReport = {
  readonly layout: FreeLayout;
  /** Whether a layout that can have one column "buff/cache" has separate columns instead (`-w`). */
  readonly wide: boolean;
  readonly figures: readonly Figure[];
  /** Whether the last line ends with a line end. */
  readonly lastEnded: boolean;
  /** Whether rows may be missing because the command line filters lines. */
  readonly isPartial?: boolean;
};

/** How the command was called. */
export type FreeCall = {
  readonly options: FreeOptions;
  /** The command line isn't known. The options are those of a report with suffixes. */
  readonly isUnknown?: boolean;
  /** `busybox` or `toybox` if it was called as one of their applets. */
  readonly multicall: string | undefined;
};

/** Versions of one program that interpret units in the same way. */
type Generation = {
  readonly layouts: readonly FreeLayout[];
  readonly fits: (call: FreeCall, shown: PrintedReport) => boolean;
  readonly scale: (options: FreeOptions) => Scale;
};

/** How versions of procps differ in decimal units. */
type Decimals = {
  /** `--kilo`, `--mega`, … are powers of 1000. */
  readonly names: boolean;
  /** `--si` alone changes the default unit to 1000 bytes. In older versions it has no effect. */
  readonly alone: boolean;
  /** Bytes of a kilo in the mega and giga of `--si`: 1024 in versions that divide kibibytes by 1000. */
  readonly kilo: 1000 | 1024;
  /** Bytes of the suffixes with `--human --si`, if they aren't powers of 1000. */
  readonly suffixes?: Readonly<Record<string, number>>;
  /** Figures that `--human --si` never prints, since it scales a whole number of mebibytes. */
  readonly never?: RegExp;
};

const OF_KIBIBYTES = { K: 1e3, M: 1024e3, G: 1024e6, T: 1024e9, P: 1024e12 };
const OF_MEBIBYTES = { M: 2 ** 20, G: 2 ** 20 * 1e3, T: 2 ** 20 * 1e6, P: 2 ** 20 * 1e9 };
const NEVER_OF_MEBIBYTES = /[1-9]\d*K$|[.,][1-9]M$/;

const plain = (unit: number): Scale => ({ unit, base: 1024, human: false });
const HUMAN: Scale = { unit: 1, base: 1024, human: true };

function procps(layouts: readonly FreeLayout[], decimals: Decimals): Generation {
  return {
    layouts,
    fits: ({ options, multicall }, shown) =>
      multicall === undefined &&
      options.line === (shown.layout === "line") &&
      (shown.layout === "line" || fitsTable(options, shown)) &&
      !(options.human && isDecimal(options, decimals) && shown.figures.some(({ text }) => decimals.never?.test(text))),
    scale: (options) => procpsScale(options, decimals),
  };
}

function fitsTable(options: FreeOptions, shown: PrintedReport): boolean {
  const wanted = procpsRows(options);
  if (shown.layout === "eleven") return hasRows(shown, options.old ? wanted : [...wanted, "buffers_cache"]);
  return hasRows(shown, wanted) && options.wide === shown.wide;
}

function hasRows(shown: PrintedReport, wanted: readonly FreeRow[], optional: readonly FreeRow[] = []): boolean {
  const rows = new Set(shown.figures.map((figure) => figure.row));
  return (
    (shown.isPartial || wanted.every((row) => rows.has(row))) &&
    [...rows].every((row) => wanted.includes(row) || optional.includes(row))
  );
}

function isDecimal(options: FreeOptions, decimals: Decimals): boolean {
  return options.si || (options.decimalName && decimals.names);
}

function procpsScale(options: FreeOptions, decimals: Decimals): Scale {
  const si = isDecimal(options, decimals);
  if (options.human)
    return si ? { unit: 1, base: 1000, human: true, ...(decimals.suffixes && { suffixes: decimals.suffixes }) } : HUMAN;
  if (options.power === 0) return plain(si && decimals.alone ? 1000 : 1024);
  if (!si) return plain(1024 ** (options.power - 1));
  return plain(options.power < 3 ? 1000 ** (options.power - 1) : decimals.kilo * 1000 ** (options.power - 2));
}

/**
 * BusyBox reads only the first letter of the first option, and no options at all if it is built without CONFIG_DESKTOP.
 * From 1.30 it prints the row "-/+ buffers/cache" only if the kernel doesn't report available memory. On machines without an
 * MMU it prints no row Swap. Its oldest versions print the sum of memory and swap in a row Total.
 */
const busybox: Generation = {
  layouts: ["thirteen", "eleven", "twelve"],
  fits: ({ options, multicall }, shown) => {
    const isCalled = multicall === "busybox" || (multicall === undefined && !hasProcpsOptions(options));
    const canLackSwap = shown.lastEnded && multicall === "busybox";
    const isKnown =
      shown.layout === "twelve"
        ? hasRows(shown, canLackSwap ? ["mem"] : ["mem", "swap"], ["swap", "buffers_cache"])
        : hasRows(shown, ["mem", "buffers_cache", "swap"]) || hasRows(shown, ["mem", "swap", "total"]);
    return isCalled && isKnown && !shown.wide && "bkmgh".includes(options.firstLetter);
  },
  scale: ({ firstLetter }) => (firstLetter === "h" ? HUMAN : plain(1024 ** "bkmg".indexOf(firstLetter || "k"))),
};

function hasProcpsOptions(options: FreeOptions): boolean {
  return options.lohi || options.total || options.committed || options.line || options.repeated;
}

/** toybox also knows `t` for tebibytes. Its default unit is bytes. */
const toybox: Generation = {
  layouts: ["tabs"],
  fits: ({ options, multicall }, shown) =>
    multicall !== "busybox" &&
    "bkmgth".includes(options.firstLetter) &&
    hasRows(shown, ["mem", "buffers_cache", "swap"]),
  scale: ({ firstLetter }) => (firstLetter === "h" ? HUMAN : plain(1024 ** "bkmgt".indexOf(firstLetter || "b"))),
};

/**
 * Source: free.c of procps in these versions, and NEWS of 3.3.13 ("fix some of the SI multiples"), 4.0.0 ("fix -h --si") and
 * 4.0.1 ("--si changes base of default output").
 */
const GENERATIONS: readonly Generation[] = [
  // Up to 3.3.9.
  procps(["eleven"], { names: false, alone: false, kilo: 1024, suffixes: OF_KIBIBYTES }),
  // 3.3.10 and 3.3.11. The base of `--kilo` in 3.3.11 isn't known: this entry or the next.
  procps(["twelve", "translated"], { names: false, alone: false, kilo: 1024, suffixes: OF_KIBIBYTES }),
  // 3.3.11 and 3.3.12.
  procps(["twelve", "translated"], { names: true, alone: false, kilo: 1024, suffixes: OF_KIBIBYTES }),
  // 3.3.13 to 3.3.16, then 3.3.17.
  ...[["twelve", "translated"] as const, ["shifted", "translated"] as const].map((layouts) =>
    procps(layouts, { names: true, alone: false, kilo: 1000, suffixes: OF_MEBIBYTES, never: NEVER_OF_MEBIBYTES }),
  ),
  // 4.0.0.
  procps(["shifted", "translated"], { names: true, alone: false, kilo: 1000 }),
  // From 4.0.1.
  procps(["shifted", "translated", "line"], { names: true, alone: true, kilo: 1000 }),
  busybox,
  toybox,
];

/**
 * How to convert the figures of a report to bytes. It depends on the options and on the programs that print such a report.
 * @throws ParseError if no known program prints such a report with these options, or if the unit isn't certain.
 */
export function freeScale(call: FreeCall, shown: PrintedReport): Scale {
  const able = GENERATIONS.filter((one) => one.layouts.includes(shown.layout) && one.fits(call, shown));
  if (able.length === 0) {
    const rows = [...new Set(shown.figures.map((figure) => figure.row))].join(", ");
    throw new ParseError(
      `found a report with the rows ${rows || "none"}, wanted the rows and columns that free prints when called so`,
    );
  }
  const scale = onlyScale(able, call.options);
  if (scale === undefined) {
    throw new ParseError(
      "found options whose unit depends on the version of free, wanted -b without --si, or --command.output-of with a unit that is certain (-b, -k, -m, -g)",
    );
  }
  if (scale.unit === 1 && !scale.human) requireBytes(shown);
  return scale;
}

/**
 * The kernel counts in KiB or in pages, so all figures in bytes are whole numbers of KiB. A BusyBox without options prints KiB
 * whatever is asked for, and early versions of uutils do so for the swap. procps of RHEL 6 cuts off digits: its figures are only
 * rejected if they layout like KiB, which are counted in pages.
 */
function requireBytes({ figures, layout }: PrintedReport): void {
  const sizes = figures.filter(({ text }) => /^\d{1,15}$/.test(text));
  const odd = sizes.find(({ text }) => Number(text) % 1024 !== 0);
  const isCut = layout === "eleven" && sizes.some(({ text }) => Number(text) % 4 !== 0);
  if (odd === undefined || isCut) return;
  throw new ParseError(
    `found ${quote(odd.text)} in column "${odd.column}", which is no whole kibibyte, wanted bytes: this free prints other units than asked for`,
    odd.line,
  );
}

function onlyScale(generations: readonly Generation[], options: FreeOptions): Scale | undefined {
  const [first, ...others] = generations.map((one) => one.scale(options));
  if (first === undefined) return undefined;
  const isSame = (other: Scale) =>
    other.unit === first.unit &&
    other.base === first.base &&
    other.human === first.human &&
    other.suffixes === first.suffixes;
  return others.every(isSame) ? first : undefined;
}
