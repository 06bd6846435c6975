import { ParseError, quote } from "../text.ts";
import { lineAt } from "./decode.ts";

/** As deep as a JSON of figures may nest. */
export const DEPTH_LIMIT = 100;

const QUOTE = 34;
const COMMA = 44;
const BRACKET_OPEN = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

/**
 * A JSON document as a value.
 * @param line of the output in which the text begins.
 * @throws ParseError for text that isn't JSON, that nests deeper than 100, and for an object that has a name twice.
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

/** Characters of a word that are looked back at. */
const WORD_LIMIT = 60;
const ENDS = /end of JSON|[Uu]nterminated|after minus sign|[Ee]xponent/;

/**
 * Where the first character stands that no JSON can have there; the length where only the end is too early. Runtimes say
 * where, or show the text around, or neither: so it is looked for by halves.
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

/** Whether a beginning can't be that of a JSON. */
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

/** What JSON.parse lets pass: any depth, and the last of several members of one name. */
function checkNesting(text: string, line: number): void {
  /** The names of each object that is open; of a list undefined. */
  const open: (Set<string> | undefined)[] = [];
  let mayBeName = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (mayBeName) refuseTwice(text.slice(at, end + 1), open.at(-1), () => line - 1 + lineAt(text, at));
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

/** Where the string that begins at `start` ends. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); at < text.length && code !== QUOTE; code = text.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}

function refuseTwice(token: string, names: Set<string> | undefined, line: () => number): void {
  if (!names?.has(token)) {
    names?.add(token);
    return;
  }
  throw new ParseError(`found ${token.length > 60 ? quote(token) : token} twice in one object, wanted it once`, line());
}
