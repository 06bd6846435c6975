import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { type Line, requireLineEnd } from "./lines.ts";
import { type Column, parseTable, type Row, type TableStyle } from "./smartcols.ts";
import { undoPathEscapes, undoSmartcolsEscapes } from "./text.ts";

/** A swap partition or file. Columns that weren't printed are undefined. */
export type SwapDevice = {
  readonly name: string;
  /** `partition` or `file`. */
  readonly type: string | undefined;
  readonly sizeBytes: number | undefined;
  readonly usedBytes: number | undefined;
  readonly priority: number | undefined;
};

export type Swaps = {
  readonly devices: readonly SwapDevice[];
  /** Sums over all devices. Undefined if one of them is missing or rounded. */
  readonly totalBytes: number | undefined;
  readonly usedBytes: number | undefined;
};

const PRIORITY = /^-?\d{1,10}$/;
const HEADING = ["Filename", "Type", "Size", "Used", "Priority"];

/** Whether a line is the heading of /proc/swaps. */
export function isSwapsHeading(line: Line | undefined): boolean {
  return line?.text.split(/\s+/).join(" ") === HEADING.join(" ");
}

/**
 * Parses /proc/swaps and the output of `swapon -s`: a heading, and a row for each device with sizes in KiB.
 * Source: proc_swaps(5), mm/swapfile.c of Linux.
 * @param escaped whether spaces of a name are escaped as `\040`. The kernel does that, swapon doesn't.
 * @param partial whether the command line filters lines, which may include the heading.
 * @throws ParseError for another heading, one that may have lost its rows, a malformed row, and a duplicate device.
 */
export function parseSwaps(lines: readonly Line[], escaped: boolean, partial = false): Swaps {
  const [head] = lines;
  const isHeading = isSwapsHeading(head) || (!escaped && isTranslatedHeading(head));
  const rows = isHeading ? lines.slice(1) : lines;
  if (!head || (rows === lines && !partial)) {
    throw new ParseError(`found ${quote(head?.text ?? "")}, wanted the heading of /proc/swaps`, head?.number);
  }
  if (rows.length === 0) requireLineEnd(head);
  return addUp(rows.map((line) => readRow(line, escaped)));
}

/** Whether a line can be the heading in another language: swapon translates it. No row is without digits. */
function isTranslatedHeading(line: Line | undefined): boolean {
  return line !== undefined && !/\d/.test(line.text) && line.text.split(/\s+/).length >= HEADING.length;
}

function readRow(line: Line, escaped: boolean): SwapDevice {
  const words: string[] = [];
  let rest = line.text;
  while (words.length < HEADING.length - 1) {
    const at = Math.max(rest.lastIndexOf(" "), rest.lastIndexOf("\t")) + 1;
    words.unshift(rest.slice(at));
    rest = rest.slice(0, at).trimEnd();
  }
  const [type = "", size = "", used = "", priority = ""] = words;
  if (rest === "" || !/^[a-z]+$/.test(type) || !PRIORITY.test(priority) || (escaped && /\s/.test(rest))) {
    throw new ParseError(`found ${quote(line.text)}, wanted a name, a type, two sizes and a priority`, line.number);
  }
  const bytes = (word: string, place: string) =>
    sizeInBytes(word, { unit: 1024, base: 1024, human: false }, line.number, place);
  return {
    name: escaped ? undoPathEscapes(rest) : rest,
    type,
    sizeBytes: bytes(size, "as size"),
    usedBytes: bytes(used, "as used"),
    priority: Number(priority),
  };
}

/** Columns of `swapon --show`. A name may have spaces. UUID and label may be empty. */
const COLUMNS: Readonly<Record<string, Column>> = {
  NAME: { align: "left", loose: true, use: "label" },
  TYPE: { align: "left", loose: false, use: "label" },
  SIZE: { align: "right", loose: false, use: "figure" },
  USED: { align: "right", loose: false, use: "figure" },
  PRIO: { align: "right", loose: false, use: "figure" },
  UUID: { align: "left", loose: true, use: "none" },
  LABEL: { align: "left", loose: true, use: "none" },
};

/** The default columns of `swapon --show`. */
export const SWAPON_COLUMNS = ["NAME", "TYPE", "SIZE", "USED", "PRIO"];

/**
 * Parses the table of `swapon --show`, with any columns, in bytes or with suffixes. The output is empty without swap.
 * Source: swapon(8), swapon.c of util-linux.
 * @throws ParseError for a table without the column NAME, and for the reasons of parseTable.
 */
export function parseSwaponTable(lines: readonly Line[], style: TableStyle): Swaps {
  if (lines.length === 0) return addUp([]);
  const rows = parseTable(lines, COLUMNS, style);
  const swaps = addUp(rows.map(readCells));
  const exact = (column: string) => rows.every(({ cells }) => /^\d+$/.test(cells[column] ?? ""));
  return {
    devices: swaps.devices,
    totalBytes: exact("SIZE") ? swaps.totalBytes : undefined,
    usedBytes: exact("USED") ? swaps.usedBytes : undefined,
  };
}

function readCells({ cells, line }: Row): SwapDevice {
  const { NAME: name, TYPE: type, PRIO: priority } = cells;
  // swapon escapes control characters.
  if (!name || /\p{Cc}/u.test(name)) {
    throw new ParseError(`found ${quote(line.text)}, wanted the name of a swap in it`, line.number);
  }
  if (priority !== undefined && !PRIORITY.test(priority)) {
    throw new ParseError(`found ${quote(priority)} in column "PRIO", wanted a whole number`, line.number);
  }
  const bytes = (column: string) => {
    const cell = cells[column];
    const place = `in column "${column}"`;
    return cell === undefined ? undefined : sizeInBytes(cell, { unit: 1, base: 1024, human: true }, line.number, place);
  };
  return {
    name: undoSmartcolsEscapes(name),
    type,
    sizeBytes: bytes("SIZE"),
    usedBytes: bytes("USED"),
    priority: priority === undefined ? undefined : Number(priority),
  };
}

function addUp(devices: readonly SwapDevice[]): Swaps {
  if (new Set(devices.map((device) => device.name)).size < devices.length) {
    throw new ParseError("found a swap twice, wanted each once");
  }
  const sum = (figures: readonly (number | undefined)[]) =>
    figures.reduce((total, figure) => (total === undefined || figure === undefined ? undefined : total + figure), 0);
  return {
    devices,
    totalBytes: sum(devices.map((device) => device.sizeBytes)),
    usedBytes: sum(devices.map((device) => device.usedBytes)),
  };
}
