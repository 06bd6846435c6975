import { ParseError, quote } from "../text.ts";
import { NO_MEMORY_BYTES, sizeInBytes, wholeNumber } from "./figure.ts";
import type { Line } from "./lines.ts";
import { type Column, parseTable, type Row, type TableStyle } from "./smartcols.ts";

/** A zram device. */
export type ZramDevice = {
  readonly name: string;
  readonly algorithm: string | undefined;
  /** Figures by column, sizes in bytes. Without empty cells. */
  readonly figures: ReadonlyMap<string, number | undefined>;
};

const SIZE: Column = { align: "right", loose: false, canBeEmpty: true, use: "figure" };
const SIZE_OR_NOTHING: Column = { align: "right", loose: true, use: "figure" };
const TEXT: Column = { align: "left", loose: false, use: "label" };

/** Which attributes exist and are readable depends on the kernel, so all cells but the name can be empty. */
const COLUMNS: Readonly<Record<string, Column>> = {
  NAME: TEXT,
  DISKSIZE: { ...SIZE, canBeEmpty: false },
  DATA: SIZE,
  COMPR: SIZE,
  ALGORITHM: { ...TEXT, canBeEmpty: true },
  STREAMS: SIZE_OR_NOTHING,
  "ZERO-PAGES": SIZE_OR_NOTHING,
  TOTAL: SIZE,
  "MEM-LIMIT": SIZE_OR_NOTHING,
  "MEM-USED": SIZE_OR_NOTHING,
  MIGRATED: SIZE_OR_NOTHING,
  "COMP-RATIO": { align: "right", loose: true, use: "none" },
  MOUNTPOINT: { align: "left", loose: true, use: "none" },
};

/** The default columns of `zramctl`. */
export const ZRAMCTL_COLUMNS = ["NAME", "ALGORITHM", "DISKSIZE", "DATA", "COMPR", "TOTAL", "STREAMS", "MOUNTPOINT"];
/** The columns of `zramctl --output-all`. */
export const ZRAMCTL_ALL_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** Columns that are printed as sizes. zramctl does that with MIGRATED too, although it is a count. */
const SIZES = ["DISKSIZE", "DATA", "COMPR", "TOTAL", "MEM-LIMIT", "MEM-USED", "MIGRATED"];
const COUNTS = ["STREAMS", "ZERO-PAGES"];
/** `842` is the name of an algorithm. All other names have letters, which sizes in bytes don't have. */
const ALGORITHM = /^(?:842|[a-z][a-z0-9_-]*)$/;

/**
 * Parses the table of `zramctl`, with any columns, in bytes or with suffixes. The output is empty if no device is in use.
 * Source: zramctl(8), zramctl.c of util-linux, Documentation/admin-guide/blockdev/zram.rst of Linux.
 * @throws ParseError for a table without the column NAME, a duplicate device, and for the reasons of parseTable.
 */
export function parseZramctl(lines: readonly Line[], style: TableStyle): readonly ZramDevice[] {
  if (lines.length === 0) return [];
  const devices = parseTable(lines, COLUMNS, style).map(readDevice);
  if (new Set(devices.map((device) => device.name)).size < devices.length) {
    throw new ParseError("found a device twice, wanted each once");
  }
  return devices;
}

function readDevice({ cells, line }: Row): ZramDevice {
  const { NAME: name = "", ALGORITHM: algorithm } = cells;
  if (!/^\/?[a-z0-9/]*zram\d{1,9}$/.test(name) || (algorithm && !ALGORITHM.test(algorithm))) {
    throw new ParseError(`found ${quote(line.text)}, wanted a zram device and its algorithm`, line.number);
  }
  const figures = new Map<string, number | undefined>();
  for (const column of SIZES) {
    const cell = cells[column];
    if (cell) figures.set(column, readSize(cell, column, line));
  }
  for (const column of COUNTS) {
    const cell = cells[column];
    if (cell) figures.set(column, readCount(cell, column, line));
  }
  return { name, algorithm: algorithm || undefined, figures };
}

function readSize(cell: string, column: string, line: Line): number | undefined {
  return sizeInBytes(cell, { unit: 1, base: 1024, human: true }, line.number, `in column "${column}"`);
}

function readCount(cell: string, column: string, line: Line): number | undefined {
  const count = wholeNumber(cell);
  if (count === undefined) {
    throw new ParseError(`found ${quote(cell)} in column "${column}", wanted a whole number`, line.number);
  }
  return count < NO_MEMORY_BYTES ? count : undefined;
}
