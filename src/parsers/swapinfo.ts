import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** Sizes in bytes. Undefined for negative figures and for those that wrapped around. */
export type SwapSpace = {
  readonly total: number | undefined;
  readonly used: number | undefined;
  readonly free: number | undefined;
};

export type SwapInfo = {
  readonly devices: readonly ({ readonly name: string } & SwapSpace)[];
  /** The sum of all devices. */
  readonly total: SwapSpace;
};

/** The block size in bytes; undefined if figures have suffixes. */
type Columns = { readonly unit: number | undefined; readonly hasMore: boolean };

const NONE: SwapSpace = { total: 0, used: 0, free: 0 };
const PERCENT = /^(?:\d{1,3}|-?nan)%$/;
const BLOCK_UNITS = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Whether a line is the heading of `swapinfo`. */
export function isSwapInfoHead(line: Line): boolean {
  return /^Device\s/.test(line.text);
}

/**
 * Parses the table of FreeBSD's swapinfo(8) and `pstat -s`, in any block size (`-k`, `-m`, `-g`, BLOCKSIZE) and with `-h`.
 * With `-h`, the first figure is in blocks up to FreeBSD 13, and has a suffix in later versions. Without swap there is only the
 * heading. After several devices there is a line `Total`. Source: pstat.c, getbsize(3), humanize_number(3).
 * @throws ParseError for another table, a malformed row, and several devices without their total.
 */
export function parseSwapInfo(lines: readonly Line[]): SwapInfo {
  const [head, ...rows] = lines;
  const columns = readHead(head);
  if (head && rows.length === 0) requireLineEnd(head);
  const devices = rows.map((line) => readRow(line, columns));
  const last = devices.at(-1);
  const total = last?.name === "Total" ? devices.pop() : undefined;
  const names = new Set(devices.map((device) => device.name));
  if (names.size < devices.length || names.has("Total")) {
    throw new ParseError("found a swap device twice, wanted each once");
  }
  if (total && devices.length > 1) return { devices, total };
  const [device, another] = devices;
  if (total || another) {
    throw new ParseError('wanted a line "Total" after several swap devices, and only then', rows.at(-1)?.number);
  }
  return { devices, total: device ?? NONE };
}

function readHead(head: Line | undefined): Columns {
  const [device, size = "", used, avail, capacity, ...more] = head?.text.split(/\s+/) ?? [];
  const known = device === "Device" && used === "Used" && avail === "Avail" && capacity === "Capacity";
  const [, count, letter = ""] = /^(\d{1,9})([KMG]?)-blocks$/.exec(size) ?? [];
  const unit = Number(count) * BLOCK_UNITS[letter as keyof typeof BLOCK_UNITS];
  if (!known || !(unit > 0 || size === "Size")) {
    throw new ParseError(`found ${quote(head?.text ?? "")}, wanted the heading of swapinfo`, head?.number);
  }
  return { unit: size === "Size" ? undefined : unit, hasMore: more.length > 0 };
}

function readRow(line: Line, columns: Columns): { name: string } & SwapSpace {
  const words = line.text.split(/\s+/);
  // An additional last column: the type on older FreeBSD, the priority on OpenBSD and NetBSD.
  if (columns.hasMore && !PERCENT.test(words.at(-1) ?? "")) words.pop();
  const [size = "", used = "", avail = "", percent = ""] = words.slice(-4);
  const name = words.slice(0, -4).join(" ");
  if (!/^\S/.test(name) || !PERCENT.test(percent)) {
    throw new ParseError(`found ${quote(line.text)}, wanted a device, three figures and a percentage`, line.number);
  }
  const human = /[A-Z]$/.test(used);
  const blocks = columns.unit ?? 1;
  const bytes = (word: string, withSuffix: boolean, place: string) => {
    if (withSuffix !== /[A-Z]$/.test(word)) {
      throw new ParseError(`found ${quote(word)} ${place}, wanted figures of one kind`, line.number);
    }
    return sizeInBytes(word, { unit: blocks, base: 1024, human: withSuffix }, line.number, place);
  };
  return {
    name,
    total: bytes(size, columns.unit === undefined, "as size"),
    used: bytes(used, human || columns.unit === undefined, 'in column "Used"'),
    free: bytes(avail, human || columns.unit === undefined, 'in column "Avail"'),
  };
}
