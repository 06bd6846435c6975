/** Decoding of outputs and splitting into lines. */

/**
 * Decodes an output: UTF-16 if it begins with the byte order mark of UTF-16 (Windows), UTF-8 otherwise. Invalid bytes are
 * replaced by U+FFFD. The byte order mark is removed.
 */
export function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}

/**
 * The same for a table whose columns are found by position. If the text isn't valid UTF-8, it is decoded as ISO-8859-1, where
 * each byte is one character.
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

/** Escapes of paths in files of /proc: bytes in octal. */
const PATH_ESCAPE = /\\([0-3][0-7]{2})/g;
/** Escapes of names in /proc/PID/status: `\n`, `\\`, and bytes in octal. */
const NAME_ESCAPE = /\\(n|\\|[0-3][0-7]{2})/g;
/** Escapes of libsmartcols: bytes in hexadecimal. */
const SMARTCOLS_ESCAPE = /\\x([0-9a-f]{2})/g;

/** Unescapes a path in a file of /proc. */
export function undoPathEscapes(path: string): string {
  return undoEscapes(path, PATH_ESCAPE, (code) => Number.parseInt(code, 8));
}

/** Unescapes the name of a process in /proc/PID/status. */
export function undoNameEscapes(name: string): string {
  return undoEscapes(name, NAME_ESCAPE, (code) => (code === "n" ? 10 : code === "\\" ? 92 : Number.parseInt(code, 8)));
}

/** Unescapes a cell of a table of util-linux. */
export function undoSmartcolsEscapes(cell: string): string {
  return undoEscapes(cell, SMARTCOLS_ESCAPE, (code) => Number.parseInt(code, 16));
}

/** Works on bytes, since only some bytes of a character may be escaped. */
function undoEscapes(text: string, pattern: RegExp, byteOf: (code: string) => number): string {
  if (!text.includes("\\")) return text;
  const bytes = Buffer.from(text).toString("latin1");
  const undone = bytes.replace(pattern, (_, code: string) => String.fromCharCode(byteOf(code)));
  return decode(Buffer.from(undone, "latin1"));
}

/**
 * Splits a text into lines, without their ends (LF, CR LF, CR CR LF). Text after the last line end is a line too. NUL characters
 * after the last line end are ignored, since LXC pads files of /proc with them.
 */
export function splitLines(text: string): string[] {
  const lines = text.split("\n").map(withoutReturns);
  if (/^\0*$/.test(lines.at(-1) ?? "")) lines.pop();
  return lines;
}

/** A pattern that is anchored at the end would take quadratic time for a line of carriage returns. */
function withoutReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end -= 1;
  return line.slice(0, end);
}

const COLOURS = /(\S?)((?:\x1b\[[0-9;:]{0,32}m)+)(?=(\S?))/g;

/** Removes the colours of a terminal (SGR sequences, ECMA-48 8.3.117) around words, but not within words. */
export function withoutColours(text: string): string {
  if (!text.includes("\x1b")) return text;
  return text.replace(COLOURS, (all, before: string, _codes, after: string) => (before && after ? all : before));
}
