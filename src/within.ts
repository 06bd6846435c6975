/** A timer that is to take longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The result of a promise, or undefined if it takes longer than the given time. Leaves no timer behind. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms > LONGEST_TIMER_MS) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The result of a promise, or undefined if the signal is aborted before. Leaves no listener behind. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const end = () => resolve(undefined);
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", end));
}

/** Makes a function that runs once at a time: calls during a run share the next one, which begins after all of them. */
export function shared<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  const start = () => {
    next = undefined;
    const began = run();
    current = began.finally(() => {
      current = undefined;
    });
    return began;
  };
  return () => {
    if (next === undefined && current === undefined) return start();
    next ??= Promise.resolve(current).then(start);
    return next;
  };
}
