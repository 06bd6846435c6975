/** What all parsers share: decoding and lines. */

/**
 * Bytes of an output to text. UTF-16 with a byte order mark (Windows) and UTF-8 are known; a byte that belongs to no
 * character becomes U+FFFD and leaves all others alone. A byte order mark in front is dropped.
 */
export function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}

/**
 * The same for a table whose figures are found by their place between words of any language: what is no UTF-8 as a whole
 * is taken as ISO-8859-1, where each byte has the width of one character.
 */
export function decodeTable(bytes: Uint8Array): string {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return decode(bytes);
  } catch {
    const isUtf16 = bytes[0] === 0xff ? bytes[1] === 0xfe : bytes[0] === 0xfe && bytes[1] === 0xff;
    return isUtf16 ? decode(bytes) : new TextDecoder("latin1").decode(bytes);
  }
}

/** Escapes of paths in files of /proc: any byte in octal. */
const PATH_ESCAPE = /\\([0-3][0-7]{2})/g;
/** Escapes of names in /proc/PID/status: `\n` and `\\`, and any byte in octal. */
const NAME_ESCAPE = /\\(n|\\|[0-3][0-7]{2})/g;
/** Escapes of libsmartcols: any byte in hexadecimal. */
const SMARTCOLS_ESCAPE = /\\x([0-9a-f]{2})/g;

/** A path as it was before a file of /proc escaped its bytes. */
export function undoPathEscapes(path: string): string {
  return undoEscapes(path, PATH_ESCAPE, (code) => Number.parseInt(code, 8));
}

/** The name of a process as it was before /proc/PID/status escaped its bytes. */
export function undoNameEscapes(name: string): string {
  return undoEscapes(name, NAME_ESCAPE, (code) => (code === "n" ? 10 : code === "\\" ? 92 : Number.parseInt(code, 8)));
}

/** A cell as it was before a table of util-linux escaped its bytes. */
export function undoSmartcolsEscapes(cell: string): string {
  return undoEscapes(cell, SMARTCOLS_ESCAPE, (code) => Number.parseInt(code, 16));
}

/** By bytes: a character can be escaped in part. */
function undoEscapes(text: string, pattern: RegExp, byteOf: (code: string) => number): string {
  if (!text.includes("\\")) return text;
  const bytes = Buffer.from(text).toString("latin1");
  const undone = bytes.replace(pattern, (_, code: string) => String.fromCharCode(byteOf(code)));
  return decode(Buffer.from(undone, "latin1"));
}

/**
 * Lines without their ends (LF, CR LF, CR CR LF). The text after the last line end is a line of its own unless it is
 * empty. NUL after the last line end, with which LXC fills up files of /proc, is no text.
 */
export function splitLines(text: string): string[] {
  const lines = text.split("\n").map(withoutReturns);
  if (/^\0*$/.test(lines.at(-1) ?? "")) lines.pop();
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
