import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** Sizes in bytes; undefined where the printed figure is no size. */
export type SwapSpace = {
  readonly total: number | undefined;
  readonly used: number | undefined;
  readonly free: number | undefined;
};

export type SwapInfo = {
  readonly devices: readonly ({ readonly name: string } & SwapSpace)[];
  /** All devices together. */
  readonly total: SwapSpace;
};

/** Bytes of a block; undefined where figures have suffixes. */
type Columns = { readonly unit: number | undefined; readonly hasMore: boolean };

const NONE: SwapSpace = { total: 0, used: 0, free: 0 };
const PERCENT = /^(?:\d{1,3}|-?nan)%$/;
const BLOCK_UNITS = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Whether an output of `swapinfo` begins with this line. */
export function isSwapInfoHead(line: Line): boolean {
  return /^Device\s/.test(line.text);
}

/**
 * The table of FreeBSD's swapinfo(8) and `pstat -s`, whatever its blocks are (`-k`, `-m`, `-g`, BLOCKSIZE) and with `-h`.
 * With `-h` the first figure is in blocks up to FreeBSD 13 and has a suffix after. A heading alone says that there is no swap;
 * with several devices a line `Total` follows. Source: pstat.c, getbsize(3), humanize_number(3).
 * @throws ParseError for another table, a damaged row, and several devices without their total.
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
  // FreeBSD had a column Type, OpenBSD and NetBSD have one with the priority.
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
