import { ParseError, quote } from "../text.ts";
import { lineAt } from "./decode.ts";

/** Limit of nesting. */
export const DEPTH_LIMIT = 100;

const QUOTE = 34;
const COMMA = 44;
const BRACKET_OPEN = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

/**
 * Parses a JSON document.
 * @param line the line of the output in which the text begins
 * @throws ParseError for invalid JSON, nesting deeper than 100, and a name that occurs twice in an object
 */
export function parseJson(text: string, line = 1): unknown {
  if (text.trim() === "") throw new ParseError("found nothing, wanted JSON", line);
  checkNesting(text, line);
  try {
    return JSON.parse(text);
  } catch {
    throw notJson(text, line);
  }
}

function notJson(text: string, line: number): ParseError {
  const length = text.trimEnd().length;
  const at = faultIn(text.slice(0, length));
  const place = line - 1 + lineAt(text, at);
  if (at === length) return new ParseError("found the end of the output, wanted the rest of the JSON", place);
  const word = /\w*$/.exec(text.slice(Math.max(0, at - WORD_LIMIT), at))?.[0] ?? "";
  return new ParseError(`found ${quote(text.slice(at - word.length))}, wanted JSON`, place);
}

/** Maximum length of a word before the error that is shown. */
const WORD_LIMIT = 60;
const ENDS = /end of JSON|[Uu]nterminated|after minus sign|[Ee]xponent/;

/**
 * The offset of the first invalid character, or the length of the text if it ends too early. Not all runtimes report the offset, so
 * it is found by bisection.
 */
function faultIn(text: string): number {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBroken(text.slice(0, middle + 1))) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether no valid JSON begins with this text. */
function isBroken(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const position = /position (\d+)/.exec(message)?.[1];
    return !ENDS.test(message) && (position === undefined || Number(position) < beginning.length);
  }
}

/** Checks what JSON.parse accepts: deep nesting, and several members with the same name. */
function checkNesting(text: string, line: number): void {
  /** The names in each open object; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let mayBeName = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (mayBeName) refuseDuplicate(text.slice(at, end + 1), open.at(-1), () => line - 1 + lineAt(text, at));
      mayBeName = false;
      at = end;
    } else if (code === BRACE_OPEN || code === BRACKET_OPEN) {
      open.push(code === BRACE_OPEN ? new Set() : undefined);
      mayBeName = code === BRACE_OPEN;
      if (open.length > DEPTH_LIMIT) {
        throw new ParseError(`found JSON nested deeper than ${DEPTH_LIMIT}, wanted less`, line - 1 + lineAt(text, at));
      }
    } else if (code === BRACE_CLOSE || code === BRACKET_CLOSE) {
      open.pop();
    } else if (code === COMMA) {
      mayBeName = open.at(-1) !== undefined;
    }
  }
}

/** The end of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); at < text.length && code !== QUOTE; code = text.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}

function refuseDuplicate(token: string, names: Set<string> | undefined, line: () => number): void {
  if (!names?.has(token)) {
    names?.add(token);
    return;
  }
  throw new ParseError(`found ${token.length > 60 ? quote(token) : token} twice in one object, wanted it once`, line());
}
