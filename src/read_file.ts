import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { codeOf, reasonOf } from "./system_error.ts";
import { within } from "./within.ts";

export type ReadLimits = {
  /** A larger file gives `overflow`. */
  readonly limitBytes: number;
  /** Infinity means no limit. */
  readonly timeoutMs: number;
  /** Accepts files of /proc and /sys, which have content although their size is 0. */
  readonly allowSizeless?: boolean;
};

/** The result of reading a file. `reason` is a few words without the path: `no such file`. */
export type FileRead =
  | { readonly kind: "ok"; readonly bytes: Uint8Array; readonly mtimeMs: number }
  | { readonly kind: "missing" | "refused" | "overflow"; readonly reason: string }
  /** `ended` resolves when the read has returned and the descriptor is closed. Don't start another read of the file before. */
  | { readonly kind: "timeout"; readonly reason: string; readonly ended: Promise<void> };

/** The content of a file, or why it couldn't be read. */
export type OneFile = { readonly path: string } & (
  | { readonly bytes: Uint8Array; readonly mtimeMs: number }
  | { readonly reason: string }
);

const CHUNK_BYTES = 64 * 1024;
/** Opening a pipe or device doesn't block, reading an empty pipe fails, and a terminal doesn't become the controlling one. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Maximum number of attempts for a file that changes while it is read. */
const TRIES = 3;

/**
 * Reads a regular file in a thread of the runtime, within limits. Never rejects. If its size or modification time changes during the
 * read, the file is read again. A read that hangs can't be stopped: it blocks its thread until it returns.
 */
export async function readFileWithin(path: string, limits: ReadLimits): Promise<FileRead> {
  const clock = { isOver: false };
  const reading = readSettled(path, limits, clock).catch(failureOf);
  const read = await within(reading, limits.timeoutMs);
  if (read !== undefined) return read;
  clock.isOver = true;
  const reason = `reading it takes more than ${limits.timeoutMs} ms`;
  return { kind: "timeout", reason, ended: reading.then(() => {}) };
}

type Clock = { readonly isOver: boolean };

async function readSettled(path: string, limits: ReadLimits, clock: Clock): Promise<FileRead> {
  for (let tries = 0; tries < TRIES; tries++) {
    const read = await readWhole(path, limits, clock);
    if (read !== undefined) return read;
  }
  return refused("it is written while it is read");
}

/** Undefined if the file changed during the read. */
async function readWhole(path: string, limits: ReadLimits, clock: Clock): Promise<FileRead | undefined> {
  const file = await open(path, OPEN_FLAGS);
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) return refused("it is a directory");
    if (!stats.isFile()) return refused("it is not a regular file");
    const { limitBytes, allowSizeless = false } = limits;
    if (stats.size > limitBytes) return tooLarge(limitBytes);
    const bytes = await readBytes(file, stats.size, limitBytes, clock);
    if (bytes.length > limitBytes) return tooLarge(limitBytes);
    const after = bytes.length > 0 ? await file.stat() : stats;
    if (after.size !== stats.size || after.mtimeMs !== stats.mtimeMs) return undefined;
    if (stats.size === 0 && bytes.length > 0 && !allowSizeless) return refused("it has bytes though its size is 0");
    return { kind: "ok", bytes, mtimeMs: stats.mtimeMs };
  } finally {
    await file.close();
  }
}

/** Reads all bytes, or slightly more than the limit. */
async function readBytes(file: FileHandle, size: number, limitBytes: number, clock: Clock): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // One byte more than the size, so that a single read usually reaches the end.
  let wanted = size > 0 ? size + 1 : CHUNK_BYTES;
  while (length <= limitBytes && !clock.isOver) {
    const chunk = new Uint8Array(wanted);
    const { bytesRead } = await file.read(chunk, 0, wanted, null);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    length += bytesRead;
    wanted = CHUNK_BYTES;
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function tooLarge(limitBytes: number): FileRead {
  return { kind: "overflow", reason: `it has more than ${limitBytes} bytes` };
}

function refused(reason: string): FileRead {
  return { kind: "refused", reason };
}

const MISSING = new Set(["ENOENT", "ENOTDIR"]);
/** Errors of opening or reading a pipe, socket or device. */
const NOT_REGULAR = new Set(["ENXIO", "ENODEV"]);

function failureOf(error: unknown): FileRead {
  const code = codeOf(error);
  if (MISSING.has(code)) return { kind: "missing", reason: "no such file" };
  if (code === "EAGAIN") return refused("it has nothing to read now");
  return refused(NOT_REGULAR.has(code) ? "it is not a regular file" : reasonOf(error));
}
