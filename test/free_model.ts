import type { FreeColumn, FreeRow } from "../src/parsers/free_table.ts";
import type { Random } from "./random.ts";

/** A report as a program would print it, and the bytes that it says. */
export type Printed = {
  readonly words: readonly string[];
  readonly text: string;
  readonly bytes: Readonly<Record<string, number>>;
};

/** How a program sets its table. */
type Layout = {
  readonly name: string;
  readonly heading: string;
  readonly columns: readonly FreeColumn[];
  /** A label, padded, and the figures of its row, set in columns. */
  readonly row: (label: string, figures: readonly string[]) => string;
  readonly cacheRow?: (figures: readonly string[]) => string;
  /** Whether a figure that is as wide as its column touches the one before. */
  readonly touches: boolean;
  readonly options: Readonly<Record<string, number | "human">>;
  /** Figures that `-h` gives, with their bytes. */
  readonly human: (random: Random) => readonly [string, number];
  readonly extra: readonly ("-l" | "-t" | "-v")[];
};

const FIVE: readonly FreeColumn[] = ["total", "used", "free", "shared", "buffers"];
const SIX: readonly FreeColumn[] = [...FIVE, "cached"];
const NARROW: readonly FreeColumn[] = ["total", "used", "free", "shared", "buff_cache", "available"];
const WIDE: readonly FreeColumn[] = [...FIVE, "cached", "available"];

const UNITS = { "": 1024, "-b": 1, "-k": 1024, "-m": 2 ** 20, "-g": 2 ** 30, "-h": "human" } as const;

const set = (figures: readonly string[], width: number) => figures.map((figure) => figure.padStart(width)).join("");
const spaced = (figures: readonly string[], width: number) =>
  figures.map((figure) => ` ${figure.padStart(width)}`).join("");

const WORDS: Partial<Record<FreeColumn, string>> = { cached: "cache", buff_cache: "buff/cache" };
const headings = (columns: readonly FreeColumn[], indent: number, width: number) =>
  " ".repeat(indent) +
  set(
    columns.map((column) => WORDS[column] ?? column),
    width,
  );

/** `9.9Gi`, `10Gi`, `0B`: at most five characters. */
function binaryFigure(random: Random): readonly [string, number] {
  if (random.below(5) === 0) return ["0B", 0];
  const power = 1 + random.below(5);
  const letter = "KMGTP"[power - 1];
  if (random.below(2) === 0) {
    const tenths = 10 + random.below(90);
    return [`${(tenths / 10).toFixed(1)}${letter}i`, Math.round((tenths / 10) * 1024 ** power)];
  }
  const whole = 10 + random.below(990);
  return [`${whole}${letter}i`, whole * 1024 ** power];
}

/** As above, by bare letters. */
function bareFigure(random: Random): readonly [string, number] {
  const [text, bytes] = binaryFigure(random);
  return [text.replace("i", ""), bytes];
}

/** Always one decimal: `1014.6M`; zero has no suffix. */
function busyboxFigure(random: Random): readonly [string, number] {
  if (random.below(5) === 0) return ["0", 0];
  const power = 1 + random.below(4);
  const tenths = 10 + random.below(10230);
  return [`${(tenths / 10).toFixed(1)}${"KMGT"[power - 1]}`, Math.round((tenths / 10) * 1024 ** power)];
}

function procpsLayout(name: string, columns: readonly FreeColumn[], label: number): Layout {
  return {
    name,
    heading: headings(columns, label - 1, 12),
    columns,
    row: (text, figures) => `${text.padEnd(label - 1)}${spaced(figures, 11)}`,
    touches: false,
    options: UNITS,
    human: binaryFigure,
    extra: ["-l", "-t", "-v"],
  };
}

