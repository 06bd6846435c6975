/** A limit of simultaneous runs. */
export type Slots = {
  /** Takes a place: at once if there is a free one, else in turn. Returns the function that releases it. */
  readonly take: () => (() => void) | Promise<() => void>;
  /** Changes the limit. Taken places stay taken. */
  readonly setLimit: (limit: number) => void;
};

/** Makes a limit of simultaneous runs. */
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
