import { ParseError } from "../src/text.ts";

/**
 * Whether a text is cut where nobody can tell: inside of the last figure of a line, so that it ends with a shorter one.
 * @param lost what follows.
 */
export function isCutInFigure(kept: string, lost: string): boolean {
  const [ofLine = ""] = lost.split("\n", 1);
  return /\d$/.test(kept) && /^\d+\s*$/.test(ofLine);
}

/**
 * What a reader makes of every shorter beginning of a text that it doesn't refuse, with the number of characters.
 * Cuts inside of the last figure of a line are left out.
 */
export function* readCuts<T>(text: string, read: (cut: string) => T): Generator<readonly [number, T]> {
  for (let length = 0; length < text.length; length += 1) {
    const cut = text.slice(0, length);
    if (isCutInFigure(cut, text.slice(length))) continue;
    try {
      yield [length, read(cut)];
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
    }
  }
}

/** Whether a text of so many characters of another one ends with a whole line, with or without its line end. */
export function endsWithLine(text: string, length: number): boolean {
  return /(?:^|\n)[^\S\n]*$/.test(text.slice(0, length)) || /^[^\S\n]*\n/.test(text.slice(length));
}

/** The message of the ParseError that a reader throws. */
export function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  throw new Error("The reader accepted it");
}
