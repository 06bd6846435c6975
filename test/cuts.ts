import { ParseError } from "../src/parsers/text.ts";

/** What a reader makes of every shorter beginning of a text that it doesn't refuse, with the number of characters. */
export function* readCuts<T>(text: string, read: (cut: string) => T): Generator<readonly [number, T]> {
  for (let length = 0; length < text.length; length += 1) {
    try {
      yield [length, read(text.slice(0, length))];
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
    }
  }
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
