/** Errors of parsers, and helpers for messages. */

/** Thrown by all parsers. The message is one line: what was found, what was wanted, and where. */
export class ParseError extends Error {
  /** Line of the output, from 1. 0 if the error is about the whole output. */
  readonly line: number;
  constructor(message: string, line = 0) {
    super(line > 0 ? `line ${line}: ${message}` : message);
    this.name = "ParseError";
    this.line = line;
  }
}

/** Thrown when there are more samples than a source may give. */
export class OverflowError extends Error {
  constructor(maxSeries: number) {
    super(`found more than ${maxSeries} series, wanted at most that many (max_series)`);
    this.name = "OverflowError";
  }
}

/** A number with its noun: `1 figure`, `2 figures`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const QUOTE_LIMIT = 60;

/** Text from outside for a one-line message: in quotes, with invisible characters escaped, and cut to 60 characters. */
export function quote(text: string): string {
  const cut = text.length > QUOTE_LIMIT ? `${text.slice(0, QUOTE_LIMIT)}…` : text;
  return `"${visible(cut.replace(/["\\]/g, "\\$&"))}"`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Escapes invisible and control characters: controls, non-ASCII spaces, unassigned characters. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]|(?! )\p{Zs}/gu,
      (character) => ESCAPES[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}