/** Layouts of procps 3.2 to 4.0, BusyBox 1.18 to 1.38 and toybox, by their sources. */
export const LAYOUTS: readonly Layout[] = [
  {
    name: "procps to 3.3.9",
    heading: "             total       used       free     shared    buffers     cached",
    columns: SIX,
    row: (label, figures) => `${label.padEnd(7)}${spaced(figures, 10)}`,
    cacheRow: (figures) => `-/+ buffers/cache:${spaced(figures, 10)}`,
    touches: false,
    options: UNITS,
    human: bareFigure,
    extra: ["-l", "-t"],
  },
  { ...procpsLayout("procps to 3.3.14", NARROW, 8), human: bareFigure, extra: ["-l", "-t"] },
  { ...procpsLayout("procps to 3.3.16", NARROW, 8), extra: ["-l", "-t"] },
  procpsLayout("procps from 3.3.17", NARROW, 9),
  {
    ...procpsLayout("procps from 3.3.17, wide", WIDE, 9),
    options: { "-w": 1024, "-wb": 1, "-w -m": 2 ** 20, "-hw": "human" },
  },
  {
    name: "BusyBox to 1.22",
    heading: headings(FIVE, 5, 13),
    columns: FIVE,
    row: (label, figures) => `${label.padEnd(5)}${set(figures, 13)}`,
    cacheRow: (figures) => `-/+ buffers:      ${set(figures, 13)}`,
    touches: true,
    options: { "": 1024, "-b": 1, "-m": 2 ** 20 },
    human: busyboxFigure,
    extra: [],
  },
  {
    name: "BusyBox to 1.29",
    heading: "             total       used       free     shared    buffers     cached",
    columns: SIX,
    row: (label, figures) => `${label.padEnd(7)}${set(figures, 11)}`,
    cacheRow: (figures) => `-/+ buffers/cache:${set(figures, 11)}`,
    touches: true,
    options: { "": 1024, "-b": 1, "-g": 2 ** 30 },
    human: busyboxFigure,
    extra: [],
  },
  {
    name: "BusyBox from 1.30",
    heading: headings(NARROW, 7, 12),
    columns: NARROW,
    row: (label, figures) => `${label.padEnd(7)}${set(figures, 12)}`,
    touches: true,
    options: UNITS,
    human: busyboxFigure,
    extra: [],
  },
  {
    name: "toybox",
    heading: "\t\ttotal        used        free      shared     buffers",
    columns: FIVE,
    row: (label, figures) => `${label}${(figures[0] ?? "").padStart(21 - label.length)}${set(figures.slice(1), 12)}`,
    cacheRow: (figures) => `-/+ buffers/cache:${(figures[0] ?? "").padStart(15)}${set(figures.slice(1), 12)}`,
    touches: true,
    options: { "": 1, "-b": 1, "-k": 1024, "-m": 2 ** 20, "-g": 2 ** 30, "-t": 2 ** 40, "-h": "human" },
    human: bareFigure,
    extra: [],
  },
];

const ROW_OF_OPTION: Readonly<Record<string, readonly (readonly [FreeRow, string])[]>> = {
  "-l": [
    ["low", "Low:"],
    ["high", "High:"],
  ],
  "-t": [["total", "Total:"]],
  "-v": [["committed", "Comm:"]],
};

/** A report with figures of up to so many digits. Bytes are whole kibibytes, as they are everywhere. */
export function printReport(layout: Layout, random: Random, digits: number): Printed {
  const [unitWords, unit] = random.oneOf(Object.entries(layout.options));
  const extra = layout.extra.filter(() => random.below(2) === 0);
  const bytes: Record<string, number> = {};
  const figures = (row: FreeRow, columns: readonly FreeColumn[]) =>
    columns.map((column) => {
      const [text, value] = unit === "human" ? layout.human(random) : plainFigure(random, digits, unit);
      bytes[`${row}.${column}`] = value;
      return text;
    });
  const three = (row: FreeRow, label: string) => layout.row(label, figures(row, ["total", "used", "free"]));
  const asked = (option: "-l" | "-t" | "-v") =>
    extra.includes(option) ? (ROW_OF_OPTION[option] ?? []).map(([row, label]) => three(row, label)) : [];
  const lines = [
    layout.heading,
    layout.row("Mem:", figures("mem", layout.columns)),
    ...asked("-l"),
    ...(layout.cacheRow ? [layout.cacheRow(figures("buffers_cache", ["used", "free"]))] : []),
    three("swap", "Swap:"),
    ...asked("-t"),
    ...asked("-v"),
  ];
  const words = ["free", ...unitWords.split(" ").filter((word) => word !== ""), ...extra];
  return { words, text: lines.map((line) => `${line}\n`).join(""), bytes };
}

function plainFigure(random: Random, digits: number, unit: number): readonly [string, number] {
  const most = Math.floor(Math.log10(2 ** 62 / unit));
  const number = random.ofDigits(Math.min(digits, most));
  const figure = unit === 1 ? Math.floor(number / 1024) * 1024 : number;
  return [String(figure), figure * unit];
}
