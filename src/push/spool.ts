import {
  closeSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { codeOf, reasonOf } from "../system_error.ts";
import { quote } from "../text.ts";
import type { Entry } from "./queue.ts";
import { decodeSegment, encodeRecord, MARK, type SpoolRecord } from "./segment.ts";
import { lockSpool } from "./spool_lock.ts";

/** The queue on disk: what is queued is there again after the exporter ended in whatever way. */
export type Spool = {
  /** What was queued when the last exporter ended, oldest first, and the number of the next entry. */
  readonly restored: { readonly entries: readonly Entry[]; readonly next: number };
  readonly added: (entry: Entry) => void;
  readonly removed: (entry: Entry) => void;
  readonly close: () => void;
};

export type SpoolOptions = {
  readonly directory: string;
  /** Of the queue: the spool takes a quarter more at most, and one entry. */
  readonly maxBytes: number;
  readonly log: Log;
  /** Told of each damaged segment and failed write. */
  readonly failed: () => void;
};

/** A file of the spool, and which of the entries that were added in it are still queued. */
type Segment = { readonly path: string; readonly queued: Set<number> };

/** What a crash of the whole machine may cost. A crash of the exporter costs nothing that was queued. */
const SYNC_MS = 1000;
const NAME = /^\d{16}\.spool$/;

/** @throws Error in one line where the directory can't be used. */
export function openSpool({ directory, maxBytes, log, failed }: SpoolOptions): Spool {
  const damaged: Damaged = (file, offset, bytes) => {
    failed();
    log.warn("Spool is damaged, the rest of the segment is skipped", { file, offset, skipped_bytes: bytes });
  };
  const { unlock, segments, restored, lastName } = inDirectory(directory, () => {
    makeDirectory(directory, log);
    return { unlock: lockSpool(directory), ...readSegments(directory, damaged) };
  });
  const maxSegmentBytes = Math.max(4096, Math.floor(maxBytes / 8));
  let name = lastName;
  let current: (Segment & { readonly descriptor: number; size: number }) | undefined;
  let unsynced = false;
  let told = "";

  function open(): NonNullable<typeof current> {
    name += 1;
    const path = join(directory, `${String(name).padStart(16, "0")}.spool`);
    const segment = { path, queued: new Set<number>(), descriptor: openSync(path, "w", 0o600), size: 0 };
    current = segment;
    segments.push(segment);
    append(segment, MARK);
    return segment;
  }

  /** What was written in part is written over by what comes next. */
  function append(segment: NonNullable<typeof current>, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(segment.descriptor, bytes, done, bytes.length - done, segment.size + done);
    }
    segment.size += bytes.length;
    unsynced = true;
  }

  function write(record: SpoolRecord): void {
    try {
      if (current !== undefined && current.size >= maxSegmentBytes) closeCurrent();
      const segment = current ?? open();
      append(segment, encodeRecord(record));
      if (record.kind === "added") segment.queued.add(record.entry.number);
      told = "";
    } catch (error) {
      failed();
      const reason = reasonOf(error);
      if (reason !== told) log.error("Cannot write to the spool, the queue is in memory only", { reason });
      told = reason;
    }
  }

  function closeCurrent(): void {
    if (current === undefined) return;
    const { descriptor } = current;
    current = undefined;
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Only from the oldest on: a later segment tells what was removed of those before it. */
  function clean(): void {
    for (let first = segments[0]; first && first.queued.size === 0 && first !== current; first = segments[0]) {
      segments.shift();
      rmSync(first.path, { force: true });
    }
  }

  const timer = setInterval(() => {
    if (!unsynced || current === undefined) return;
    unsynced = false;
    // A failure shows in the next write.
    fsync(current.descriptor, () => {});
  }, SYNC_MS);
  timer.unref();

  return {
    restored,
    added: (entry) => write({ kind: "added", entry }),
    removed({ number }) {
      write({ kind: "removed", number });
      for (const { queued } of segments) queued.delete(number);
      clean();
    },
    close() {
      clearInterval(timer);
      try {
        closeCurrent();
      } catch (error) {
        log.error("Cannot write to the spool", { reason: reasonOf(error) });
      }
      clean();
      unlock();
    },
  };
}

/** Makes the directory, but not those that it is in: a mistyped path must not become a new tree. */
function makeDirectory(directory: string, log: Log): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  mkdirSync(directory, { mode: 0o700 });
  log.info("Made the directory of the spool", { directory });
}

/** Opens what is in a directory. @throws Error in one line that names it. */
function inDirectory<T>(directory: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (codeOf(error) === "") throw error;
    const wanted = "wanted a directory that the exporter may write to, or a new name in one";
    throw new Error(`--push.spool: cannot use ${quote(directory)}: ${reasonOf(error)}, ${wanted}`);
  }
}

type Damaged = (file: string, offset: number, bytes: number) => void;

function readSegments(directory: string, damaged: Damaged) {
  const segments: Segment[] = [];
  const entries = new Map<number, Entry>();
  let last = 0;
  const names = readdirSync(directory)
    .filter((name) => NAME.test(name))
    .sort();
  for (const name of names) {
    const path = join(directory, name);
    const bytes = readFileSync(path);
    const { records, damagedAt } = decodeSegment(bytes);
    if (damagedAt !== undefined) damaged(path, damagedAt, bytes.length - damagedAt);
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
  const restored = { entries: [...entries.values()].sort((a, b) => a.number - b.number), next: last + 1 };
  return { segments, restored, lastName: Number.parseInt(names.at(-1) ?? "0", 10) };
}
