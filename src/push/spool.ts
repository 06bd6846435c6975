import { constants, type FileHandle, mkdir, open, rm, stat } from "node:fs/promises";
import type { Log } from "../log.ts";
import { codeOf, reasonOf } from "../system_error.ts";
import { quote } from "../text.ts";
import { within } from "../within.ts";
import type { Entry } from "./queue.ts";
import { encodeRecord, MARK, type SpoolRecord } from "./segment.ts";
import { lockSpool } from "./spool_lock.ts";
import { type Restored, readSegments, type Segment, type SpoolOptions, segmentPath } from "./spool_reader.ts";

/**
 * The queue on disk, which survives every end of the exporter. It is written in the background, in the order of the calls. A disk
 * that is slow or hangs blocks only the spool.
 */
export type Spool = {
  /** The queue at the end of the last exporter, oldest entry first, and the number of the next entry. */
  readonly restored: Restored;
  readonly added: (entry: Entry) => void;
  readonly removed: (entry: Entry) => void;
  /** Resolves when everything is written, or after a time limit. */
  readonly close: (withinMs: number) => Promise<void>;
};

/** Creates a new file, or opens an existing one without following links. */
const OPEN_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
/** Interval of fsync: a crash of the machine loses at most this time. A crash of the exporter loses nothing that was written. */
const SYNC_MS = 1000;
/** A write that takes longer is reported. */
const HANGS_MS = 5000;
/** Time limit for opening the spool. */
const OPEN_MS = 10_000;

/** Opens a spool. Rejects with one line if the directory can't be used. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, log } = options;
  const cannot = (reason: string) => new Error(`--push.spool: cannot use ${quote(directory)}: ${reason}`);
  const opening = async () => {
    await makeDirectory(directory, log);
    const unlock = await lockSpool(directory);
    return { unlock, ...(await readSegments(options)) };
  };
  try {
    const spool = await within(opening(), OPEN_MS);
    if (spool === undefined) throw cannot(`opening it takes more than ${OPEN_MS / 1000}s`);
    const { restored } = spool;
    return { restored, ...createWriter(options, spool) };
  } catch (error) {
    if (codeOf(error) === "") throw error;
    throw cannot(`${reasonOf(error)}, wanted a directory that the exporter may write to, or a new name in one`);
  }
}

/** Creates the directory, but not its parents, since the path may be misspelled. */
async function makeDirectory(directory: string, log: Log): Promise<void> {
  const there = await stat(directory).catch(() => undefined);
  if (there?.isDirectory()) return;
  await mkdir(directory, { mode: 0o700 });
  log.info("Made the directory of the spool", { directory });
}

type Opened = {
  readonly segments: Segment[];
  readonly lastName: number;
  readonly unlock: () => Promise<void>;
};

type Current = Segment & { readonly file: FileHandle; size: number; synced: Promise<void> };

function createWriter({ directory, maxBytes, log, failed }: SpoolOptions, { segments, lastName, unlock }: Opened) {
  const maxSegmentBytes = Math.max(4096, Math.floor(maxBytes / 8));
  let name = lastName;
  let current: Current | undefined;
  /** Bounded by the queue: it has at most one task for each entry in memory, and one for each on disk. */
  let waiting: SpoolRecord[] = [];
  let writing: Promise<void> | undefined;
  let beganMs = 0;
  let unsynced = false;
  let reported = "";

  function add(record: SpoolRecord): void {
    waiting.push(record);
    writing ??= writeAll();
  }

  async function writeAll(): Promise<void> {
    for (let record = waiting.shift(); record; record = waiting.shift()) {
      beganMs = performance.now();
      await write(record);
    }
    writing = undefined;
  }

  async function write(record: SpoolRecord): Promise<void> {
    try {
      if (current !== undefined && current.size >= maxSegmentBytes) await closeCurrent().catch(report);
      const segment = current ?? (await openNext());
      if (segment.size === 0) await append(segment, MARK);
      await append(segment, encodeRecord(record));
      if (record.kind === "added") segment.queued.add(record.entry.number);
      reported = "";
    } catch (error) {
      report(error);
    }
    if (record.kind === "removed") await forget(record.number);
  }

  function report(error: unknown): void {
    failed();
    reportOnce(reasonOf(error));
  }

  function reportOnce(reason: string): void {
    if (reason !== reported) log.error("Cannot write to the spool, the queue is in memory only", { reason });
    reported = reason;
  }

  async function openNext(): Promise<Current> {
    name += 1;
    const path = segmentPath(directory, name);
    const file = await open(path, OPEN_FLAGS, 0o600);
    current = { path, queued: new Set(), file, size: 0, synced: Promise.resolve() };
    segments.push(current);
    return current;
  }

  /** An incomplete record is overwritten by the next one. */
  async function append(segment: Current, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await segment.file.write(bytes, done, bytes.length - done, segment.size + done);
      done += bytesWritten;
    }
    segment.size += bytes.length;
    unsynced = true;
  }

  async function closeCurrent(): Promise<void> {
    if (current === undefined) return;
    const { file, synced } = current;
    current = undefined;
    await synced;
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async function forget(number: number): Promise<void> {
    for (const { queued } of segments) queued.delete(number);
    await clean();
  }

  /** In order, from the oldest on, since later segments contain what was removed from earlier ones. */
  async function clean(): Promise<void> {
    for (let first = segments[0]; first && first.queued.size === 0 && first !== current; first = segments[0]) {
      segments.shift();
      await rm(first.path, { force: true }).catch(report);
    }
  }

  let isSyncing = false;
  const timer = setInterval(() => {
    if (writing && performance.now() - beganMs > HANGS_MS) reportOnce(`writing takes more than ${HANGS_MS / 1000}s`);
    if (!unsynced || isSyncing || current === undefined) return;
    [unsynced, isSyncing] = [false, true];
    // A failure is reported by the next write.
    current.synced = current.file.sync().then(
      () => {
        isSyncing = false;
      },
      () => {
        isSyncing = false;
      },
    );
  }, SYNC_MS);
  timer.unref();

  async function finish(): Promise<true> {
    await writing;
    await closeCurrent().catch(report);
    await clean();
    await unlock();
    return true;
  }

  return {
    added: (entry: Entry) => add({ kind: "added", entry }),
    removed({ number }: Entry) {
      const isUnwritten = (record: SpoolRecord) => record.kind === "added" && record.entry.number === number;
      const left = waiting.filter((record) => !isUnwritten(record));
      if (left.length === waiting.length) add({ kind: "removed", number });
      else waiting = left;
    },
    async close(withinMs: number) {
      clearInterval(timer);
      if (await within(finish(), withinMs)) return;
      log.error("Spool could not be written completely", { directory, records: waiting.length });
    },
  };
}
