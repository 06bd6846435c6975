import type { Task } from "../collect/task.ts";
import { type Source, wordsOf } from "../source.ts";

/** Sources as src/collect takes them; goes with it. */
export function tasksOf(sources: readonly Source[]): readonly Task[] {
  return sources.map(({ attempts, ...source }) => ({
    ...source,
    alternatives: attempts.map((attempt) => ({ argv: wordsOf(attempt), read: attempt.read })),
    read: attempts[0]?.read ?? (() => []),
    ...(attempts[0]?.words && { words: attempts[0].words }),
    versionArgv: () => undefined,
  }));
}
