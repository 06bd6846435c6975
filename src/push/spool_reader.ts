import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { readFileWithin } from "../read_file.ts";
import type { Entry } from "./queue.ts";
import { decodeSegment, isOtherVersion } from "./segment.ts";

export type SpoolOptions = {
  readonly directory: string;
  /** Limit of the queue. The spool uses at most a quarter more, and one entry. */
  readonly maxBytes: number;
  readonly log: Log;
  /** Called for each damaged segment and each failed write. */
  readonly failed: () => void;
};

/** A file of the spool, and its entries that are still queued. */
export type Segment = { readonly path: string; readonly queued: Set<number> };

/** Queued entries, oldest first, and the number of the next one. */
export type Restored = { readonly entries: readonly Entry[]; readonly next: number };

const NAME = /^\d{16}\.spool$/;
const READ_MS = 5000;

/** Segments are numbered, and written one after the other. */
export function segmentPath(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(16, "0")}.spool`);
}

/** Reads all segments of a directory. Damaged parts are reported and skipped. Files of another version are left unchanged. */
export async function readSegments({ directory, maxBytes, log, failed }: SpoolOptions) {
  const segments: Segment[] = [];
  const entries = new Map<number, Entry>();
  let last = 0;
  const names = (await readdir(directory)).filter((name) => NAME.test(name)).sort();
  for (const name of names) {
    const path = join(directory, name);
    const read = await readFileWithin(path, { limitBytes: 2 * maxBytes + 2 ** 26, timeoutMs: READ_MS });
    if (read.kind !== "ok" || isOtherVersion(read.bytes)) {
      failed();
      const reason = read.kind === "ok" ? "another version has written it" : read.reason;
      log.warn("Spool segment can't be read, it stays as it is", { file: path, reason });
      continue;
    }
    const { records, damagedAt } = decodeSegment(read.bytes);
    if (damagedAt !== undefined) {
      failed();
      const skipped = { file: path, offset: damagedAt, skipped_bytes: read.bytes.length - damagedAt };
      log.warn("Spool is damaged, the rest of the segment is skipped", skipped);
    }
    const segment: Segment = { path, queued: new Set() };
    segments.push(segment);
    for (const record of records) {
      const number = record.kind === "added" ? record.entry.number : record.number;
      last = Math.max(last, number);
      if (record.kind === "added") {
        entries.set(number, record.entry);
        segment.queued.add(number);
      } else {
        entries.delete(number);
        for (const { queued } of segments) queued.delete(number);
      }
    }
  }
  const restored: Restored = { entries: [...entries.values()].sort((a, b) => a.number - b.number), next: last + 1 };
  return { segments, restored, lastName: Number.parseInt(names.at(-1) ?? "0", 10) };
}
