/** A packed batch that waits to be sent. */
export type Entry = {
  /** Numbers go up by one, over restarts too where there is a spool. */
  readonly number: number;
  readonly atMs: number;
  /** Samples that are to be sent: the last ones of the batch, where a part of it was sent. */
  readonly samples: number;
  readonly bytes: Uint8Array;
};

/** Why a batch was given up before it was sent. */
export type Loss = "age" | "size" | "newer";

export type QueueOptions = {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** More than this number aren't kept: 1 where only the latest one is of use. */
  readonly maxEntries: number;
  /** What is queued already, oldest first, and the number of the next entry. */
  readonly restored?: { readonly entries: readonly Entry[]; readonly next: number };
  /** Told of every entry that comes. */
  readonly added?: (entry: Entry) => void;
  /** Told of every entry that was sent or given up. */
  readonly removed?: (entry: Entry) => void;
  /** Told of every entry that was given up. */
  readonly lost: (entry: Entry, why: Loss) => void;
  readonly now: () => number;
};

/** Batches that wait to be sent, in order of time, bounded by bytes and age. */
export type Queue = {
  readonly add: (batch: Omit<Entry, "number">) => void;
  /** The oldest one, which is then under way: it isn't given up until it comes back. */
  readonly take: () => Entry | undefined;
  /** Ends what was under way: it was sent, or never will be. */
  readonly done: () => void;
  /** Puts what was under way back to the front, or what is left of it to send. */
  readonly putBack: (left?: Entry) => void;
  /** Entries that wait or are under way. */
  readonly length: () => number;
  readonly bytes: () => number;
  /** Samples in them. */
  readonly samples: () => number;
  /** Age of the oldest one. */
  readonly oldestMs: () => number | undefined;
  /** Resolves when there may be something to take. */
  readonly changed: () => Promise<void>;
};

export function createQueue(options: QueueOptions): Queue {
  const { maxBytes, maxAgeMs, maxEntries, added, removed, lost, now } = options;
  const waiting: Entry[] = [...(options.restored?.entries ?? [])];
  let underWay: Entry | undefined;
  let next = options.restored?.next ?? 1;
  let wake = () => {};

  const all = () => (underWay ? [underWay, ...waiting] : waiting);
  const bytes = () => all().reduce((sum, entry) => sum + entry.bytes.length, 0);

  /** Gives up the oldest ones until the bounds hold. The last one stays, however large it is. */
  function bound(): void {
    let held = bytes();
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const why = lossOf(first, held);
      if (why === undefined) return;
      waiting.shift();
      held -= first.bytes.length;
      lost(first, why);
      removed?.(first);
    }
  }

  function lossOf(first: Entry, held: number): Loss | undefined {
    if (now() - first.atMs > maxAgeMs) return "age";
    if (waiting.length > maxEntries) return "newer";
    return held > maxBytes && waiting.length > 1 ? "size" : undefined;
  }

  return {
    add(batch) {
      const entry = { ...batch, number: next };
      next += 1;
      waiting.push(entry);
      added?.(entry);
      bound();
      wake();
    },
    take() {
      bound();
      underWay = waiting.shift();
      return underWay;
    },
    done() {
      if (underWay) removed?.(underWay);
      underWay = undefined;
    },
    putBack(left = underWay) {
      if (left) waiting.unshift(left);
      underWay = undefined;
      bound();
    },
    length: () => all().length,
    bytes,
    samples: () => all().reduce((sum, entry) => sum + entry.samples, 0),
    oldestMs: () => {
      const [first] = all();
      return first && Math.max(0, now() - first.atMs);
    },
    changed: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (waiting.length > 0) resolve();
      }),
  };
}
