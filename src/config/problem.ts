import { reasonOf } from "../system_error.ts";

/** What is wrong with a configuration, and where. Lines and columns count from 1; 0 where no place is to blame. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One line: what was found, what was wanted. Never a secret. */
  readonly message: string;
};

/** A value that was checked whole, or all that is wrong with it. */
export type Checked<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

/** That a file can't be read. */
export function unreadable(file: string, error: unknown): Problem {
  return { file, line: 0, column: 0, message: `Cannot read it: ${reasonOf(error)}` };
}

/** `web.yml:3:5: message`. */
export function formatProblem({ file, line, column, message }: Problem): string {
  return line > 0 ? `${file}:${line}:${column}: ${message}` : `${file}: ${message}`;
}

/** Thrown for a configuration that can't be used. The message tells the first problem. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.slice(0, 1).map(formatProblem).join());
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** The value, where nothing is wrong with it. */
export function valueOrThrow<T>(checked: Checked<T>): T {
  if (checked.kind === "bad") throw new ConfigError(checked.problems);
  return checked.value;
}
