import { crc32 } from "node:zlib";
import type { Entry } from "./queue.ts";

/**
 * The format of a segment of the spool: a mark, then records. A record is the length and the CRC-32 of its body (32 bits each,
 * little endian), and the body: its kind (1 byte), the entry's number (64 bit float), and for an added entry its time
 * (64 bit float), its samples (32 bits) and its bytes.
 */
export type SpoolRecord =
  | { readonly kind: "added"; readonly entry: Entry }
  | { readonly kind: "removed"; readonly number: number };

/** The start of every segment. The last byte is the version of the format. */
export const MARK = new Uint8Array([0x6d, 0x65, 0x6d, 0x73, 0x70, 0x6f, 0x6c, 0x01]);

const ADDED = 1;
const REMOVED = 2;
const HEAD_BYTES = 8;
const REMOVED_BYTES = 9;
const ADDED_BYTES = 21;

export function encodeRecord(record: SpoolRecord): Uint8Array {
  const length = record.kind === "removed" ? REMOVED_BYTES : ADDED_BYTES + record.entry.bytes.length;
  const bytes = new Uint8Array(HEAD_BYTES + length);
  const body = bytes.subarray(HEAD_BYTES);
  const view = new DataView(bytes.buffer, HEAD_BYTES);
  if (record.kind === "removed") {
    view.setUint8(0, REMOVED);
    view.setFloat64(1, record.number, true);
  } else {
    const { number, atMs, samples, bytes: payload } = record.entry;
    view.setUint8(0, ADDED);
    view.setFloat64(1, number, true);
    view.setFloat64(9, atMs, true);
    view.setUint32(17, samples, true);
    body.set(payload, ADDED_BYTES);
  }
  const head = new DataView(bytes.buffer);
  head.setUint32(0, length, true);
  head.setUint32(4, crc32(body), true);
  return bytes;
}

/** Whether a segment was written by a version of the exporter with another format. */
export function isOtherVersion(bytes: Uint8Array): boolean {
  const version = MARK.length - 1;
  return bytes.length >= MARK.length && bytes[version] !== MARK[version] && !differs(bytes, version);
}

/** Whether bytes don't begin like the mark. */
function differs(bytes: Uint8Array, length: number): boolean {
  return MARK.subarray(0, length).some((byte, index) => bytes[index] !== byte);
}

/** The records of a segment up to the first damage, and its offset. The offset is undefined if there is none. */
export function decodeSegment(bytes: Uint8Array): {
  readonly records: readonly SpoolRecord[];
  readonly damagedAt: number | undefined;
} {
  const records: SpoolRecord[] = [];
  if (differs(bytes, MARK.length)) return { records, damagedAt: 0 };
  let at = MARK.length;
  while (at < bytes.length) {
    const record = decodeRecord(bytes.subarray(at));
    if (record === undefined) return { records, damagedAt: at };
    records.push(record.record);
    at += record.length;
  }
  return { records, damagedAt: undefined };
}

function decodeRecord(bytes: Uint8Array): { readonly record: SpoolRecord; readonly length: number } | undefined {
  if (bytes.length < HEAD_BYTES + REMOVED_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = HEAD_BYTES + view.getUint32(0, true);
  const body = bytes.subarray(HEAD_BYTES, length);
  if (length > bytes.length || crc32(body) !== view.getUint32(4, true)) return undefined;
  const number = view.getFloat64(HEAD_BYTES + 1, true);
  const kind = body[0];
  if (kind === REMOVED && body.length === REMOVED_BYTES) return { record: { kind: "removed", number }, length };
  if (kind !== ADDED || body.length < ADDED_BYTES) return undefined;
  const atMs = view.getFloat64(HEAD_BYTES + 9, true);
  const samples = view.getUint32(HEAD_BYTES + 17, true);
  const entry = { number, atMs, samples, bytes: Uint8Array.from(body.subarray(ADDED_BYTES)) };
  return { record: { kind: "added", entry }, length };
}
