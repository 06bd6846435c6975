import type { Log } from "../log.ts";
import type { Family } from "../metric.ts";
import { type Batch, countSamples, pack } from "./batch.ts";
import type { Client } from "./client.ts";
import { createHistory } from "./history.ts";
import { type Protocol, type Request, replyText } from "./protocol.ts";
import { createQueue, type Entry, type Loss, type Queue } from "./queue.ts";
import { drop, type PushRecord, pushFamilies } from "./record.ts";
import { startSender } from "./sender.ts";
import type { Spool } from "./spool.ts";

/** The gatherer. */
export type Pages = {
  /** Gathers a page. Results younger than `maxAgeMs` are used without another run. Never rejects. */
  readonly gather: (ask: {
    readonly maxAgeMs: number;
  }) => Promise<{ readonly up: boolean; readonly families: readonly Family[] }>;
};

/** Minimum time to write the spool on exit. */
const SPOOL_MS = 500;

export type PusherOptions = {
  readonly pages: Pages;
  readonly protocol: Protocol;
  readonly client: Client;
  /** Limits of the queue. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly spool: Spool | undefined;
  readonly record: PushRecord;
  /** Results younger than this are pushed without another run. */
  readonly freshMs: number;
  /** When the exporter was started, in milliseconds since the epoch. */
  readonly startedMs: number;
  /** Whether pushed pages include the metrics about pushes. */
  readonly ownMetrics: boolean;
  readonly log: Log;
};

/** Gathers and pushes. Gathering doesn't wait for sending. */
export type Pusher = {
  /** Gathers once and queues the page. Resolves to whether all sources succeeded. */
  readonly push: () => Promise<boolean>;
  /** Pushes at once, and then in every interval, until it is finished. */
  readonly repeat: (intervalMs: number) => void;
  /** Metrics about pushes. */
  readonly families: () => readonly Family[];
  /**
   * Stops gathering, and sends the rest of the queue within a time limit. Resolves to whether everything was stored.
   * @param ends whether this was the last push, so that the series end
   */
  readonly finish: (withinMs: number, ends: boolean) => Promise<boolean>;
};

export function createPusher(options: PusherOptions): Pusher {
  const { pages, protocol, client, spool, record, freshMs, log } = options;
  const history = createHistory(options.startedMs);
  const queue = queueOf(options);
  const sender = startSender({ protocol, send: client.send, queue, record, log });
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let pushed = false;

  function add(batch: Batch): void {
    const samples = countSamples(batch);
    if (samples > 0) queue.add({ atMs: batch.atMs, samples, bytes: pack(batch) });
  }

  async function push(): Promise<boolean> {
    const { up, families } = await pages.gather({ maxAgeMs: freshMs });
    // The results of commands that are killed on exit are not pushed.
    if (stopped) return false;
    pushed = true;
    add(history.next(options.ownMetrics ? [...families, ...ownFamilies()] : families, Date.now()));
    return up;
  }

  function ownFamilies(): readonly Family[] {
    return pushFamilies(record, queue, spool !== undefined);
  }

  function repeat(intervalMs: number): void {
    const began = performance.now();
    let underWay = false;
    let turn = 0;
    const tick = () => {
      if (!underWay) {
        underWay = true;
        void push().finally(() => {
          underWay = false;
        });
      }
      const elapsed = performance.now() - began;
      // A timer may fire slightly early.
      turn = Math.max(turn + 1, Math.floor(elapsed / intervalMs) + 1);
      timer = setTimeout(tick, turn * intervalMs - elapsed);
    };
    tick();
  }

  async function sendFarewell(farewell: Request, withinMs: number): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), Math.max(withinMs, 1));
    const sent = await client.send(farewell, late.signal);
    clearTimeout(timer);
    if (sent.kind === "answered" && sent.reply.status < 300) return;
    const reason = sent.kind === "failed" ? sent.reason : replyText(sent.reply);
    log.warn("The group could not be deleted", { reason });
  }

  return {
    push,
    repeat,
    families: ownFamilies,
    async finish(withinMs, ends) {
      stopped = true;
      clearTimeout(timer);
      const { farewell, keepsTime } = protocol;
      if (ends && pushed && keepsTime) add(history.end(Date.now()));
      const endMs = performance.now() + withinMs;
      await sender.finish(withinMs);
      if (ends && farewell) await sendFarewell(farewell, endMs - performance.now());
      const left = queue.length();
      if (left > 0) {
        const unsent = spool ? "in the spool" : "dropped";
        log.warn("Not everything was pushed", { gatherings: left, samples: queue.samples(), unsent });
      }
      client.close();
      await spool?.close(Math.max(endMs - performance.now(), SPOOL_MS));
      return left === 0 && [...record.dropped.values()].every((count) => count === 0);
    },
  };
}

function queueOf({ protocol, maxBytes, maxAgeMs, spool, record, log }: PusherOptions): Queue {
  const logged = new Set<Loss>();
  const lost = ({ samples }: Entry, reason: Loss) => {
    drop(record, reason, samples);
    // It is normal that the latest page replaces the one before.
    if (reason === "newer" || logged.has(reason)) return;
    logged.add(reason);
    log.warn("Push queue dropped samples", { reason, samples });
  };
  const maxEntries = protocol.keepsTime ? Number.POSITIVE_INFINITY : 1;
  return createQueue({ maxBytes, maxAgeMs, maxEntries, lost, now: Date.now, ...spool });
}
