import type { Log } from "../log.ts";
import { reasonOf } from "../system_error.ts";
import { countSamples, sliceBatch, unpack } from "./batch.ts";
import type { Protocol, Reply, Request, Verdict } from "./protocol.ts";
import type { Entry, Queue } from "./queue.ts";
import { drop, droppedSamples, type PushRecord } from "./record.ts";

/** How one request ended. */
export type Sent =
  | { readonly kind: "answered"; readonly reply: Reply }
  /** There was no complete answer. */
  | { readonly kind: "failed"; readonly reason: string };

export type SenderOptions = {
  readonly protocol: Protocol;
  readonly send: (request: Request, signal: AbortSignal) => Promise<Sent>;
  readonly queue: Queue;
  readonly record: PushRecord;
  readonly log: Log;
};

/** Sends queued batches in order, one at a time, until `finish` is called. */
export type Sender = {
  /** Resolves when the queue is empty or the time limit has passed. The current request is aborted then. */
  readonly finish: (withinMs: number) => Promise<void>;
};

/** Wait between attempts, as in Prometheus' remote write. */
const BACKOFF_MS = { first: 30, last: 5000 } as const;

/** A request with this few samples isn't split further. */
const MIN_SAMPLES = 32;

/** The wait before the next attempt: doubled with each failure, plus up to half of it at random, so that clients don't retry at once. */
export function backoffMs(failures: number, random: number): number {
  return Math.min(BACKOFF_MS.last, BACKOFF_MS.first * 2 ** Math.min(failures - 1, 20)) * (1 + random / 2);
}

export function startSender({ protocol, send, queue, record, log }: SenderOptions): Sender {
  const abort = new AbortController();
  let finishing = false;
  let endMs = Number.POSITIVE_INFINITY;
  let endWait = () => {};
  /** Consecutive failed attempts. */
  let failures = 0;
  /** Maximum number of samples in a request. Halved if the server reports that a request was too large. */
  let maxSamples = protocol.maxSamples ?? Number.POSITIVE_INFINITY;
  let logged = "";
  let droppedBefore = 0;

  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function loop(): Promise<void> {
    while (!abort.signal.aborted) {
      const entry = queue.take();
      if (entry !== undefined) await sendOne(entry);
      else if (finishing) return;
      else await Promise.race([queue.changed(), new Promise<void>((resolve) => (endWait = resolve))]);
    }
  }

  async function sendOne(entry: Entry): Promise<void> {
    const { verdict, samples } = await attempt(entry);
    const isFinal = verdict.kind === "stored" || verdict.kind === "refused";
    const left = { ...entry, samples: entry.samples - (isFinal ? samples : 0) };
    if (left.samples > 0) queue.putBack(left);
    else queue.done();
    account(verdict, samples);
    if (verdict.kind === "smaller") maxSamples = Math.ceil(samples / 2);
    if (verdict.kind === "later" && !abort.signal.aborted) {
      failures += 1;
      await wait(waitMs(verdict.afterMs));
    } else failures = 0;
  }

  /** The wait that the server requests, limited by the time limit of `finish`. */
  function waitMs(askedMs: number | undefined): number {
    const isInTime = askedMs !== undefined && askedMs < endMs - performance.now();
    return isInTime ? askedMs : backoffMs(failures, Math.random());
  }

  /** Sends an entry, or the part of it that fits into one request. */
  async function attempt(entry: Entry): Promise<{ readonly verdict: Verdict; readonly samples: number }> {
    const samples = Math.min(entry.samples, maxSamples);
    const request = await encoded(entry, samples);
    if (typeof request === "string") {
      return { verdict: { kind: "refused", reason: request, stored: 0 }, samples: entry.samples };
    }
    record.attempts += 1;
    const sent = await send(request, abort.signal);
    if (sent.kind === "failed") return { verdict: { kind: "later", reason: sent.reason, afterMs: undefined }, samples };
    const verdict = protocol.judge(sent.reply, samples);
    const isTooLarge = verdict.kind === "smaller" && samples <= MIN_SAMPLES;
    return { verdict: isTooLarge ? { kind: "refused", reason: verdict.reason, stored: 0 } : verdict, samples };
  }

  /** The request for the next samples of an entry, or an error message, since a spool may have entries of another version. */
  async function encoded(entry: Entry, samples: number): Promise<Request | string> {
    try {
      const batch = unpack(entry.bytes);
      const from = countSamples(batch) - entry.samples;
      const isWhole = from === 0 && samples === entry.samples;
      return await protocol.encode(isWhole ? batch : sliceBatch(batch, from, from + samples));
    } catch (error) {
      return `the batch can't be read: ${reasonOf(error)}`;
    }
  }

  function account(verdict: Verdict, samples: number): void {
    const stored = storedSamples(verdict, samples);
    record.samples += stored;
    if (stored === samples) {
      succeeded();
      return;
    }
    record.failures += 1;
    const isFinal = verdict.kind === "stored" || verdict.kind === "refused";
    if (isFinal) drop(record, "refused", samples - stored);
    if (!abort.signal.aborted) report(verdict, samples - stored);
  }

  function succeeded(): void {
    record.lastSuccessSeconds = Date.now() / 1000;
    if (logged !== "") log.info("Push works again", { dropped_samples: droppedSamples(record) - droppedBefore });
    logged = "";
    droppedBefore = droppedSamples(record);
  }

  /** Logs a reason once until it changes. */
  function report({ kind, reason }: Verdict, samples: number): void {
    if (logged === `${kind} ${reason}`) return;
    logged = `${kind} ${reason}`;
    if (kind === "later") log.warn("Push failed, trying again", { reason });
    else if (kind === "smaller") log.warn("Push request was too large, trying with half of it", { reason, samples });
    else if (kind === "again") log.warn("Push falls back to another version of the protocol", { reason });
    else log.error("Push refused, samples dropped", { reason, samples });
  }

  const ended = loop();
  return {
    async finish(withinMs) {
      finishing = true;
      endMs = performance.now() + withinMs;
      endWait();
      const timer = setTimeout(() => {
        abort.abort();
        endWait();
      }, withinMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function storedSamples(verdict: Verdict, samples: number): number {
  if (verdict.kind === "stored") return samples - Math.min(verdict.dropped, samples);
  return verdict.kind === "refused" ? verdict.stored : 0;
}
