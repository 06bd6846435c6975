import { ParseError } from "../text.ts";
import type { Scale } from "./figure.ts";
import { type FreeOptions, procpsRows } from "./free_options.ts";
import type { Figure, FreeLook, FreeRow } from "./free_table.ts";

/** A report as it is printed: figures not read yet. */
export type FreeShown = {
  readonly look: FreeLook;
  /** Buffers and cache in columns of their own, in the layouts that can also have one for both. */
  readonly wide: boolean;
  readonly figures: readonly Figure[];
  /** Whether the line end of the last line was there. */
  readonly lastEnded: boolean;
  /** Whether rows can be missing because the command line leaves lines out. */
  readonly isPartial?: boolean;
};

/** How the command was called. */
export type FreeCall = {
  readonly options: FreeOptions;
  /** Nobody says how: the options are those that a report with suffixes has. */
  readonly isUnknown?: boolean;
  /** `busybox` or `toybox` if it was called as one of their applets. */
  readonly multicall: string | undefined;
};

/** Versions of one program in which the units mean the same. */
type Generation = {
  readonly looks: readonly FreeLook[];
  readonly fits: (call: FreeCall, shown: FreeShown) => boolean;
  readonly scale: (options: FreeOptions) => Scale;
};

/** What differs between generations of procps. */
type Decimals = {
  /** `--kilo`, `--mega` … count in 1000. */
  readonly names: boolean;
  /** `--si` alone makes the default unit 1000 bytes; before, it did nothing. */
  readonly alone: boolean;
  /** The kilo that a mega of `--si` has 1000 of: 1024 while kibibytes were divided by 1000. */
  readonly kilo: 1000 | 1024;
  /** Bytes of the suffixes under `--human --si`, where they are no powers of 1000. */
  readonly suffixes?: Readonly<Record<string, number>>;
  /** Figures that `--human --si` never gives, since it scales a whole number of mebibytes. */
  readonly never?: RegExp;
};

const OF_KIBIBYTES = { K: 1e3, M: 1024e3, G: 1024e6, T: 1024e9, P: 1024e12 };
const OF_MEBIBYTES = { M: 2 ** 20, G: 2 ** 20 * 1e3, T: 2 ** 20 * 1e6, P: 2 ** 20 * 1e9 };
const NEVER_OF_MEBIBYTES = /[1-9]\d*K$|[.,][1-9]M$/;

const plain = (unit: number): Scale => ({ unit, base: 1024, human: false });
const HUMAN: Scale = { unit: 1, base: 1024, human: true };

function procps(looks: readonly FreeLook[], decimals: Decimals): Generation {
  return {
    looks,
    fits: ({ options, multicall }, shown) =>
      multicall === undefined &&
      options.line === (shown.look === "line") &&
      (shown.look === "line" || fitsTable(options, shown)) &&
      !(options.human && isDecimal(options, decimals) && shown.figures.some(({ text }) => decimals.never?.test(text))),
    scale: (options) => procpsScale(options, decimals),
  };
}

function fitsTable(options: FreeOptions, shown: FreeShown): boolean {
  const wanted = procpsRows(options);
  if (shown.look === "eleven") return hasRows(shown, options.old ? wanted : [...wanted, "buffers_cache"]);
  return hasRows(shown, wanted) && options.wide === shown.wide;
}

function hasRows(shown: FreeShown, wanted: readonly FreeRow[], optional: readonly FreeRow[] = []): boolean {
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
 * BusyBox reads the first letter of the first option and nothing else; without CONFIG_DESKTOP not even that.
 * From 1.30 it has a row about buffers and cache only where the kernel says nothing about available memory. It has no
 * Swap row on machines without an MMU. Its oldest versions sum up memory and swap in a row "Total".
 */
const busybox: Generation = {
  looks: ["thirteen", "eleven", "twelve"],
  fits: ({ options, multicall }, shown) => {
    const isCalled = multicall === "busybox" || (multicall === undefined && !asksForMore(options));
    const canLackSwap = shown.lastEnded && multicall === "busybox";
    const isKnown =
      shown.look === "twelve"
        ? hasRows(shown, canLackSwap ? ["mem"] : ["mem", "swap"], ["swap", "buffers_cache"])
        : hasRows(shown, ["mem", "buffers_cache", "swap"]) || hasRows(shown, ["mem", "swap", "total"]);
    return isCalled && isKnown && !shown.wide && "bkmgh".includes(options.firstLetter);
  },
  scale: ({ firstLetter }) => (firstLetter === "h" ? HUMAN : plain(1024 ** "bkmg".indexOf(firstLetter || "k"))),
};

function asksForMore(options: FreeOptions): boolean {
  return options.lohi || options.total || options.committed || options.line || options.repeated;
}

/** toybox has one letter more, `t` for tebibytes, and bytes by default. */
const toybox: Generation = {
  looks: ["tabs"],
  fits: ({ options, multicall }, shown) =>
    multicall !== "busybox" &&
    "bkmgth".includes(options.firstLetter) &&
    hasRows(shown, ["mem", "buffers_cache", "swap"]),
  scale: ({ firstLetter }) => (firstLetter === "h" ? HUMAN : plain(1024 ** "bkmgt".indexOf(firstLetter || "b"))),
};

/**
 * From the sources of procps: `free.c` at the versions named, NEWS of 3.3.13 ("fix some of the SI multiples"), 4.0.0
 * ("fix -h --si") and 4.0.1 ("--si changes base of default output").
 */
const GENERATIONS: readonly Generation[] = [
  // To 3.3.9.
  procps(["eleven"], { names: false, alone: false, kilo: 1024, suffixes: OF_KIBIBYTES }),
  // 3.3.10 and 3.3.11, of which it isn't known what `--kilo` means.
  procps(["twelve", "translated"], { names: false, alone: false, kilo: 1024, suffixes: OF_KIBIBYTES }),
  // 3.3.11 and 3.3.12.
  procps(["twelve", "translated"], { names: true, alone: false, kilo: 1024, suffixes: OF_KIBIBYTES }),
  // 3.3.13 to 3.3.16, then 3.3.17.
  ...[["twelve", "translated"] as const, ["shifted", "translated"] as const].map((looks) =>
    procps(looks, { names: true, alone: false, kilo: 1000, suffixes: OF_MEBIBYTES, never: NEVER_OF_MEBIBYTES }),
  ),
  // 4.0.0.
  procps(["shifted", "translated"], { names: true, alone: false, kilo: 1000 }),
  // From 4.0.1.
  procps(["shifted", "translated", "line"], { names: true, alone: true, kilo: 1000 }),
  busybox,
  toybox,
];

/**
 * How to read the figures of a report: by what was asked for and by who can have printed it.
 * @throws ParseError if nothing prints such a report when called so, or if its unit is not certain.
 */
export function freeScale(call: FreeCall, shown: FreeShown): Scale {
  const able = GENERATIONS.filter((one) => one.looks.includes(shown.look) && one.fits(call, shown));
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
  if (scale.unit === 1 && able.includes(busybox)) requireBytes(shown.figures);
  return scale;
}

/** A BusyBox that takes no options prints kibibytes whatever is asked for. Bytes are counted in pages: never so. */
function requireBytes(figures: readonly Figure[]): void {
  const numbers = figures.map((figure) => Number(figure.text)).filter((number) => number > 0);
  if (numbers.every((number) => number % 4 === 0) && numbers.some((number) => number % 1024 !== 0)) {
    throw new ParseError("found figures that are no whole kibibytes, wanted bytes: this free takes no options");
  }
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
