/** What all parsers share: decoding and lines. */

const UTF8_BOM = [0xef, 0xbb, 0xbf];
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes of an output to text. UTF-16 with a byte order mark (Windows) and UTF-8 are known;
 * what is no UTF-8 is taken as ISO-8859-1, byte by byte, so that figures between foreign words stay readable.
 * A byte order mark in front is dropped.
 */
export function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const body = UTF8_BOM.every((byte, i) => bytes[i] === byte) ? bytes.subarray(3) : bytes;
  try {
    return strictUtf8.decode(body);
  } catch {
    return new TextDecoder("latin1").decode(body);
  }
}

/** Lines without their ends (LF, CR LF, CR CR LF). The text after the last line end is a line of its own unless it is empty. */
export function splitLines(text: string): string[] {
  const lines = text.split("\n").map(withoutReturns);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Not by a pattern: one that is anchored at the end takes quadratic time on a line of returns. */
function withoutReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end -= 1;
  return line.slice(0, end);
}

const COLOURS = /(\S?)((?:\x1b\[[0-9;:]{0,32}m)+)(?=(\S?))/g;

/** Text without the colours of a terminal (SGR sequences, ECMA-48 8.3.117) around words. Those inside of a word stay. */
export function withoutColours(text: string): string {
  if (!text.includes("\x1b")) return text;
  return text.replace(COLOURS, (all, before: string, _codes, after: string) => (before && after ? all : before));
}
