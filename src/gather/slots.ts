/** Places for what may be done at the same time. */
export type Slots = {
  /** What gives the place back: at once where there is one, else when it is the asker's turn. */
  readonly take: () => (() => void) | Promise<() => void>;
  /** Sets how many there are; who has a place keeps it. */
  readonly setLimit: (limit: number) => void;
};

/** At most `limit` at the same time. */
export function createSlots(limit: number): Slots {
  const waiting: (() => void)[] = [];
  let taken = 0;

  function admit(): void {
    while (taken < limit) {
      const next = waiting.shift();
      if (next === undefined) return;
      taken += 1;
      next();
    }
  }

  function release(): void {
    taken -= 1;
    admit();
  }

  return {
    take() {
      if (taken >= limit) return new Promise((resolve) => waiting.push(() => resolve(release)));
      taken += 1;
      return release;
    },
    setLimit(next) {
      limit = next;
      admit();
    },
  };
}
