import { ParseError } from "../text.ts";

/** Maximum length of lines for patterns of the runtime, which may overflow the stack on longer ones. */
const LINE_LIMIT = 65_536;

/** Checks that a line isn't too long. @throws ParseError for one of more than 64 KiB. */
export function requireShort(line: string, number: number): void {
  if (line.length > LINE_LIMIT) {
    throw new ParseError(`found a line of ${line.length} characters, wanted at most ${LINE_LIMIT}`, number);
  }
}

/** Visits the lines of a text, without their ends (LF or CR LF). Text after the last line end is a line too. */
export function eachLine(text: string, visit: (line: string, number: number) => void): void {
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    number += 1;
    visit(text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end), number);
    start = end + 1;
  }
}
