import { type Line, writtenLines } from "./lines.ts";
import { ParseError, quote } from "./text.ts";

/**
 * The lines of a list that has no mark at its end, those that are not blank. It has to end with a line end: a last row
 * without is cut, or followed by more, even where the row itself looks whole.
 * @throws ParseError where the last line end is missing.
 */
export function wholeLines(text: string): readonly Line[] {
  if (text !== "" && !text.endsWith("\n")) {
    const last = text.slice(text.lastIndexOf("\n") + 1);
    const number = text.split("\n").length;
    throw new ParseError(`found ${quote(last)} without a line end, wanted a whole line`, number);
  }
  return writtenLines(text);
}
