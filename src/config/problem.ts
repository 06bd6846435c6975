import { reasonOf } from "../system_error.ts";

/** A mistake in a configuration and its place. Lines and columns count from 1; 0 means the whole file. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One line: what was found, what was wanted. Never a secret. */
  readonly message: string;
};

/** A value that was checked, or all of its mistakes. */
export type Checked<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

/** The problem of a file that can't be read. */
export function unreadable(file: string, error: unknown): Problem {
  return wholeFile(file, `Cannot read it: ${reasonOf(error)}`);
}

/** A problem of a file that has no place in it. */
export function wholeFile(file: string, message: string): Problem {
  return { file, line: 0, column: 0, message };
}

/** `web.yml:3:5: message`. */
export function formatProblem({ file, line, column, message }: Problem): string {
  return line > 0 ? `${file}:${line}:${column}: ${message}` : `${file}: ${message}`;
}

/** Thrown for an invalid configuration. The message is that of the first problem. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.slice(0, 1).map(formatProblem).join());
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** What an error says, in lines: of a ConfigError all problems. */
export function linesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems.map(formatProblem);
  return [error instanceof Error ? error.message : String(error)];
}

/** The value. @throws ConfigError if it has mistakes */
export function valueOrThrow<T>(checked: Checked<T>): T {
  if (checked.kind === "bad") throw new ConfigError(checked.problems);
  return checked.value;
}
