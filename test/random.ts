/** A generator of numbers that gives the same ones for the same seed (mulberry32). */
export type Random = {
  /** A whole number below a limit. */
  readonly below: (limit: number) => number;
  readonly oneOf: <T>(choices: readonly T[]) => T;
  /** A whole number of up to so many digits, shorter ones as likely as longer ones. */
  readonly ofDigits: (digits: number) => number;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    oneOf: (choices) => {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error("Wanted one choice at least");
      return chosen;
    },
    ofDigits: (digits) => below(10 ** (1 + below(digits))),
  };
}
