/** A packed batch that waits to be sent. */
export type Entry = {
  /** Sequence number, which continues after a restart if there is a spool. */
  readonly number: number;
  readonly atMs: number;
  /** Number of samples to send: the last ones of the batch, if a part of it was sent. */
  readonly samples: number;
  readonly bytes: Uint8Array;
};

/** Why a batch was dropped before it was sent. */
export type Loss = "age" | "size" | "newer";

export type QueueOptions = {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Maximum number of entries: 1 if only the latest one is useful. */
  readonly maxEntries: number;
  /** Initial entries, oldest first, and the number of the next entry. */
  readonly restored?: { readonly entries: readonly Entry[]; readonly next: number };
  /** Called for every added entry. */
  readonly added?: (entry: Entry) => void;
  /** Called for every entry that was sent or dropped. */
  readonly removed?: (entry: Entry) => void;
  /** Called for every dropped entry. */
  readonly lost: (entry: Entry, why: Loss) => void;
  readonly now: () => number;
};

/** Batches to send, in order of time, limited by bytes and age. */
export type Queue = {
  readonly add: (batch: Omit<Entry, "number">) => void;
  /** Takes the oldest entry. It isn't dropped until it is put back. */
  readonly take: () => Entry | undefined;
  /** Removes the taken entry, which was sent or refused. */
  readonly done: () => void;
  /** Puts the taken entry, or the rest of it, back to the front. */
  readonly putBack: (left?: Entry) => void;
  /** Number of entries, including the taken one. */
  readonly length: () => number;
  readonly bytes: () => number;
  /** Number of their samples. */
  readonly samples: () => number;
  /** Age of the oldest entry. */
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

  /** Drops the oldest entries until the limits are kept. The last entry stays, however large it is. */
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
